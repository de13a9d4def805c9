package engine

import "strings"

// In returns the text in a language, by its index among the program's languages,
// or in the first language if it is not translated.
func (w Localized) In(lang int) Text {
	if lang < len(w) && w[lang] != nil {
		return w[lang]
	}
	if len(w) == 0 {
		return nil
	}
	return w[0]
}

// fixed returns a text without placeholders, and whether it is one.
func (t Text) fixed() (string, bool) {
	switch len(t) {
	case 0:
		return "", true
	case 1:
		return t[0].Lit, t[0].Ref.IsZero()
	}
	text := ""
	for _, part := range t {
		if !part.Ref.IsZero() {
			return "", false
		}
		text += part.Lit
	}
	return text, true
}

// String returns the text as a menu writes it, with values in braces.
func (t Text) String() string {
	var b strings.Builder
	for _, part := range t {
		if part.Ref.IsZero() {
			b.WriteString(part.Lit)
		} else {
			b.WriteString("{" + strings.TrimSpace(part.Ref.String()+" "+part.Format.String()) + "}")
		}
	}
	return b.String()
}

// String returns the name, with a dot before the field.
func (r Ref) String() string {
	if r.Field == "" {
		return r.Name
	}
	return r.Name + "." + r.Field
}

// String returns the value's name, or a constant as a menu writes it.
func (a Arg) String() string {
	if !a.Ref.IsZero() {
		return a.Ref.String()
	}
	if a.Value.Kind() == KindText || a.Value.Kind() == KindPhone {
		return `"` + a.Value.Text() + `"`
	}
	return strings.TrimSuffix(a.Value.String(), ".00")
}

var opWords = map[CondOp]string{
	OpIsSet: "is set", OpIsEmpty: "is empty", OpEq: "=", OpNe: "!=", OpLt: "<", OpLe: "<=", OpGt: ">", OpGe: ">=",
	OpAnd: "and", OpOr: "or",
}

// String returns the condition as a menu writes it, or "else" for nil.
func (c *Cond) String() string {
	if c == nil {
		return "else"
	}
	switch c.Op {
	case OpAnd, OpOr:
		return c.A.within(c.Op) + " " + opWords[c.Op] + " " + c.B.within(c.Op)
	case OpNot:
		return "not " + c.A.within(OpNot)
	case OpIsSet, OpIsEmpty:
		return c.Left.String() + " " + opWords[c.Op]
	default:
		return c.Left.String() + " " + opWords[c.Op] + " " + c.Right.String()
	}
}

// within returns the condition as part of another, in parentheses if it would be
// read differently without them.
func (c *Cond) within(op CondOp) string {
	if (c.Op == OpAnd || c.Op == OpOr) && c.Op != op {
		return "(" + c.String() + ")"
	}
	return c.String()
}
