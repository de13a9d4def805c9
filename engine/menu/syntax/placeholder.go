package syntax

import (
	"fmt"
	"strings"

	"github.com/paytrace/paytrace/engine"
)

// A Part of a text is literal words, or a placeholder that shows a value.
type Part struct {
	// Lit has the words, or "" for a placeholder.
	Lit string
	// Name and Field name the value that a placeholder shows: "{worker.phone}".
	Name, Field string
	// Form has the words behind the name, as "cut 36" in "{address cut 36}". Format is
	// what they mean; Wrong says why they mean nothing.
	Form   Text
	Format engine.Format
	Wrong  error
	// Sum is set for a sum, "{amount + fee}". Its name is as that of a Value.
	Sum *engine.Sum
	// At is the position of the placeholder's name, without the braces.
	At Text
}

// Written returns the placeholder without its braces.
func (p Part) Written() string { return strings.TrimSpace(p.At.Value + " " + p.Form.Value) }

// Placeholder reports whether the part shows a value.
func (p Part) Placeholder() bool { return p.Name != "" }

// Parts divides a text into words and placeholders. "{{" and "}}" stand for braces on
// the screen. bad has the braces that begin no name, and with its words a value that
// can't be read: they stay in the text, and the checker reports them.
func Parts(t Text) (parts []Part, bad []Text) {
	s := t.Value
	var lit strings.Builder
	flush := func() {
		if lit.Len() > 0 {
			parts = append(parts, Part{Lit: lit.String()})
			lit.Reset()
		}
	}
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c != '{' && c != '}':
			lit.WriteByte(c)
			i++
		case i+1 < len(s) && s[i+1] == c:
			lit.WriteByte(c)
			i += 2
		default:
			hole, end := placeholderAt(t, i)
			if !hole.Placeholder() {
				end = max(end, i+1)
				bad = append(bad, t.Sub(i, end))
				lit.WriteString(s[i:end])
				i = end
				continue
			}
			flush()
			parts = append(parts, hole)
			i = end
		}
	}
	flush()
	return parts, bad
}

// placeholderAt reads "{name}", "{name.field}", "{name cut 36}" or "{a + b}" at an offset.
// If it is none, hole is zero, and end is 0 unless it is meant as one.
func placeholderAt(t Text, from int) (hole Part, end int) {
	if t.Value[from] != '{' {
		return Part{}, 0
	}
	n := strings.IndexByte(t.Value[from:], '}')
	if n < 0 {
		return Part{}, 0
	}
	inside := t.Value[from+1 : from+n]
	whole := strings.TrimSpace(inside)
	at := from + 1 + strings.Index(inside, whole)
	name, form, formed := strings.Cut(whole, " ")
	form = strings.TrimSpace(form)
	if i := formAt(whole); i > 0 && engine.LooksLikeSum(whole[:i]) {
		name, form, formed = strings.TrimSpace(whole[:i]), strings.TrimSpace(whole[i:]), true
	} else if formed && !engine.IsFormat(form) && engine.LooksLikeSum(whole) {
		name, formed = whole, false
	}
	base, field, dotted := strings.Cut(name, ".")
	switch {
	case engine.LooksLikeSum(name):
		sum, err := engine.ParseSum(name)
		if err != nil || formed && !engine.IsFormat(form) {
			return Part{}, from + n + 1
		}
		hole = sumPart(sum, t.Sub(at, at+len(name)))
	case !isName(base) || dotted && !isName(field) || formed && !engine.IsFormat(form):
		if formed && (isName(base) || isDigits(base)) && !strings.ContainsAny(inside, "{\n") {
			return Part{}, from + n + 1
		}
		return Part{}, 0
	default:
		hole = Part{Name: base, Field: field, At: t.Sub(at, at+len(name))}
	}
	if formed {
		hole.Form = t.Sub(at+len(whole)-len(form), at+len(whole))
		hole.Format, hole.Wrong = engine.ParseFormat(form)
	}
	return hole, from + n + 1
}

// formAt returns where the form behind a sum begins, or -1.
func formAt(whole string) int {
	at := -1
	for _, word := range []string{" as ", " cut ", " last "} {
		at = max(at, strings.LastIndex(whole, word))
	}
	return at
}

// otherSigns has what people write in a sum instead of a sign of this language.
var otherSigns = []struct{ signs, help string }{
	{"×✕·", `write "*" to multiply`},
	{"−–—", `write "-" to subtract`},
	{"÷:", "sums can't divide"},
	{"^%", "sums have the signs + - * only"},
}

// WrongValue returns what is wrong with braces that are meant to show a value and show
// none, or "" for other braces.
func WrongValue(bad Text) string {
	if len(bad.Value) == 1 {
		return ""
	}
	inside := strings.TrimSpace(strings.Trim(bad.Value, "{}"))
	for _, o := range otherSigns {
		if strings.ContainsAny(inside, o.signs) {
			return o.help
		}
	}
	if engine.LooksLikeSum(inside) {
		if _, err := engine.ParseSum(inside); err != nil {
			return err.Error()
		}
	}
	name, form, _ := strings.Cut(inside, " ")
	if form = strings.TrimSpace(form); strings.HasPrefix(form, "x ") {
		return `write "*" to multiply`
	}
	return fmt.Sprintf("behind %q, %q is no form of a value; write as, cut or last", name, form)
}

// sumPart returns the placeholder of a sum. Parentheses around one value are no sum.
func sumPart(sum *engine.Sum, at Text) Part {
	if sum.Op == engine.SumValue {
		return Part{Name: sum.Ref.Name, Field: sum.Ref.Field, At: at}
	}
	return Part{Name: sum.String(), Sum: sum, At: at}
}

func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

func isName(s string) bool { return s != "" && nameEnd(s) == len(s) }
