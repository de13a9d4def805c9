package check

import (
	"slices"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// sumType returns what a sum can be at a use, in all calls that come there, and what is
// wrong with it. ok is false where no call comes, or a value is unknown.
func (c *checker) sumType(u use) (t engine.Type, problems []engine.SumProblem, ok bool) {
	known := true
	u.sum.Refs(func(r engine.Ref) {
		_, is := c.operandType(r)
		known = known && is
	})
	if !known {
		return engine.Type{}, nil, false // U206
	}
	steps := c.flow.stepsOf(u)
	if u.screen == nil {
		steps = []*step{nil}
	}
	for _, st := range steps {
		facts := c.facts().at(u, st)
		r := engine.SumRange{Of: c.operandType, Narrow: facts.narrow}
		one := r.Type(u.sum)
		if ok {
			one = t.Union(one)
		}
		if !facts.never {
			t, ok = one, true
		}
		for _, p := range r.Problems {
			if p.Limits && facts.never {
				continue // no call comes here
			}
			if !slices.ContainsFunc(problems, func(old engine.SumProblem) bool { return old.Text == p.Text }) {
				problems = append(problems, p)
			}
		}
	}
	return t, problems, ok
}

// sumTypes is the part of U203 that is about sums: their values can be added.
func (c *checker) sumTypes() {
	for _, u := range c.uses {
		if u.sum == nil {
			continue
		}
		_, problems, _ := c.sumType(u)
		for _, p := range problems {
			if !p.Limits {
				c.find(u.at, syntax.Upper(p.Text)+".", p.Help)
				break
			}
		}
	}
}
