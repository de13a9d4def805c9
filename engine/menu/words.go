package menu

import "strconv"

// Word is one text that callers read, under the name that translations use.
type Word struct {
	// Key is the text's name in a translation: "main.say", "main.2".
	Key string
	// Text is the text in the menu's first language. It is not Written where
	// the menu leaves it to the words given with the language.
	Text Text
	// Screen and Var say whose text it is; both nil for nav, texts and resume.
	Screen *Screen
	Var    *Var
}

// Builtin reports whether the menu has not worded the text itself.
func (w Word) Builtin() bool { return !w.Text.Written() }

// Words lists every text of a menu that callers read, each under its key, in
// the order of the file; then the built-in texts, worded by the menu or not.
// Texts without any characters (error: "") are left out: there is nothing to
// translate.
func Words(f *File) []Word {
	l := &wordList{f: f}
	for _, t := range f.Texts {
		l.add("texts."+t.Name.Value, t.Text)
	}
	for _, v := range f.Vars {
		l.variable(v)
	}
	for _, s := range f.Screens {
		l.screen(s)
	}
	l.owner = Word{}
	l.nav()
	return l.words
}

type wordList struct {
	f     *File
	owner Word
	words []Word
}

func (l *wordList) add(key string, t Text) {
	if t.Value == "" {
		return
	}
	w := l.owner
	w.Key, w.Text = key, t
	l.words = append(l.words, w)
}

func (l *wordList) variable(v *Var) {
	l.owner = Word{Var: v}
	for _, o := range v.Options {
		l.add(optionLabelKey(v, o.Name.Value), o.Text)
	}
	l.add(v.Name.Value+".error", v.Error)
}

func (l *wordList) screen(s *Screen) {
	l.owner = Word{Screen: s}
	for i, say := range s.Say {
		l.add(sayKey(s, i), say.Text)
	}
	for _, t := range []*Text{s.Show, s.End} {
		if t != nil {
			l.add(screenKey(s, "say"), *t)
		}
	}
	for i, o := range s.Menu {
		l.add(optionKey(s, i), o.Say)
		l.add(noteKey(s, i), o.Note)
	}
	if s.Ask != nil {
		l.ask(s)
	}
	if c := s.Confirm; c != nil {
		l.add(screenKey(s, "confirm"), c.YesLabel)
		l.add(screenKey(s, "cancel"), c.NoLabel)
	}
	if s.List != nil {
		l.add(screenKey(s, "each"), s.List.Each)
	}
	if s.Error != nil {
		l.add(screenKey(s, "error"), *s.Error)
	}
	if s.Again != nil {
		l.add(screenKey(s, "again"), *s.Again)
	}
	for _, w := range s.When {
		if w.Retry != nil {
			l.add(whenKey(s, w.Outcome.Value), *w.Retry)
		}
	}
	if s.SMS != nil {
		l.add(screenKey(s, "sms"), s.SMS.Say)
	}
}

func (l *wordList) ask(s *Screen) {
	for _, o := range s.Ask.Offers {
		l.add(offerKey(s, o), o.Label)
	}
	for i, a := range s.Ask.Accept {
		l.add(acceptKey(s, i), a.Error)
	}
	l.add(screenKey(s, "repeat"), s.Ask.Repeat)
}

// nav lists the texts of navigation, those of the resume question where it is
// worded apart, and the built-in ones.
func (l *wordList) nav() {
	n, r := &l.f.Nav, &l.f.Session.Resume
	l.add("nav.back", n.Back.Label)
	l.add("nav.home", n.Home.Label)
	l.add("nav.more", n.More.Label)
	l.add("resume.say", r.Say)
	l.add("resume.confirm", r.Confirm)
	l.add("resume.cancel", r.Cancel)
	lang := FirstLanguage(l.f)
	for _, b := range []struct {
		key  string
		text Text
	}{
		{"nav.confirm", n.Confirm.Label}, {"nav.cancel", n.Cancel.Label},
		{"nav.invalid", n.Invalid}, {"nav.gave_up", n.GaveUp}, {"nav.resume", n.Resume},
		{"nav.busy", n.Busy}, {"nav.in_progress", n.InProgress}, {"nav.expired", n.Expired},
		{"nav.updated", n.Updated}, {"nav.limited", n.Limited},
	} {
		if b.text.Value == "" {
			b.text = Text{Value: Builtin(b.key, lang)}
		}
		l.add(b.key, b.text)
	}
}

// The keys of a screen's and a variable's texts.

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
	if key := s.Menu[i].Key.Value; key != "" && !s.Numbered {
		return screenKey(s, key)
	}
	return screenKey(s, strconv.Itoa(i+1))
}

func noteKey(s *Screen, i int) string             { return optionKey(s, i) + ".note" }
func offerKey(s *Screen, o *Offer) string         { return screenKey(s, "offer."+o.Key.Value) }
func acceptKey(s *Screen, i int) string           { return screenKey(s, "accept."+strconv.Itoa(i+1)) }
func whenKey(s *Screen, outcome string) string    { return screenKey(s, "when."+outcome) }
func optionLabelKey(v *Var, option string) string { return v.Name.Value + "." + option }
