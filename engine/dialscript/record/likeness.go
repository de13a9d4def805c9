package record

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/dialscript"
)

// alike says how many words two screens share, in order, from 0 to 1. Words with
// digits count as equal, because they are amounts, dates and names of rows.
func alike(a, b []string) float64 {
	if len(a)+len(b) == 0 {
		return 1
	}
	row := make([]int, len(b)+1)
	for i := range a {
		before := 0
		for j := range b {
			was := row[j+1]
			if a[i] == b[j] {
				row[j+1] = before + 1
			} else {
				row[j+1] = max(row[j+1], row[j])
			}
			before = was
		}
	}
	return 2 * float64(row[len(b)]) / float64(len(a)+len(b))
}

// valueWord stands for any word that may be a value.
const valueWord = "#"

// navigation matches a line such as "0:Back 00:Home", which every screen has.
var navigation = regexp.MustCompile(`(?m)^\d+:\S+(?: \d+:\S+)*$`)

// wordsOf returns the words of a screen, as alike compares them.
func wordsOf(text string) []string {
	var out []string
	text = navigation.ReplaceAllString(text, "")
	for _, w := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '{' && r != '}' }) {
		if strings.ContainsFunc(w, unicode.IsDigit) || strings.ContainsAny(w, "{}") {
			w = valueWord
		}
		out = append(out, w)
	}
	return out
}

// shownWords returns the words of a script's screen; placeholders are values.
func shownWords(shown []dialscript.ScreenLine) []string {
	var b strings.Builder
	for _, s := range shown {
		switch {
		case s.Rest:
		case s.Regexp != "":
			b.WriteString(s.Regexp + "\n")
		default:
			for _, p := range s.Text {
				if p.Placeholder != "" || p.Name != "" {
					b.WriteString(" 0 ")
				} else {
					b.WriteString(p.Lit)
				}
			}
			b.WriteByte('\n')
		}
	}
	return wordsOf(b.String())
}

// screenWords returns the words of every screen of the menus that a caller sees,
// by name, in each language.
func screenWords(menus []*engine.Program) map[string][][]string {
	out := map[string][][]string{}
	for _, p := range menus {
		def := p.Definition()
		for i := range def.Screens {
			s := &def.Screens[i]
			if s.Kind.Silent() {
				continue
			}
			for lang := range def.Languages {
				for _, say := range s.Say {
					text := plainText(say.Words, lang)
					for _, o := range s.Options {
						text += "\n" + o.Key + " " + plainText(o.Label, lang)
					}
					out[s.Name] = append(out[s.Name], wordsOf(text))
				}
			}
		}
	}
	return out
}

// plainText returns a text with 0 in the places of its values.
func plainText(w engine.Localized, lang int) string {
	if len(w) == 0 {
		return ""
	}
	text := w[0]
	if lang < len(w) && w[lang] != nil {
		text = w[lang]
	}
	var b strings.Builder
	for _, p := range text {
		if p.Ref.IsZero() {
			b.WriteString(p.Lit)
		} else {
			b.WriteString("0")
		}
	}
	return b.String()
}

// nearest returns the screen whose words are most like these, and how much.
func nearest(words []string, screens map[string][][]string) (name string, score float64) {
	for candidate, variants := range screens {
		for _, v := range variants {
			if s := alike(words, v); s > score || s == score && candidate < name {
				name, score = candidate, s
			}
		}
	}
	return name, score
}
