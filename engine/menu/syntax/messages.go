package syntax

import (
	"strings"

	"github.com/paytrace/paytrace/engine"
)

// Messages holds the texts of a menu in all its languages: what the checker
// measures and compares.
type Messages struct {
	// Langs are the languages, the one the menu is written in first.
	Langs []Language
	All   []Message
	texts map[string][]Text
	parts map[InLanguage][]Part
	// byWords has the keys of the texts, by their words in the menu.
	byWords map[string][]string
	// instead has for each language the index of the one that callers read where a text
	// is not translated.
	instead []int
}

// InLanguage names one text in one language, an index of Langs.
type InLanguage struct {
	Key  string
	Lang int
}

// BuiltinKeys lists the texts that the engine has words for where the menu has
// none, and their names there.
var BuiltinKeys = map[string]string{
	"nav.confirm": "yes", "nav.cancel": "no", "nav.invalid": "invalid", "nav.gave_up": "gave_up",
	"nav.resume": "resume", "nav.busy": "busy", "nav.in_progress": "in_progress",
	"nav.expired": "expired", "nav.updated": "updated", "nav.limited": "limited",
	"nav.mismatch": "mismatch", "nav.list_cut": "list_cut",
}

// NewMessages gathers a menu's texts and their translations. Where two texts
// share a key the first is kept; the checker refuses the second.
func NewMessages(f *File) *Messages {
	l := &Messages{Langs: Languages(f), All: ListMessages(f), texts: map[string][]Text{}, parts: map[InLanguage][]Part{}, byWords: map[string][]string{}}
	l.instead = insteadOf(l.Langs)
	for _, w := range l.All {
		if !l.Has(w.Key) {
			l.texts[w.Key] = make([]Text, len(l.Langs))
			l.texts[w.Key][0] = w.Text
			l.byWords[w.Text.Value] = append(l.byWords[w.Text.Value], w.Key)
		}
	}
	keys := navKeys(f)
	for _, t := range f.Translations {
		l.translate(t, keys)
	}
	for key, name := range BuiltinKeys {
		if l.Has(key) {
			continue
		}
		for lang := range l.Langs {
			l.texts[key] = append(l.texts[key], Text{Value: l.Builtin(engine.Builtin(name), lang)})
		}
	}
	return l
}

// insteadOf returns the index of the language that stands in for each language. The
// first language stands in for all that name no other one.
func insteadOf(langs []Language) []int {
	list := make([]int, len(langs))
	for i, l := range langs {
		for j, other := range langs {
			if i > 0 && other.Code.Value == l.Missing.Value && !other.Partial() {
				list[i] = j
			}
		}
	}
	return list
}

// Instead returns the language that callers read where a text is not translated into
// another one. Both are indexes of Langs.
func (l *Messages) Instead(lang int) int { return l.instead[lang] }

// Shown returns the text that callers read in a language: its own words, those of the
// language that stands in for it, or the original.
func (l *Messages) Shown(key string, lang int) Text {
	list := l.texts[key]
	if list == nil {
		return Text{}
	}
	for _, i := range []int{lang, l.instead[lang]} {
		if strings.TrimSpace(list[i].Value) != "" {
			return list[i]
		}
	}
	return list[0]
}

// Builtin returns the engine's own words for a language, or those of the language that
// stands in for it.
func (l *Messages) Builtin(b engine.Builtin, lang int) string {
	if !b.Has(l.Langs[lang].Code.Value) {
		lang = l.instead[lang]
	}
	return b.In(l.Langs[lang].Code.Value)
}

// translate takes one language's entries. One that names no text by its key may name it
// by its words: it translates every text with these words that has no entry of its own.
// Others are left to the checker.
func (l *Messages) translate(t *Translation, keys map[string]string) {
	for i, lang := range l.Langs {
		if i == 0 || lang.Code.Value != t.Lang {
			continue
		}
		for _, e := range t.Entries {
			if list, ok := l.texts[e.Key.Value]; ok {
				list[i] = e.message(keys)
			}
		}
		for _, e := range t.Entries {
			for _, key := range l.byWords[e.Key.Value] {
				if list := l.texts[key]; !l.Has(e.Key.Value) && !list[i].Written() {
					list[i] = e.Text
				}
			}
		}
	}
}

// In returns a text in every language, in the order of Langs; its Value is "" where
// it is not translated. It is nil for a key that no text has.
func (l *Messages) In(key string) []Text { return l.texts[key] }

// ByWords returns the keys of the texts of the menu that have these words.
func (l *Messages) ByWords(words string) []string { return l.byWords[words] }

// Has reports whether there is a text under a key.
func (l *Messages) Has(key string) bool { return l.texts[key] != nil }

// Parts cuts a text in a language into words and values, the words shared by
// several screens ({texts.fees}) put in their place. Where it is not
// translated, it is the text that callers would see. A shared text cannot show
// another.
func (l *Messages) Parts(key string, lang int) []Part {
	at := InLanguage{Key: key, Lang: lang}
	if parts, done := l.parts[at]; done {
		return parts
	}
	var parts []Part
	for _, p := range l.Own(key, lang) {
		if p.Name != SharedTexts {
			parts = append(parts, p)
			continue
		}
		for _, q := range l.Own(SharedKey(p.Field), lang) {
			if q.Name != SharedTexts {
				parts = append(parts, q)
			}
		}
	}
	l.parts[at] = parts
	return parts
}

// Own returns a text's parts with the names of shared texts left in.
func (l *Messages) Own(key string, lang int) []Part {
	if !l.Has(key) {
		return nil
	}
	parts, _ := Parts(l.Shown(key, lang))
	return parts
}

// Languages returns a menu's languages: English alone where it names none.
func Languages(f *File) []Language {
	if len(f.Languages) > 0 {
		return f.Languages
	}
	return []Language{{Code: Text{Value: "en"}, Name: Text{Value: "English"}}}
}

// ListMessages returns all texts of a menu that callers read, in the order they stand. It
// is the one list of translation keys.
func ListMessages(f *File) []Message {
	w := &messageList{}
	w.nav(f)
	for _, t := range f.Texts {
		w.add(SharedKey(t.Name.Value), t.Text)
	}
	for _, t := range f.Types {
		for _, o := range t.Options {
			w.add(ChoiceKey(t.Name.Value, o.Name.Value), o.Text)
		}
	}
	for _, v := range f.Vars {
		w.add(VarErrorKey(v.Name.Value), v.Error)
		for _, o := range v.Options {
			if v.Of == nil {
				w.add(v.OptionKey(o.Name.Value), o.Text)
			}
		}
	}
	for _, s := range f.Screens {
		w.screen = s
		w.ofScreen(s)
	}
	return w.list
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
	w.add("nav.again", n.Again)
	w.add("resume.say", f.Session.Resume.Say)
	w.add("resume.confirm", f.Session.Resume.Confirm)
	w.add("resume.cancel", f.Session.Resume.Cancel)
	if f.Dropped != nil {
		w.add(DroppedKey, f.Dropped.SMS)
	}
}

func (w *messageList) ofScreen(s *Screen) {
	for i, say := range s.Say {
		w.add(SayKey(s, i), say.Text)
	}
	w.optional(ScreenKey(s, "say"), s.OwnText())
	w.optional(ScreenKey(s, "error"), s.Error)
	w.optional(ScreenKey(s, "again"), s.Again)
	for _, kind := range againKinds {
		w.add(AgainKey(s, kind.key), *kind.of(&s.AgainFor))
	}
	for _, k := range kinds.On(s) {
		if k.messages != nil {
			k.messages(w, s)
		}
	}
	for _, when := range s.When {
		w.optional(WhenKey(s, when.Outcome.Value), when.Retry)
	}
	for _, late := range s.Late {
		w.add(LateKey(s, late.Outcome.Value), late.Text)
	}
	if s.SMS != nil {
		w.add(ScreenKey(s, "sms"), s.SMS.Say)
	}
}
