package menu

import "strconv"

// The keys of a screen's texts in translations, as Words lists them.

func screenKey(s *Screen, what string) string { return s.Name.Value + "." + what }

// sayKey is "main.say", or "main.say.1" where there are several texts.
func sayKey(s *Screen, i int) string {
	if len(s.Say) == 1 {
		return screenKey(s, "say")
	}
	return screenKey(s, "say."+strconv.Itoa(i+1))
}

// optionKey is "main.2": an option's key, or its place in a list.
func optionKey(s *Screen, i int) string {
	if key := s.Menu[i].Key; key.Written() {
		return screenKey(s, key.Value)
	}
	return screenKey(s, strconv.Itoa(i+1))
}

func noteKey(s *Screen, i int) string          { return optionKey(s, i) + ".note" }
func offerKey(s *Screen, o *Offer) string      { return screenKey(s, "offer."+o.Key.Value) }
func acceptKey(s *Screen, i int) string        { return screenKey(s, "accept."+strconv.Itoa(i+1)) }
func whenKey(s *Screen, outcome string) string { return screenKey(s, "when."+outcome) }
