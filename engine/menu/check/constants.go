package check

import (
	"strconv"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
	"github.com/paytrace/paytrace/engine/msisdn"
)

// A bare word beside a choice is one of its options, as in "set: {study: soccer}"
// or "gender = female", though a value may have the same name.

// constantFor returns a value that stands beside a type. A bare word that is an
// option of that type becomes a quoted constant.
func (c *index) constantFor(v syntax.Value, t engine.Type) syntax.Value {
	if syntax.IsOption(v, t, c.values[v.Name] != nil) {
		return syntax.Value{Text: v.Text, Quoted: true}
	}
	return v
}

// constantOr calls constantFor with the type of a named value.
func (c *index) constantOr(v syntax.Value, name string) syntax.Value {
	if beside := c.values[name]; beside != nil {
		return c.constantFor(v, beside.typ)
	}
	return v
}

// operands returns the two sides of a comparison, with bare options as constants.
func (c *index) operands(k *syntax.Cond) (left, right syntax.Value) {
	left, right = k.Left, k.Right
	lt, _ := typeIn(c.values, left)
	rt, _ := typeIn(c.values, right)
	return c.constantFor(left, rt), c.constantFor(right, lt)
}

// constantFits reports whether a constant can stand for a value of a type. expected
// describes the constants that can; it is "" where none can.
func constantFits(v syntax.Value, t engine.Type) (expected string, ok bool) {
	s := v.Text.Value
	_, whole := wholeNumber(s)
	switch t.Kind {
	case engine.KindText:
		if t.Form.Kind == engine.FormAny {
			return "a text", true
		}
		return "of this form", t.Form.Has(s)
	case engine.KindNumber:
		return "a whole number", whole && !v.Quoted
	case engine.KindMoney:
		return "a whole amount like 500", whole && !v.Quoted
	case engine.KindDate:
		_, ok := syntax.ConstantDate(s)
		return `a day in quotes like "2026-03-01"`, ok && v.Quoted
	case engine.KindPhone:
		return `a number with its country code, in quotes like "254712345678"`, v.Quoted && isWritten(s)
	case engine.KindChoice:
		for _, o := range t.Options {
			if o == s {
				return "one of its options", true
			}
		}
		return "one of its options", false
	}
	return "", false // a secret, a record, a list
}

func isWritten(s string) bool {
	_, ok := msisdn.Written(s)
	return ok
}

func wholeNumber(s string) (int64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}
