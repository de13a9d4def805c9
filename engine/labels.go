package engine

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// FoldLabel returns a label so that two are equal if they differ only in case, accents
// and spaces.
func FoldLabel(label string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(label)) {
		if !unicode.Is(unicode.Mn, r) && !unicode.IsSpace(r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// TakesLabels reports whether a question of the type can be answered with the label of
// something that it offers. What is typed for a text or a secret is the answer.
func (t *Type) TakesLabels() bool { return t.Kind != KindText && t.Kind != KindSecret }

// takesLabels reports whether the labels on a screen are answers.
func (n *node) takesLabels() bool {
	return n.Labels && (n.question == nil || n.question.TakesLabels())
}

// keyLabelled returns the key of what has the typed words as its label on the screen, of
// all its pages: a row, or a key of the navigation. It is "" if nothing has them, or
// more than one thing. next is where the next page begins.
func (p *Program) keyLabelled(n *node, s *Session, in input, next int) string {
	want := FoldLabel(in.typed)
	if !n.takesLabels() || want == "" {
		return ""
	}
	found := ""
	more := false
	see := func(key, label string) {
		if key != "" && FoldLabel(label) == want {
			more = more || found != "" && found != key
			found = key
		}
	}
	for i := range in.rows {
		see(in.rows[i].key, in.rows[i].label)
	}
	keys := p.live(n, s)
	if next > 0 {
		keys |= NavMore
	}
	for one := NavBack; one < navSets; one <<= 1 {
		if keys&one != 0 {
			key := p.def.Nav.key(one)
			label, _ := key.Label.In(p.lang(s)).fixed()
			see(key.Key, label)
		}
	}
	if more {
		return ""
	}
	return found
}
