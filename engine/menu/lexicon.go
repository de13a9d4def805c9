package menu

// Lexicon holds the texts of a menu in all its languages. The checker measures
// what it holds, and the compiler takes what was measured.
type Lexicon struct {
	// Langs are the languages' codes, the one the menu is written in first.
	Langs []string
	words []Word
	texts map[string][]Text
	parts map[partsKey][]Part
}

type partsKey struct {
	key  string
	lang int
}

// NewLexicon gathers a menu's texts and their translations.
func NewLexicon(f *File) *Lexicon {
	l := &Lexicon{Langs: languageCodes(f), words: Words(f), texts: map[string][]Text{}, parts: map[partsKey][]Part{}}
	for _, w := range l.words {
		list := make([]Text, len(l.Langs))
		list[0] = w.Text
		for i, code := range l.Langs[1:] {
			if w.Builtin() && hasBuiltin(w.Key, code) {
				list[i+1] = Text{Value: Builtin(w.Key, code)}
			}
		}
		l.texts[w.Key] = list
	}
	for _, t := range f.Translations {
		l.translate(t)
	}
	return l
}

func languageCodes(f *File) []string {
	if len(f.Languages) == 0 {
		return []string{English}
	}
	codes := make([]string, len(f.Languages))
	for i, lang := range f.Languages {
		codes[i] = lang.Code.Value
	}
	return codes
}

// translate takes one language's entries. Those that name no text are left to
// the checker.
func (l *Lexicon) translate(t *Translation) {
	for i, code := range l.Langs {
		if i == 0 || code != t.Lang {
			continue
		}
		for _, e := range t.Entries {
			if list, ok := l.texts[e.Key.Value]; ok {
				list[i] = e.Text
			}
		}
	}
}

// Words are the menu's texts, as Words lists them.
func (l *Lexicon) Words() []Word { return l.words }

// In is a text in every language, in the order of Langs; its Value is "" where
// it is not translated. It is nil for a key that no text has.
func (l *Lexicon) In(key string) []Text { return l.texts[key] }

// Has reports whether there is a text under a key.
func (l *Lexicon) Has(key string) bool { return l.texts[key] != nil }

// Parts cuts a text in a language into words and values, the words shared by
// several screens ({texts.fees}) put in their place. Where it is not
// translated it is the first language's, as callers would see it. A shared
// text that shows itself is cut off there; the checker refuses it.
func (l *Lexicon) Parts(key string, lang int) []Part {
	at := partsKey{key, lang}
	if parts, done := l.parts[at]; done {
		return parts
	}
	l.parts[at] = nil // met again while it is being put together
	list := l.texts[key]
	if list == nil {
		return nil
	}
	t := list[lang]
	if t.Value == "" {
		t = list[0]
	}
	raw, _ := Parts(t)
	var parts []Part
	for _, p := range raw {
		if p.Name == sharedTexts {
			parts = append(parts, l.Parts(sharedTexts+"."+p.Field, lang)...)
			continue
		}
		parts = append(parts, p)
	}
	l.parts[at] = parts
	return parts
}

// sharedTexts is what {texts.fees} begins with.
const sharedTexts = "texts"
