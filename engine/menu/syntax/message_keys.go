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
		w.add("texts."+t.Name.Value, t.Text)
	}
	for _, v := range f.Vars {
		w.add(v.Name.Value+".error", v.Error)
		for _, o := range v.Options {
			w.add(v.Name.Value+"."+o.Name.Value, o.Text)
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
	w.add("resume.say", f.Session.Resume.Say)
	w.add("resume.confirm", f.Session.Resume.Confirm)
	w.add("resume.cancel", f.Session.Resume.Cancel)
}

func (w *messageList) ofScreen(s *Screen) {
	name := s.Name.Value
	for i, say := range s.Say {
		key := name + ".say"
		if len(s.Say) > 1 {
			key += "." + strconv.Itoa(i+1)
		}
		w.add(key, say.Text)
	}
	w.optional(name+".say", s.Show)
	w.optional(name+".say", s.End)
	w.optional(name+".error", s.Error)
	w.optional(name+".again", s.Again)
	for i, o := range s.Menu {
		key := name + "." + o.Key.Value
		if !o.Key.Written() {
			key = name + "." + strconv.Itoa(i+1)
		}
		w.add(key, o.Say)
		w.add(key+".note", o.Note)
	}
	w.ofKindKeys(name, s)
	for _, when := range s.When {
		w.optional(name+".when."+when.Outcome.Value, when.Retry)
	}
	if s.SMS != nil {
		w.add(name+".sms", s.SMS.Say)
	}
}

func (w *messageList) ofKindKeys(name string, s *Screen) {
	if a := s.Ask; a != nil {
		for _, o := range a.Offers {
			w.add(name+".offer."+o.Key.Value, o.Label)
		}
		for i, rule := range a.Accept {
			w.add(name+".accept."+strconv.Itoa(i+1), rule.Error)
		}
		w.add(name+".repeat", a.Repeat)
	}
	if c := s.Confirm; c != nil {
		w.add(name+".confirm", c.YesLabel)
		w.add(name+".cancel", c.NoLabel)
	}
	if s.List != nil {
		w.add(name+".each", s.List.Each)
	}
}
