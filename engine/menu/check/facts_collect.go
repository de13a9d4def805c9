package check

import (
	"slices"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// facts returns what holds at each step, and finds it out at the first call.
func (c *checker) facts() *facts {
	if c.known != nil {
		return c.known
	}
	f := &facts{c: c.index, flow: c.flow, of: map[impliedKey]bitset{}, about: map[string]bitset{}, steps: map[*step]bitset{}}
	c.known = f
	f.summed = map[string]bool{}
	for _, u := range c.uses {
		if u.sum != nil {
			u.sum.Refs(func(r engine.Ref) { f.summed[r.Name] = true })
		}
	}
	found := map[*syntax.Cond][2]int{} // a comparison and its opposite
	places := map[factKey]int{}
	for _, s := range c.f.Screens {
		for _, k := range condsOf(s) {
			f.collect(k, found, places)
		}
	}
	for i, one := range f.list {
		for _, name := range one.about {
			if f.about[name] == nil {
				f.about[name] = f.none()
			}
			f.about[name].set(i)
		}
	}
	for _, s := range c.f.Screens {
		for _, k := range condsOf(s) {
			f.learn(k, found)
		}
	}
	f.solve()
	return f
}

func (f *facts) collect(k *syntax.Cond, found map[*syntax.Cond][2]int, places map[factKey]int) {
	if k == nil {
		return
	}
	f.collect(k.A, found, places)
	f.collect(k.B, found, places)
	one, ok := f.factOf(k)
	if !ok {
		return
	}
	other := one
	other.op = opposite[one.op]
	found[k] = [2]int{f.add(one, places), f.add(other, places)}
}

// add returns the place of a fact, one place for all that are alike.
func (f *facts) add(one fact, places map[factKey]int) int {
	i, known := places[one.factKey]
	if !known {
		i = len(f.list)
		places[one.factKey] = i
		f.list = append(f.list, one)
	}
	return i
}

// factOf returns what a comparison says about what sums are made of.
func (f *facts) factOf(k *syntax.Cond) (fact, bool) {
	if _, compares := opposite[k.Op]; !compares {
		return fact{}, false
	}
	left, right := f.c.operands(k)
	op := k.Op
	if left.Name == "" {
		left, right, op = right, left, turned[op]
	}
	t, ok := typeIn(f.c.values, left)
	if !ok || left.Name == "" || t.Kind != engine.KindNumber && t.Kind != engine.KindMoney && t.Kind != engine.KindDate {
		return fact{}, false
	}
	one := fact{factKey: factKey{left: nameOf(left), op: op}, about: parts(left)}
	if right.Name != "" {
		other, ok := typeIn(f.c.values, right)
		one.right = nameOf(right)
		one.about = append(one.about, parts(right)...)
		return f.lasting(one, ok && other.Kind == t.Kind)
	}
	if t.Kind == engine.KindDate {
		day, ok := syntax.ConstantDate(right.Text.Value)
		one.n = day.Int()
		return f.lasting(one, ok)
	}
	n, ok := wholeNumber(right.Text.Value)
	if one.n = n; t.Kind == engine.KindMoney {
		one.n *= 100
	}
	return f.lasting(one, ok)
}

// lasting leaves out what tells nothing about a sum, and what a resumed call could make
// false: it has another today.
func (f *facts) lasting(one fact, ok bool) (fact, bool) {
	ok = ok && slices.ContainsFunc(one.about, func(name string) bool { return f.summed[name] })
	return one, ok && !(f.c.f.Session.Resume.For > 0 && slices.Contains(one.about, "today"))
}

// learn notes which facts a condition and its parts show.
func (f *facts) learn(k *syntax.Cond, found map[*syntax.Cond][2]int) {
	if k == nil {
		return
	}
	f.learn(k.A, found)
	f.learn(k.B, found)
	for _, holds := range []bool{true, false} {
		b := f.none()
		switch k.Op {
		case "not":
			b.add(f.shown(k.A, !holds))
		case "and", "or":
			if (k.Op == "and") == holds {
				b.add(f.shown(k.A, holds))
				b.add(f.shown(k.B, holds))
			}
		default:
			if places, ok := found[k]; ok && holds {
				b.set(places[0])
			} else if ok {
				b.set(places[1])
			}
		}
		f.of[impliedKey{cond: k, holds: holds}] = b
	}
}
