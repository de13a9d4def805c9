package syntax

import "strconv"

// The keys of a screen's texts in translations, as Words lists them.

func ScreenKey(s *Screen, what string) string { return s.Name.Value + "." + what }

// SayKey returns "main.say", or "main.say.1" where there are several texts.
func SayKey(s *Screen, i int) string {
	if len(s.Say) == 1 {
		return ScreenKey(s, "say")
	}
	return ScreenKey(s, "say."+strconv.Itoa(i+1))
}

// OptionKey returns "main.2": an option's key, or its place in a list.
func OptionKey(s *Screen, i int) string {
	if key := s.Menu[i].Key; key.Written() {
		return ScreenKey(s, key.Value)
	}
	return ScreenKey(s, strconv.Itoa(i+1))
}

func NoteKey(s *Screen, i int) string          { return OptionKey(s, i) + ".note" }
func OfferKey(s *Screen, o *Offer) string      { return ScreenKey(s, "offer."+o.Key.Value) }
func AcceptKey(s *Screen, i int) string        { return ScreenKey(s, "accept."+strconv.Itoa(i+1)) }
func WhenKey(s *Screen, outcome string) string { return ScreenKey(s, "when."+outcome) }
