package check

import (
	"slices"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// A fact is a comparison that holds: of a value or a sum, by its name, with another one
// or with a constant.
type fact struct {
	factKey
	// about has the names of the values that it is about.
	about []string
}

// A factKey says the same of two facts that are alike.
type factKey struct {
	left, op, right string
	// n is the constant if right is "": a number, cents or a day.
	n int64
}

// facts says which comparisons hold at each step, on every path there.
//
// It is the greatest solution over all edges: a fact holds where every path has learnt
// it from a condition, and no edge behind has set one of its values. Back restores a
// state that has been at that step, and so does a resumed call, except for today.
type facts struct {
	c    *index
	flow *flow
	list []fact
	// of has the facts that a condition shows when it comes out a way.
	of map[impliedKey]bitset
	// about has the facts about a value by its name.
	about map[string]bitset
	steps map[*step]bitset
	// summed has the values of which sums are made: facts about others tell nothing.
	summed map[string]bool
}

func (f *facts) none() bitset { return make(bitset, len(f.list)/64+1) }

var opposite = map[string]string{"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}

// shown returns the facts that a condition shows when it comes out a way.
func (f *facts) shown(k *syntax.Cond, holds bool) bitset {
	if b := f.of[impliedKey{cond: k, holds: holds}]; b != nil {
		return b
	}
	return f.none()
}

func (f *facts) solve() {
	if len(f.list) == 0 {
		return
	}
	begin := f.flow.begin
	f.steps[begin] = f.none()
	order := f.flow.order()
	changed := map[*step]bool{begin: true}
	for len(changed) > 0 {
		for _, st := range order {
			if !changed[st] {
				continue
			}
			delete(changed, st)
			for _, e := range st.out {
				if e.to == nil || !f.flow.open(e) {
					continue
				}
				b := f.along(e, f.steps[st])
				old, been := f.steps[e.to]
				if !been {
					f.steps[e.to] = b
				}
				if !been || old.keep(b) {
					changed[e.to] = true
				}
			}
		}
	}
}

// along returns what holds behind an edge. An answer is set before it is judged; every
// other condition is judged before its edge sets anything.
func (f *facts) along(e *edge, before bitset) bitset {
	b := slices.Clone(before)
	if e.anything {
		return f.none()
	}
	answered := e.from.shown && e.from.screen != nil && e.from.screen.Ask != nil && e.from.call == nil
	if answered {
		f.forget(b, e.sets)
	}
	for _, a := range e.assume {
		b.add(f.shown(a.cond, a.holds))
	}
	if !answered {
		f.forget(b, e.sets)
	}
	return b
}

func (f *facts) forget(b bitset, names []string) {
	for _, name := range names {
		if about := f.about[name]; about != nil {
			b.remove(about)
		}
	}
}

// at returns the facts at a use. The step is nil for a text that stands everywhere.
func (f *facts) at(u use, st *step) *knownFacts {
	b := f.none()
	if known := f.steps[st]; known != nil {
		b = slices.Clone(known)
	}
	for _, a := range u.assume {
		b.add(f.shown(a.cond, a.holds))
	}
	f.forget(b, u.changed)
	if u.outcome != "" {
		b = f.none() // the outcome may have replaced anything
	}
	return &knownFacts{facts: f, holds: b}
}

// knownFacts has the facts at one place.
type knownFacts struct {
	*facts
	holds bitset
	// never says that no call comes to the place: what holds contradicts itself.
	never bool
}

// narrow makes the range of a part of a sum smaller by what holds.
func (k *knownFacts) narrow(part *engine.Sum, t engine.Type) engine.Type {
	if part.Op == engine.SumConstant || part.Op == engine.SumSpan {
		return t
	}
	name := part.String()
	for i, one := range k.list {
		if !k.holds.has(i) {
			continue
		}
		switch {
		case one.left == name:
			t = k.narrowed(t, one.op, k.sideType(one, t.Kind))
		case one.right == name:
			left, _ := k.typeOf(one.left)
			t = k.narrowed(t, turned[one.op], left)
		}
		if part.Op == engine.SumMinus {
			t = k.difference(t, one, part.A.String(), part.B.String())
		}
	}
	return t
}

func (k *knownFacts) narrowed(t engine.Type, op string, o engine.Type) engine.Type {
	t, some := t.Narrowed(op, o)
	k.never = k.never || !some
	return t
}

// difference narrows a - b by a comparison of a and b.
func (k *knownFacts) difference(t engine.Type, one fact, a, b string) engine.Type {
	op := one.op
	switch {
	case one.left == a && one.right == b:
	case one.left == b && one.right == a:
		op = turned[op]
	default:
		return t
	}
	return k.narrowed(t, op, engine.Type{Kind: t.Kind})
}

// sideType returns the range of the right side of a fact.
func (k *knownFacts) sideType(one fact, kind engine.Kind) engine.Type {
	if one.right != "" {
		t, _ := k.typeOf(one.right)
		return t
	}
	t := engine.Type{Kind: kind, Lo: one.n, Hi: one.n}
	if kind == engine.KindDate {
		t.From = engine.DateBound{Set: true, Day: engine.Date(one.n)}
		t.To = t.From
	}
	return t
}

// typeOf returns everything that a value or a sum can be, by its name.
func (k *knownFacts) typeOf(name string) (engine.Type, bool) {
	if v := k.c.values[name]; v != nil && v.sum != nil {
		return v.typ, true
	}
	sum, err := engine.ParseSum(name)
	if err != nil {
		return engine.Type{}, false
	}
	return k.c.operandType(sum.Ref)
}
