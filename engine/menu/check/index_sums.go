package check

import (
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// collectSums adds every sum of the menu to its values, under the text of the sum. Its
// type has the range that it has without regard to conditions.
func (c *index) collectSums() {
	for _, w := range c.msgs.All {
		for _, t := range c.msgs.In(w.Key) {
			parts, _ := syntax.Parts(t)
			for _, p := range parts {
				c.sum(p.Name, p.Sum)
			}
		}
	}
	for _, call := range c.calls {
		c.sumsOf(call.Args...)
	}
	for _, s := range c.f.Screens {
		for _, k := range condsOf(s) {
			c.sumsIn(k)
		}
		for _, a := range s.Assigns() {
			c.sumsOf(a.Value)
		}
		if s.Ask != nil {
			for _, o := range s.Ask.Offers {
				c.sumsOf(o.Value)
			}
		}
	}
}

func (c *index) sumsOf(list ...syntax.Value) {
	for _, v := range list {
		c.sum(v.Name, v.Sum)
	}
}

func (c *index) sumsIn(k *syntax.Cond) {
	if k != nil {
		c.sumsIn(k.A)
		c.sumsIn(k.B)
		c.sumsOf(k.Left, k.Right)
	}
}

func (c *index) sum(name string, s *engine.Sum) {
	if s == nil || c.values[name] != nil {
		return
	}
	r := engine.SumRange{Of: c.operandType}
	c.values[name] = &value{name: name, typ: r.Type(s), sum: s}
}
