package check

import (
	"slices"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// parts returns the names of the values that a value is made of: those of a sum, or its
// own.
func parts(v syntax.Value) []string {
	if v.Sum == nil {
		return []string{v.Name}
	}
	var list []string
	v.Sum.Refs(func(r engine.Ref) {
		if !slices.Contains(list, r.Name) {
			list = append(list, r.Name)
		}
	})
	return list
}

// resumedDays is how many days later a dropped call can be resumed at most: in a
// dropped call that has begun before midnight, and 24 hours later.
const resumedDays = 2

// operandType returns everything that a value can be, from all places that set it.
func (c *index) operandType(r engine.Ref) (engine.Type, bool) {
	v := c.values[r.Name]
	if v == nil || v.sum != nil {
		return engine.Type{}, false
	}
	t := ranged(v.typ)
	for _, also := range v.also {
		t = t.Union(ranged(also))
	}
	for _, g := range v.given {
		t = t.Union(ranged(g.typ))
	}
	if t.Kind == engine.KindDate && t.From.Relative && r.Name != "today" {
		switch remembered := slices.ContainsFunc(c.f.Remember, func(n syntax.Text) bool { return n.Value == r.Name }); {
		case remembered:
			t.From = engine.DateBound{} // "today" was an earlier day
		case c.f.Session.Resume.For > 0:
			t.From.Days -= resumedDays
		}
	}
	if r.Field != "" {
		f, ok := fieldType(t, r.Field)
		return ranged(f), ok
	}
	return t, true
}

// ranged returns a type with the limits of its kind if it has no range of its own.
func ranged(t engine.Type) engine.Type {
	if t.Lo == 0 && t.Hi == 0 {
		switch t.Kind {
		case engine.KindNumber:
			t.Lo, t.Hi = -engine.MaxNumber, engine.MaxNumber
		case engine.KindMoney:
			t.Lo, t.Hi = -engine.MaxMoneyUnits*100, engine.MaxMoneyUnits*100
		}
	}
	return t
}
