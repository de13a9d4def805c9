package check

import (
	"fmt"
	"strings"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// labelsTell checks U409: where labels are answers, each means one thing.
//
// Words that show a value are not compared. Where two of them are equal in a call, the
// machine takes neither.
func (c *checker) labelsTell() {
	said := map[engine.Pos]bool{}
	for _, s := range c.f.Screens {
		if !c.f.TakesLabels(s) {
			continue
		}
		if t, known := c.askedType(s); known && !t.TakesLabels() {
			if s.Answers.Written() {
				c.find(s.Answers, fmt.Sprintf("%s asks for %s, so words that are typed are the answer, not a label.", syntax.Quote(s.Name.Value), typeName(t)), "Delete the line.")
			}
			continue
		}
		for lang := range c.msgs.Langs {
			c.labelsDistinct(s, lang, said)
		}
	}
}

// labelsDistinct compares the labels of a screen in a language with each other, and with
// the keys of others.
func (c *checker) labelsDistinct(s *syntax.Screen, lang int, said map[engine.Pos]bool) {
	list := c.labelsOn(s)
	folded := make([]string, len(list))
	for i, l := range list {
		folded[i] = c.foldedLabel(l, lang)
	}
	for i, l := range list {
		at := c.labelAt(s, l, lang)
		if folded[i] == "" || said[at.Pos] {
			continue
		}
		for j, other := range list {
			switch {
			case i == j || !c.decisions.possible(l.cond, other.cond):
				continue
			case j < i && folded[j] == folded[i]:
				c.find(at, fmt.Sprintf("%s is the label of two things on %s, so neither is taken.", syntax.Quote(at.Value), syntax.Quote(s.Name.Value)), "Use other words for one of them.", diag.At(c.labelAt(s, other, lang).Pos, "The other is here."))
			case other.key != "" && other.key == folded[i]:
				c.find(at, fmt.Sprintf("%s is the label of one thing on %s and the key of another; the key goes first.", syntax.Quote(at.Value), syntax.Quote(s.Name.Value)), "Use other words for it.", diag.At(c.labelAt(s, other, lang).Pos, "It is the key of this."))
			default:
				continue
			}
			said[at.Pos] = true
			break
		}
	}
}

// labelsOn lists what can be chosen on a screen and has words: the keys of navigation
// that may live there, then its own lines, which are easier to change.
func (c *checker) labelsOn(s *syntax.Screen) []label {
	var list []label
	nav := &c.f.Nav
	if c.flow.navigates(s) {
		list = append(list, label{key: nav.Back.Key.Value, text: "nav.back"}, label{key: nav.Home.Key.Value, text: "nav.home"})
	}
	if c.pages(s) {
		list = append(list, label{key: nav.More.Key.Value, text: "nav.more"})
	}
	for _, k := range kinds.On(s) {
		if k.labels != nil {
			list = append(list, k.labels(c, s)...)
		}
	}
	return list
}

// foldedLabel returns words as they are compared with what callers type, "" if they are
// not known or depend on the call.
func (c *checker) foldedLabel(l label, lang int) string {
	if l.own.Written() {
		return engine.FoldLabel(l.own.Value)
	}
	var words strings.Builder
	for _, p := range c.msgs.Parts(l.text, lang) {
		if p.Placeholder() {
			return ""
		}
		words.WriteString(p.Lit)
	}
	return engine.FoldLabel(words.String())
}

// labelAt returns where the words of a label are written: the screen's name for those of
// the program.
func (c *checker) labelAt(s *syntax.Screen, l label, lang int) syntax.Text {
	if l.own.Written() {
		return l.own
	}
	if at := c.source(l.text, lang); at.Written() {
		return at
	}
	return s.Name
}
