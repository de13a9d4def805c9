package engine

import "strings"

// String is the text as a menu writes it: values stand in braces.
func (t Text) String() string {
	var b strings.Builder
	for _, part := range t {
		if part.Ref.IsZero() {
			b.WriteString(part.Lit)
		} else {
			b.WriteString("{" + part.Ref.String() + "}")
		}
	}
	return b.String()
}

// In is a text in a language, by its place among the program's languages; the
// first where it is not translated.
func (w Words) In(lang int) Text { return w.in(lang) }

// String is the name, and the field behind a dot.
func (r Ref) String() string {
	if r.Field == "" {
		return r.Name
	}
	return r.Name + "." + r.Field
}

// String is the value's name, or a constant as a menu writes it.
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

// String is the condition as a menu writes it; "else" for none.
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

// within is a condition inside another: in parentheses where it would be read
// otherwise.
func (c *Cond) within(op CondOp) string {
	if (c.Op == OpAnd || c.Op == OpOr) && c.Op != op {
		return "(" + c.String() + ")"
	}
	return c.String()
}
