package menu

// Lexicon holds the texts of a menu in all its languages: what the checker
// measures and compares.
type Lexicon struct {
	// Langs are the languages, the one the menu is written in first.
	Langs []Language
	words []Word
	texts map[string][]Text
	parts map[partsKey][]Part
}

type partsKey struct {
	key  string
	lang int
}

// builtinKeys are the texts that the engine has words for where the menu has
// none, and their names there.
var builtinKeys = map[string]string{
	"nav.confirm": "yes", "nav.cancel": "no", "nav.invalid": "invalid", "nav.gave_up": "gave_up",
	"nav.resume": "resume", "nav.busy": "busy", "nav.in_progress": "in_progress",
	"nav.expired": "expired", "nav.updated": "updated", "nav.limited": "limited",
}

// NewLexicon gathers a menu's texts and their translations. Where two texts
// share a key the first is kept; the checker refuses the second.
func NewLexicon(f *File) *Lexicon {
	l := &Lexicon{Langs: languagesOf(f), words: Words(f), texts: map[string][]Text{}, parts: map[partsKey][]Part{}}
	for _, w := range l.words {
		if !l.Has(w.Key) {
			l.texts[w.Key] = make([]Text, len(l.Langs))
			l.texts[w.Key][0] = w.Text
		}
	}
	keys := navDigits(f)
	for _, t := range f.Translations {
		l.translate(t, keys)
	}
	for key, name := range builtinKeys {
		if l.Has(key) {
			continue
		}
		for _, lang := range l.Langs {
			l.texts[key] = append(l.texts[key], Text{Value: Builtin(name, lang.Code.Value)})
		}
	}
	return l
}

// translate takes one language's entries. Those that name no text are left to
// the checker.
func (l *Lexicon) translate(t *Translation, keys map[string]string) {
	for i, lang := range l.Langs {
		if i == 0 || lang.Code.Value != t.Lang {
			continue
		}
		for _, e := range t.Entries {
			if list, ok := l.texts[e.Key.Value]; ok {
				list[i] = e.words(keys)
			}
		}
	}
}

// In is a text in every language, in the order of Langs; its Value is "" where
// it is not translated. It is nil for a key that no text has.
func (l *Lexicon) In(key string) []Text { return l.texts[key] }

// Has reports whether there is a text under a key.
func (l *Lexicon) Has(key string) bool { return l.texts[key] != nil }

// Parts cuts a text in a language into words and values, the words shared by
// several screens ({texts.fees}) put in their place. Where it is not
// translated it is the first language's, as callers would see it. A shared
// text cannot show another.
func (l *Lexicon) Parts(key string, lang int) []Part {
	at := partsKey{key, lang}
	if parts, done := l.parts[at]; done {
		return parts
	}
	var parts []Part
	for _, p := range l.own(key, lang) {
		if p.Name != sharedTexts {
			parts = append(parts, p)
			continue
		}
		for _, q := range l.own(sharedTexts+"."+p.Field, lang) {
			if q.Name != sharedTexts {
				parts = append(parts, q)
			}
		}
	}
	l.parts[at] = parts
	return parts
}

// own are a text's parts with the names of shared texts left in.
func (l *Lexicon) own(key string, lang int) []Part {
	list := l.texts[key]
	if list == nil {
		return nil
	}
	t := list[lang]
	if t.Value == "" {
		t = list[0]
	}
	parts, _ := Parts(t)
	return parts
}

// sharedTexts is what {texts.fees} begins with.
const sharedTexts = "texts"

// languagesOf are a menu's languages: English alone where it names none.
func languagesOf(f *File) []Language {
	if len(f.Languages) > 0 {
		return f.Languages
	}
	return []Language{{Text{Value: "en"}, Text{Value: "English"}}}
}
