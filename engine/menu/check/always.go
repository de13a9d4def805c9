package check

import (
	"fmt"
	"slices"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// decided checks U107: a condition can come out both ways.
func (c *checker) decided() {
	for _, u := range c.uses {
		// A call always speaks a language; the test asks whether the caller has
		// chosen one.
		if u.purpose == tested && !u.under.Written() && u.field == "" && u.name != "lang" && c.values[u.name] != nil {
			c.testDecided(u)
		}
	}
	for _, s := range c.f.Screens {
		for _, k := range condsOf(s) {
			c.rangeDecided(k)
		}
	}
	for _, k := range c.f.Conditions {
		c.rangeDecided(k.If)
	}
}

// testDecided finds tests for values that every call has here, or none.
func (c *checker) testDecided(u use) {
	n := c.flow.names[u.name]
	steps := c.flow.stepsOf(u)
	ever, always := false, true
	for _, st := range steps {
		may := slices.Clone(c.flow.may[st])
		for _, a := range u.assume {
			c.flow.assumed(may, a, false)
		}
		may.add(c.flow.setOf(u.also...))
		ever = ever || may.has(n)
		always = always && c.flow.known(u, st).has(n)
	}
	switch {
	case len(steps) == 0:
	case !ever:
		c.find(u.at, fmt.Sprintf("%s is never set here, so %q always comes out the same.", syntax.Quote(u.name), u.name+" "+u.op), "Delete the condition, or set the value before.")
	case always && u.op == "is set":
		c.find(u.at, fmt.Sprintf("%s is always set here, so %q always holds.", syntax.Quote(u.name), u.name+" "+u.op), "Delete the condition.")
	}
}

// rangeDecided finds comparisons with constants that the value's range
// decides: "amount <= 70000" where no answer is larger.
func (c *checker) rangeDecided(k *syntax.Cond) {
	if k == nil || k.Of.Written() { // a named condition is checked where it is defined
		return
	}
	c.rangeDecided(k.A)
	c.rangeDecided(k.B)
	v, constant, op := k.Left, k.Right, k.Op
	if v.Name == "" {
		v, constant, op = k.Right, k.Left, turned[k.Op]
	}
	n, whole := wholeNumber(constant.Text.Value)
	from := c.values[v.Name]
	if from == nil || from.v == nil && from.sum == nil || v.Field != "" || !constant.Number || !whole || len(from.given)+len(from.also) > 0 {
		return
	}
	t := from.typ
	if t.Kind == engine.KindMoney {
		n *= 100
	} else if t.Kind != engine.KindNumber {
		return
	}
	atLo, atHi := compared(op, t.Lo, n), compared(op, t.Hi, n)
	inside := n > t.Lo && n < t.Hi && (op == "=" || op == "!=")
	if atLo != atHi || inside {
		return
	}
	words := "always holds"
	if !atLo {
		words = "never holds"
	}
	c.find(k.Text, fmt.Sprintf("%s is %s, so this %s.", syntax.Quote(v.Name), rangeWords(t), words), "Delete the condition, or compare with a number inside the range.")
}
