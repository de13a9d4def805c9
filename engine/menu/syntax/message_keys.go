package syntax

import "strconv"

// Message holds one text that a translator may translate: its key in the language's
// file, and the text as the menu has it.
type Message struct {
	Key  string // "main.2"
	Text Text
	// Screen is the screen it belongs to; nil for texts of the whole menu.
	Screen *Screen
}

type messageList struct {
	list   []Message
	screen *Screen
}

func (w *messageList) add(key string, t Text) {
	if t.Written() {
		w.list = append(w.list, Message{Key: key, Text: t, Screen: w.screen})
	}
}

func (w *messageList) optional(key string, t *Text) {
	if t != nil {
		w.add(key, *t)
	}
}

// ScreenKey returns the key of a screen's text, e.g. "main.error".
func ScreenKey(s *Screen, what string) string { return s.Name.Value + "." + what }

// SayKey returns "main.say", or "main.say.1" where there are several texts.
func SayKey(s *Screen, i int) string {
	if len(s.Say) == 1 {
		return ScreenKey(s, "say")
	}
	return ScreenKey(s, "say."+strconv.Itoa(i+1))
}

// AgainKey returns "main.again.range".
func AgainKey(s *Screen, kind string) string { return ScreenKey(s, "again."+kind) }

// WhenKey returns "main.when.wrong_pin", for the text of a retry.
func WhenKey(s *Screen, outcome string) string { return ScreenKey(s, "when."+outcome) }

// LateKey returns "main.late.done", for the SMS about an outcome that comes late.
func LateKey(s *Screen, outcome string) string { return ScreenKey(s, "late."+outcome) }

// VarErrorKey returns "phone.error".
func VarErrorKey(name string) string { return name + ".error" }

// ChoiceKey returns "study.soccer", for an option of a variable.
func ChoiceKey(name, option string) string { return name + "." + option }

// SharedKey returns "texts.fees", for a text that several screens show.
func SharedKey(name string) string { return SharedTexts + "." + name }

// SharedTexts begins the names of shared texts, as in {texts.fees}.
const SharedTexts = "texts"

// DroppedKey is the key of the SMS to callers who drop off.
const DroppedKey = "dropped.sms"

// OptionKey returns the key of an option's words: "study.soccer", or "agree.yes" where
// the option is that of a type.
func (v *Var) OptionKey(option string) string {
	if v.Of != nil {
		return ChoiceKey(v.Of.Name.Value, option)
	}
	return ChoiceKey(v.Name.Value, option)
}
