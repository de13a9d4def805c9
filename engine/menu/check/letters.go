package check

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/gsm7"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// letters checks U303: one character outside the GSM 7-bit alphabet shortens a
// screen from 160 characters to 70. It is an error where a plain sign says the
// same. For letters that a language needs it warns once per language, so one
// suppression with its reason covers them all.
//
// Nothing is missed: it looks at every character of every text in every language.
// Values from outside the menu are transliterated when they are shown.
func (c *checker) letters() {
	needed := map[int]bool{}
	for lang := range c.msgs.Langs {
		for _, w := range c.msgs.All {
			if t := c.msgs.In(w.Key)[lang]; t.Written() {
				c.lettersOf(t, lang, needed)
			}
		}
	}
}

func (c *checker) lettersOf(t syntax.Text, lang int, needed map[int]bool) {
	for i, r := range t.Value {
		if gsm7.Septets(r) > 0 {
			continue
		}
		at := t.Sub(i, i+len(string(r)))
		plain, ok := gsm7.Replacement(r)
		switch {
		case ok && !unicode.In(r, unicode.L, unicode.M):
			c.findAs(diag.Error, at, c.outside(r), replaceBy(plain)).PlainLetters()
			return
		case !needed[lang]:
			needed[lang] = true
			help := "Leave it out."
			if ok {
				help = replaceBy(plain)
			}
			help += fmt.Sprintf(" If %s needs it, say so once: # allow U303: and why.", c.language(lang))
			c.findAs(diag.Warning, at, c.outside(r), help)
		}
	}
}

func (c *checker) outside(r rune) string {
	limits := syntax.LimitsOf(c.f)
	return fmt.Sprintf("%q is not in GSM-7: a screen with it holds %d characters instead of %d.", r, limits.Units, limits.Septets)
}

func replaceBy(plain string) string {
	switch {
	case plain == "":
		return "Leave it out."
	case strings.TrimSpace(plain) == "":
		return "Write a plain space."
	}
	return fmt.Sprintf("Write %s instead.", plain)
}
