package check

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/gsm7"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// mostLines is what a feature phone shows without scrolling.
const mostLines = 7

// linesFit checks U302. It does not count options and navigation: U401 limits the
// options, and the phone scrolls to them.
func (c *checker) linesFit() {
	r := newRuler(c)
	for _, s := range c.f.Screens {
		if !s.Shows() {
			continue
		}
		for lang := range c.msgs.Langs {
			c.linesOf(r, s, lang)
		}
	}
}

func (c *checker) linesOf(r *ruler, s *syntax.Screen, lang int) {
	for _, screen := range r.layouts(s, lang, false) {
		if c.layoutLines(screen) {
			return
		}
	}
}

// layoutLines reports a layout that has more lines than a phone shows.
func (c *checker) layoutLines(screen *layout) bool {
	s, lang := screen.s, screen.lang
	lines, at := 0, s.Name
	for _, b := range screen.blocks() {
		most := 0
		for _, t := range b.texts {
			if n := c.lines(t.key, lang); n > most {
				most = n
				if source := c.source(t.key, lang); source.Written() {
					at = source
				}
			}
		}
		lines += most
	}
	if lines > mostLines {
		c.find(at, fmt.Sprintf("%s can take %d lines in %s above its options; a phone shows %d.", syntax.Quote(s.Name.Value), lines, c.language(lang), mostLines), "Shorten it, or divide it into several screens.")
	}
	return lines > mostLines
}

func (c *checker) lines(key string, lang int) int {
	if !c.msgs.Has(key) {
		return 0
	}
	n := 1
	for _, p := range c.msgs.Parts(key, lang) {
		n += strings.Count(p.Lit, "\n")
	}
	return n
}

// doubles checks U304: characters of the GSM-7 extension table count twice.
func (c *checker) doubles() {
	for lang := range c.msgs.Langs {
		for _, w := range c.msgs.All {
			c.doublesOf(c.msgs.In(w.Key)[lang])
		}
	}
}

func (c *checker) doublesOf(t syntax.Text) {
	if !t.Written() {
		return
	}
	parts, bad := syntax.Parts(t)
	if len(bad) > 0 {
		return // U206
	}
	n, first := 0, rune(0)
	for _, p := range parts {
		for _, r := range p.Lit {
			if gsm7.Septets(r) == 2 {
				n++
				if first == 0 {
					first = r
				}
			}
		}
	}
	if n == 0 {
		return
	}
	i := strings.IndexRune(t.Value, first)
	if first == '{' || first == '}' {
		i = max(0, strings.Index(t.Value, string([]rune{first, first})))
	}
	c.find(t.Sub(i, i+len(string(first))), fmt.Sprintf("%q counts as two characters; this text has %d of them.", first, n), "")
}

// listRowsFit checks U305: the longest row of a list fits a page.
//
// Nothing is missed, as in screensFit: a row has its longest values and a number
// of two digits.
func (c *checker) listRowsFit() {
	limits := syntax.LimitsOf(c.f)
	l := &lengths{checker: c, ruler: newRuler(c), room: room{limits.Septets, limits.Units}}
	for _, s := range c.f.Screens {
		if s.List == nil {
			continue
		}
		for lang := range c.msgs.Langs {
			row := l.listRow(s, lang)
			e := composed.Below(row.ext, l.navLine(s, lang, true).ext)
			if l.fits(e) {
				continue
			}
			length, limit := l.over(e)
			at := l.source(row.key, lang)
			if !at.Written() {
				at = s.Name
			}
			l.find(at, fmt.Sprintf("A row of %s can take %d characters in %s with the navigation line; %s.", syntax.Quote(s.Name.Value), length, l.language(lang), limit), "Show fewer values in a row.", diag.Related{Text: "With the longest values: " + l.worst([]string{row.key}, lang) + "."})
		}
	}
}

// smsRoom holds one SMS of a single part: 140 octets, all of them for text.
var smsRoom = room{septets: 160, units: 70}

// smsFit checks U306: an SMS of two parts costs twice.
func (c *checker) smsFit() {
	l := &lengths{checker: c, ruler: newRuler(c), room: smsRoom}
	for _, s := range c.f.Screens {
		for _, key := range smsKeys(s) {
			l.sms(key, s.Name.Value)
		}
	}
	if c.f.Dropped != nil {
		l.sms(syntax.DroppedKey, "dropped")
	}
}

// sms reports an SMS of several parts. owner names what sends it.
func (l *lengths) sms(key, owner string) {
	for lang := range l.c.msgs.Langs {
		e := l.text(key, lang)
		at := l.source(key, lang)
		if l.fits(e) || !at.Written() {
			continue
		}
		length, limit := l.over(e)
		l.find(at, fmt.Sprintf("The SMS of %s can take %d characters in %s; %s.", syntax.Quote(owner), length, l.language(lang), strings.Replace(limit, " fit", " fit one message", 1)), "Shorten it; each further part costs as much again.")
	}
}

// smsKeys returns the keys of a screen's texts that are sent by SMS.
func smsKeys(s *syntax.Screen) []string {
	var keys []string
	if s.SMS != nil {
		keys = append(keys, syntax.ScreenKey(s, "sms"))
	}
	for _, late := range s.Late {
		keys = append(keys, syntax.LateKey(s, late.Outcome.Value))
	}
	return keys
}

// translationsReviewed reports U314: a translation was compared with its text.
func (c *checker) translationsReviewed() {
	for _, t := range c.f.Translations {
		for _, e := range t.Entries {
			list := c.msgs.In(e.Key.Value)
			if e.Unreviewed && list != nil && list[0].Written() && syntax.SourceHash(list[0].Value) == e.Of {
				c.find(e.Text, fmt.Sprintf("Nobody has compared %s with the text that it translates.", syntax.Quote(e.Key.Value)), `If it says the same, delete the word "unreviewed".`, diag.At(list[0].Pos, "The text is: "+syntax.Short(list[0].Value)))
			}
		}
	}
}

// translationsCurrent checks U311: every translation was made from the present text.
func (c *checker) translationsCurrent() {
	for _, t := range c.f.Translations {
		for _, e := range t.Entries {
			list := c.msgs.In(e.Key.Value)
			if e.Of == "" || list == nil || !list[0].Written() || syntax.SourceHash(list[0].Value) == e.Of {
				continue
			}
			c.find(e.Text, fmt.Sprintf("%s has changed since this was translated.", syntax.Quote(e.Key.Value)), fmt.Sprintf(`Translate it again, and write its new mark: "# of %s".`, syntax.SourceHash(list[0].Value)), diag.At(list[0].Pos, "The text is now: "+syntax.Short(list[0].Value)))
		}
	}
}

// sameWords checks U313: a translation differs from its text.
func (c *checker) sameWords() {
	for lang := 1; lang < len(c.msgs.Langs); lang++ {
		for _, w := range c.msgs.All {
			t := c.msgs.In(w.Key)[lang]
			if t.Written() && t.Value == w.Text.Value && hasWords(t) {
				c.find(t, fmt.Sprintf("%s has the same words in %s and %s.", syntax.Quote(w.Key), c.language(0), c.language(lang)), "")
			}
		}
	}
}

// hasWords reports whether a text has letters outside its values.
func hasWords(t syntax.Text) bool {
	parts, _ := syntax.Parts(t)
	for _, p := range parts {
		if strings.IndexFunc(p.Lit, unicode.IsLetter) >= 0 {
			return true
		}
	}
	return false
}
