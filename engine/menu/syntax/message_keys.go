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

// ListMessages returns all texts of a menu that callers read, in the order they stand. It
// is the one list of translation keys.
func ListMessages(f *File) []Message {
	w := &messageList{}
	w.nav(f)
	for _, t := range f.Texts {
		w.add(SharedKey(t.Name.Value), t.Text)
	}
	for _, v := range f.Vars {
		w.add(VarErrorKey(v.Name.Value), v.Error)
		for _, o := range v.Options {
			w.add(ChoiceKey(v.Name.Value, o.Name.Value), o.Text)
		}
	}
	for _, s := range f.Screens {
		w.screen = s
		w.ofScreen(s)
	}
	return w.list
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

func (w *messageList) nav(f *File) {
	n := &f.Nav
	w.add("nav.back", n.Back.Label)
	w.add("nav.home", n.Home.Label)
	w.add("nav.more", n.More.Label)
	w.add("nav.confirm", n.Confirm.Label)
	w.add("nav.cancel", n.Cancel.Label)
	w.add("nav.resume", n.Resume)
	w.add("nav.gave_up", n.GaveUp)
	w.add("nav.invalid", n.Invalid)
	w.add("nav.busy", n.Busy)
	w.add("nav.in_progress", n.InProgress)
	w.add("nav.expired", n.Expired)
	w.add("nav.updated", n.Updated)
	w.add("nav.limited", n.Limited)
	w.add("nav.mismatch", n.Mismatch)
	w.add("nav.list_cut", n.ListCut)
	w.add("resume.say", f.Session.Resume.Say)
	w.add("resume.confirm", f.Session.Resume.Confirm)
	w.add("resume.cancel", f.Session.Resume.Cancel)
}

func (w *messageList) ofScreen(s *Screen) {
	for i, say := range s.Say {
		w.add(SayKey(s, i), say.Text)
	}
	w.optional(ScreenKey(s, "say"), s.OwnText())
	w.optional(ScreenKey(s, "error"), s.Error)
	w.optional(ScreenKey(s, "again"), s.Again)
	for _, k := range kinds.On(s) {
		if k.messages != nil {
			k.messages(w, s)
		}
	}
	for _, when := range s.When {
		w.optional(WhenKey(s, when.Outcome.Value), when.Retry)
	}
	if s.SMS != nil {
		w.add(ScreenKey(s, "sms"), s.SMS.Say)
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

// WhenKey returns "main.when.wrong_pin", for the text of a retry.
func WhenKey(s *Screen, outcome string) string { return ScreenKey(s, "when."+outcome) }

// VarErrorKey returns "phone.error".
func VarErrorKey(name string) string { return name + ".error" }

// ChoiceKey returns "study.soccer", for an option of a variable.
func ChoiceKey(name, option string) string { return name + "." + option }

// SharedKey returns "texts.fees", for a text that several screens show.
func SharedKey(name string) string { return SharedTexts + "." + name }
