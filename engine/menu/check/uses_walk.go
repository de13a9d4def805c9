package check

import (
	"strings"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// useWalk gathers the uses of one screen.
type useWalk struct {
	c    *index
	base use
	uses []use
}

func (w *useWalk) add(p purpose, name, field string, at syntax.Text, in string, assume []assumption) {
	u := w.base
	if u.under.Written() {
		in = "the condition " + syntax.Quote(u.under.Value) + " of " + in
		at = syntax.Text{Value: at.Value, Pos: u.under.Pos}
	}
	u.purpose, u.name, u.field, u.at, u.in = p, name, field, at, in
	u.assume = append(u.assume[:len(u.assume):len(u.assume)], assume...)
	w.uses = append(w.uses, u)
}

// value adds the use of a name. A constant is not a use.
func (w *useWalk) value(p purpose, v syntax.Value, in string, assume []assumption) {
	switch {
	case v.Sum != nil:
		w.sum(p, v.Sum, v.Text, in, assume, "", nil)
	case v.Name != "":
		w.add(p, v.Name, v.Field, v.Text, in, assume)
	}
}

// text adds the values that a text shows. Those of shared texts count where the text
// is shown.
func (w *useWalk) text(t syntax.Text, in string, assume []assumption) {
	w.placeholders(shown, t, in, assume)
}

func (w *useWalk) placeholders(p purpose, t syntax.Text, in string, assume []assumption) {
	parts, _ := syntax.Parts(t)
	for _, part := range parts {
		switch {
		case !part.Placeholder():
		case part.Name == syntax.SharedTexts:
			for _, inner := range w.c.msgs.Own(syntax.SharedKey(part.Field), 0) {
				if inner.Placeholder() && inner.Name != syntax.SharedTexts {
					w.placeholder(p, inner, part.At, in, assume)
				}
			}
		default:
			w.placeholder(p, part, part.At, in, assume)
		}
	}
}

func (w *useWalk) placeholder(p purpose, part syntax.Part, at syntax.Text, in string, assume []assumption) {
	if part.Sum != nil {
		w.sum(p, part.Sum, at, in, assume, "", nil)
		return
	}
	w.add(p, part.Name, part.Field, at, in, assume)
}

// cond adds a condition's values. Those behind "and" and "or" count only while the
// part before does not decide the outcome.
func (w *useWalk) cond(k *syntax.Cond, in string, assume []assumption) {
	if k == nil {
		return
	}
	if k.Of.Written() && !w.base.under.Written() {
		w.base.under = k.Of
		defer func() { w.base.under = syntax.Text{} }()
	}
	switch k.Op {
	case "and", "or":
		w.cond(k.A, in, assume)
		w.cond(k.B, in, with(assume, assumption{k.A, k.Op == "and"}))
	case "not":
		w.cond(k.A, in, assume)
	case "is set", "is empty":
		w.base.op = k.Op
		w.value(tested, k.Left, in, assume)
		w.base.op = ""
	default:
		left, right := w.c.operands(k)
		w.value(asked, left, in, assume)
		if w.c.values[left.Name] != nil || w.c.values[right.Name] != nil || left.Name == "" {
			w.value(asked, right, in, assume) // otherwise it may be an option of the missing value
		}
	}
}

// sum adds the uses of a sum's values, and the use of the sum itself.
func (w *useWalk) sum(p purpose, s *engine.Sum, at syntax.Text, in string, assume []assumption, into string, changed []string) {
	s.Refs(func(r engine.Ref) { w.add(p, r.Name, r.Field, wordIn(at, r.String()), in, assume) })
	w.add(summed, s.String(), "", at, in, assume)
	u := &w.uses[len(w.uses)-1]
	u.sum, u.of, u.into = s, p, into
	u.changed = append(append(u.changed, changed...), u.also...)
}

// wordIn returns where a text has a word, or the whole text if it does not.
func wordIn(t syntax.Text, word string) syntax.Text {
	part := func(i int) bool { return i >= 0 && i < len(t.Value) && isNameByte(t.Value[i]) }
	for from := 0; ; {
		i := strings.Index(t.Value[from:], word)
		if i < 0 {
			return t
		}
		i += from
		if !part(i-1) && !part(i+len(word)) {
			return t.Sub(i, i+len(word))
		}
		from = i + len(word)
	}
}

func isNameByte(c byte) bool {
	return c == '_' || c == '.' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}
