package check

import (
	"fmt"
	"strings"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// condTypes reports comparisons that make no sense. It is part of U203.
func (c *checker) condTypes(k *syntax.Cond) {
	if k == nil || k.Of.Written() { // a named condition is checked where it is defined
		return
	}
	switch k.Op {
	case "and", "or":
		c.condTypes(k.A)
		c.condTypes(k.B)
	case "not":
		c.condTypes(k.A)
	case "is set", "is empty":
		if k.Left.Name == "" {
			c.find(k.Left.Text, fmt.Sprintf("%s is a constant, so it is always set.", syntax.Quote(k.Left.Text.Value)), "Test a value that a call may lack.")
		}
	default:
		c.comparison(k)
	}
}

func (c *checker) comparison(k *syntax.Cond) {
	left, right := c.operands(k)
	lt, lok := typeIn(c.values, left)
	rt, rok := typeIn(c.values, right)
	switch {
	case left.Name == "" && right.Name == "":
		c.find(k.Text, "Both sides are constants, so this never changes.", "Compare a value that the call has.")
	case left.Name == "":
		c.besideConstant(right, left, rt, rok, k.Op)
	case right.Name == "":
		c.besideConstant(left, right, lt, lok, k.Op)
	case !lok || !rok:
		// A name is unknown: U206.
	case !comparable(lt, rt):
		c.find(k.Text, fmt.Sprintf("%s is %s and %s is %s; the two cannot be compared.", syntax.Quote(left.Text.Value), typeName(lt), syntax.Quote(right.Text.Value), typeName(rt)), "")
	case !ordered(k.Op, lt):
		c.unordered(k.Text, left, lt, k.Op)
	}
}

func (c *checker) besideConstant(v, constant syntax.Value, t engine.Type, ok bool, op string) {
	if !ok {
		return
	}
	switch {
	case !comparable(t, t):
		c.find(v.Text, fmt.Sprintf("%s is %s and cannot be compared.", syntax.Quote(v.Text.Value), typeName(t)), fmt.Sprintf(`Test it with "%s is set".`, v.Text.Value))
	case !ordered(op, t):
		c.unordered(v.Text, v, t, op)
	default:
		c.constant(constant, t, syntax.Quote(v.Text.Value))
	}
}

func (c *checker) unordered(at syntax.Text, v syntax.Value, t engine.Type, op string) {
	c.find(at, fmt.Sprintf("%s is %s, which has no %s.", syntax.Quote(v.Text.Value), typeName(t), syntax.Quote(op)), `Only numbers, amounts and dates are larger or smaller: use "=" or "!=".`)
}

// comparable reports whether values of two types can be equal. A whole number
// beside money means units of it.
func comparable(a, b engine.Type) bool {
	switch a.Kind {
	case engine.KindSecret, engine.KindRecord, engine.KindList, engine.KindNone:
		return false
	case engine.KindNumber, engine.KindMoney:
		return b.Kind == engine.KindNumber || b.Kind == engine.KindMoney
	case engine.KindChoice:
		return b.Kind == engine.KindChoice && (within(a.Options, b.Options) || within(b.Options, a.Options))
	}
	return a.Kind == b.Kind
}

func ordered(op string, t engine.Type) bool {
	if op == "=" || op == "!=" {
		return true
	}
	return t.Kind == engine.KindNumber || t.Kind == engine.KindMoney || t.Kind == engine.KindDate
}

// computes reports whether a sum can have the type.
func computes(t engine.Type) bool {
	return t.Kind == engine.KindNumber || t.Kind == engine.KindMoney || t.Kind == engine.KindDate
}

func isSum(text string) bool {
	_, err := engine.ParseSum(text)
	return err == nil
}

// constant reports a constant that does not fit its place, which what names.
func (c *checker) constant(v syntax.Value, t engine.Type, what string) {
	if !v.Text.Written() || t.Kind == engine.KindNone {
		return
	}
	expected, ok := constantFits(v, t)
	sum := strings.Trim(v.Text.Value, "{}")
	switch {
	case ok:
	case v.Quoted && computes(t) && engine.LooksLikeSum(sum) && isSum(sum):
		c.find(v.Text, fmt.Sprintf("%s is %s, and a sum in quotes is a text.", syntax.Upper(what), typeName(t)), fmt.Sprintf("Write it without quotes and braces: %s.", sum))
	case what == syntax.Quote("lang"):
		c.find(v.Text, fmt.Sprintf("The menu has no language %s.", syntax.Quote(v.Text.Value)), "It has "+strings.Join(t.Options, ", ")+".").Suggest(c.near(v.Text.Value, t.Options))
	case expected == "":
		c.find(v.Text, fmt.Sprintf("%s is %s, and no constant can stand for it.", syntax.Upper(what), typeName(t)), "Name a value.")
	default:
		r := c.find(v.Text, fmt.Sprintf("%s is %s, and %s is not %s.", syntax.Upper(what), typeName(t), syntax.Quote(v.Text.Value), expected), "")
		quoted := syntax.Value{Text: v.Text, Quoted: true}
		if t.Kind == engine.KindChoice {
			r.Suggest(c.near(v.Text.Value, t.Options))
		} else if _, fits := constantFits(quoted, t); fits && !v.Quoted {
			r.PutInQuotes(v.Text.Value)
		}
	}
}
