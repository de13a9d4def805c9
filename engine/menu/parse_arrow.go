package menu

import (
	"fmt"
	"strings"
)

// arrow is how a menu writes a jump.
const arrow = "->"

// otherArrows are spellings of the arrow that people type or that editors make
// of it, longest first.
var otherArrows = []string{"-->", "–>", "—>", "=>", "→", "➔", "➜", "»", "->", "-›"}

// splitArrow divides "Label -> target" at its last arrow. has is false where
// there is no arrow; an arrow spelled otherwise is found, and taken.
func (p *reader) splitArrow(t Text) (label, target Text, has bool) {
	if i := lastArrow(t.Value); i >= 0 {
		return t.Sub(0, i).Trim(), t.Sub(i+len(arrow), len(t.Value)).Trim(), true
	}
	for _, other := range otherArrows {
		i := strings.LastIndex(t.Value, other)
		if i < 0 || !looksLikeTarget(t.Value[i+len(other):]) {
			continue
		}
		label, target = t.Sub(0, i).Trim(), t.Sub(i+len(other), len(t.Value)).Trim()
		message := fmt.Sprintf("Here is %q; the arrow of a menu is written %q.", other, arrow)
		if other == arrow {
			message = "The arrow needs a space on both sides."
		}
		hint := strings.TrimSpace(label.Value + " " + arrow + " " + target.Value)
		p.find("U008", t.Sub(i, i+len(other)), message, fmt.Sprintf("Write %q.", hint))
		return label, target, true
	}
	return t, Text{}, false
}

// lastArrow is the offset of the last arrow with a space or an end on both
// sides, or -1.
func lastArrow(s string) int {
	for i := strings.LastIndex(s, arrow); i >= 0; i = strings.LastIndex(s[:i], arrow) {
		before := i == 0 || s[i-1] == ' ' || s[i-1] == '\n'
		after := i+len(arrow) == len(s) || s[i+len(arrow)] == ' ' || s[i+len(arrow)] == '\n'
		if before && after {
			return i
		}
	}
	return -1
}

// looksLikeTarget reports whether a wrongly spelled arrow is followed by what
// can only be a target, so that "A=>B and more" stays a text.
func looksLikeTarget(s string) bool {
	s = strings.TrimSpace(s)
	n := nameEnd(s)
	return n > 0 && (n == len(s) || s[n] == '(' && strings.HasSuffix(s, ")"))
}

// jump reads "Label -> target", label and all. hint shows the right form.
func (p *reader) jump(e entry, hint string) (label Text, to Target, ok bool) {
	t, ok := p.scalar(e, "an arrow")
	if !ok {
		return Text{}, Target{}, false
	}
	label, target, has := p.splitArrow(t)
	if !has {
		if p.eaten(e.node, t, true) {
			return t, Target{}, false
		}
		p.find("U003", t, fmt.Sprintf("%q has no arrow, so nobody knows where it leads.", short(t.Value)), "Write "+hint+".")
		return t, Target{}, false
	}
	return label, p.target(target, t), true
}

// goTo reads a value that is a target alone; its arrow may be left out.
func (p *reader) goTo(e entry) Target {
	t, ok := p.scalar(e, "a screen")
	if !ok {
		return Target{}
	}
	return p.bareTarget(t)
}

// bareTarget is a target that stands alone, with or without an arrow.
func (p *reader) bareTarget(t Text) Target {
	label, target, has := p.splitArrow(t)
	if has && label.Value != "" {
		p.find("U003", label, fmt.Sprintf("Only a screen stands here, so %q is never shown.", short(label.Value)), fmt.Sprintf("Write %q.", target.Value))
	}
	if !has {
		target = t
	}
	return p.target(target, t)
}

// target reads one screen or one "action(values)". whole is the text around
// it, for a target that is not there.
func (p *reader) target(t, whole Text) Target {
	if t.Value == "" {
		p.find("U003", whole, "This arrow leads nowhere.", "Name a screen behind it.")
		return Target{}
	}
	if strings.Contains(t.Value, "(") {
		if call := p.call(t); call != nil {
			return Target{Call: call}
		}
		return Target{}
	}
	if !p.goodName(t, "a screen") {
		return Target{}
	}
	return Target{Screen: t}
}

// call reads "action(values)".
func (p *reader) call(t Text) *Call {
	n := nameEnd(t.Value)
	if n == 0 || n == len(t.Value) || t.Value[n] != '(' {
		p.find("U003", t, fmt.Sprintf("%q is no action with its values.", short(t.Value)), `Write it like "withdraw(amount, pin)".`)
		return nil
	}
	if !strings.HasSuffix(t.Value, ")") {
		p.find("U003", t, fmt.Sprintf("%q does not end with its closing parenthesis.", short(t.Value)), `Write it like "withdraw(amount, pin)", and nothing behind it.`)
		return nil
	}
	c := &Call{Action: t.Sub(0, n), Pos: t.Pos}
	p.goodName(c.Action, "an action")
	inside := t.Sub(n+1, len(t.Value)-1)
	if inside.Trim().Value == "" {
		return c
	}
	for _, arg := range splitArgs(inside) {
		if v, ok := p.value(arg.Trim()); ok {
			c.Args = append(c.Args, v)
		} else {
			c.Args = append(c.Args, Value{})
		}
	}
	return c
}

// splitArgs divides values at their commas; a comma in quotes is text.
func splitArgs(t Text) []Text {
	var list []Text
	from, quote := 0, byte(0)
	for i := 0; i < len(t.Value); i++ {
		switch c := t.Value[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == ',':
			list = append(list, t.Sub(from, i))
			from = i + 1
		}
	}
	return append(list, t.Sub(from, len(t.Value)))
}

// value reads one name or constant. A quoted constant's text is what stands
// between the quotes.
func (p *reader) value(t Text) (Value, bool) {
	s := t.Value
	switch {
	case s == "":
		p.find("U003", t, "A value is missing here.", "")
	case s[0] == '\'' || s[0] == '"':
		if len(s) > 1 && strings.IndexByte(s[1:], s[0]) == len(s)-2 {
			return Value{Text: t.Sub(1, len(s)-1), Quoted: true}, true
		}
		p.find("U003", t, fmt.Sprintf("The quotes of %s do not close at its end.", short(s)), "")
	case isNumber(s):
		return Value{Text: t, Number: true}, true
	default:
		return p.nameValue(t)
	}
	return Value{}, false
}

// nameValue reads "name" or "record.field".
func (p *reader) nameValue(t Text) (Value, bool) {
	name, field, dotted := strings.Cut(t.Value, ".")
	n := t.Sub(0, len(name))
	if !p.goodName(n, "a value") {
		return Value{}, false
	}
	if dotted && !p.goodName(t.Sub(len(name)+1, len(t.Value)), "a field") {
		return Value{}, false
	}
	return Value{Text: t, Name: name, Field: field}, true
}

// isNumber reports digits with at most one point between them, perhaps after
// a minus sign.
func isNumber(s string) bool {
	s = strings.TrimPrefix(s, "-")
	whole, part, point := strings.Cut(s, ".")
	return allDigits(whole) && (!point || allDigits(part))
}

func allDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// reserved are the words of the language that nothing may be named.
var reserved = map[string]bool{"retry": true, "if": true, "else": true, "back": true, "end": true, "none": true}

// goodName finds names that are none: they are a to z, digits and _, a letter
// first, and no word of the language.
func (p *reader) goodName(t Text, what string) bool {
	switch {
	case nameEnd(t.Value) != len(t.Value) || t.Value == "":
		hint := "A name has letters from a to z, digits and _, and begins with a letter."
		if s := nameLike(t.Value); s != "" {
			hint += fmt.Sprintf(" Perhaps %q?", s)
		}
		p.find("U003", t, fmt.Sprintf("%q cannot be the name of %s.", short(t.Value), what), hint)
		return false
	case reserved[t.Value]:
		p.find("U007", t, fmt.Sprintf("%q is a word of the language and cannot be the name of %s.", t.Value, what), "Choose another name.")
		return false
	}
	return true
}

// nameEnd is how many bytes at the beginning of s make a name.
func nameEnd(s string) int {
	for i := 0; i < len(s); i++ {
		c := s[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return i
		}
	}
	return len(s)
}

// nameLike makes a name of a text, "" if nothing is left of it.
func nameLike(s string) string {
	var b strings.Builder
	for _, r := range strings.TrimSpace(s) {
		switch {
		case r < 0x80 && nameEnd("a"+string(r)) == 2:
			b.WriteRune(r)
		case r == ' ' || r == '-' || r == '.':
			b.WriteByte('_')
		}
	}
	name := strings.Trim(b.String(), "_")
	if nameEnd(name) != len(name) || reserved[name] || len(name) > 40 {
		return ""
	}
	return name
}

// short is a text as a message quotes it.
func short(s string) string {
	const longest = 40 // a quotation, not a repetition
	s = strings.ReplaceAll(s, "\n", " ")
	if r := []rune(s); len(r) > longest {
		return string(r[:longest]) + "…"
	}
	return s
}

// word cuts the first word off a text.
func (t Text) word() (first, rest Text) {
	i := strings.IndexByte(t.Value, ' ')
	if i < 0 {
		return t, t.Sub(len(t.Value), len(t.Value))
	}
	return t.Sub(0, i), t.Sub(i, len(t.Value)).Trim()
}
