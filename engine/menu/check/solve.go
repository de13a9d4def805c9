package check

import (
	"slices"

	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// factsRead stands among the values for "the caller's data has been read". It can't
// clash with a value: no name has a parenthesis.
const factsRead = "(facts)"

// number gives every value a place in the sets, in a stable order.
func (fl *flow) number() {
	fl.names = map[string]int{factsRead: 0}
	for _, name := range fl.c.names {
		fl.names[name] = len(fl.names)
		for _, f := range fl.c.optionalFields(name) {
			fl.names[f] = len(fl.names)
		}
	}
	fl.secrets = fl.none()
	for name, v := range fl.c.values {
		if v.secret {
			fl.secrets.set(fl.names[name])
		}
	}
}

func (fl *flow) none() bitset { return make(bitset, len(fl.names)/64+1) }

func (fl *flow) all() bitset {
	b := fl.none()
	for i := range b {
		b[i] = ^uint64(0)
	}
	return b
}

// setOf returns the set of the known names among those given.
func (fl *flow) setOf(names ...string) bitset {
	b := fl.none()
	for _, n := range names {
		if i, ok := fl.names[n]; ok {
			b.set(i)
		}
	}
	return b
}

// alwaysGiven lists the values that every call has.
var alwaysGiven = []string{"caller", "lang", "today", "network", "service"}

// alwaysSet returns the values that every call has.
func (fl *flow) alwaysSet() bitset {
	return fl.setOf(alwaysGiven...)
}

// solve finds what is surely and what is possibly set on entering each step,
// and which steps a call can reach. It visits steps in the order in which calls
// reach them, and visits a step again only when the facts about it have changed.
// Two rounds are enough for nearly all steps.
func (fl *flow) solve() {
	fl.number()
	for _, e := range fl.edges {
		for _, name := range e.sets {
			e.leaves = append(e.leaves, fl.c.optionalFields(name)...)
		}
		for _, a := range e.assigns {
			if v := fl.c.values[a.Value.Name]; v != nil && v.sum != nil && v.typ.Optional {
				e.leaves = append(e.leaves, a.Name.Value)
			}
		}
		e.bits, e.unsure = fl.setOf(e.sets...), fl.setOf(e.leaves...)
		e.bits.remove(e.unsure)
	}
	fl.must, fl.may = map[*step]bitset{fl.begin: fl.alwaysSet()}, map[*step]bitset{}
	fl.may[fl.begin] = fl.alwaysSet().union(fl.setOf("worker"))
	for _, name := range fl.c.f.Remember {
		fl.may[fl.begin].add(fl.setOf(name.Value))
	}
	fl.answers = map[impliedKey]bitset{}
	fl.scratch = [2]bitset{fl.none(), fl.none()}
	order := fl.order()
	changed := map[*step]bool{fl.begin: true}
	for len(changed) > 0 {
		for _, st := range order {
			if !changed[st] {
				continue
			}
			delete(changed, st)
			for _, e := range st.out {
				if e.to != nil && fl.open(e) && fl.enter(e) {
					changed[e.to] = true
				}
			}
		}
	}
}

// order returns the reachable steps, each before its successors unless they lie on
// a common cycle.
func (fl *flow) order() []*step {
	var order []*step
	seen := map[*step]bool{}
	var visit func(*step)
	visit = func(st *step) {
		seen[st] = true
		for _, e := range st.out {
			if e.to != nil && !seen[e.to] {
				visit(e.to)
			}
		}
		order = append(order, st)
	}
	visit(fl.begin)
	slices.Reverse(order)
	return order
}

// open reports whether an edge can be taken: the caller's data is read once,
// so only the first screen that needs it can fail to read it.
func (fl *flow) open(e *edge) bool {
	return e.kind != edgeFacts || !fl.must[e.from].has(fl.names[factsRead])
}

// enter merges the facts from an edge into its step and reports whether they
// changed.
func (fl *flow) enter(e *edge) bool {
	must, may := fl.scratch[0], fl.scratch[1]
	copy(must, fl.must[e.from])
	copy(may, fl.may[e.from])
	fl.along(e, must, true)
	fl.along(e, may, false)
	oldMust, been := fl.must[e.to]
	if !been {
		fl.must[e.to], fl.may[e.to] = slices.Clone(must), slices.Clone(may)
		return true
	}
	fewer, more := oldMust.keep(must), fl.may[e.to].add(may)
	return fewer || more
}

// along changes a set into what is set behind an edge. Actions wipe secrets, and
// so does a screen that is shown.
func (fl *flow) along(e *edge, b bitset, must bool) {
	if e.from.call != nil {
		b.remove(fl.secrets)
	}
	if e.from.facts && e.kind != edgeFacts {
		b.set(fl.names[factsRead])
	}
	for _, a := range e.assume {
		fl.assumed(b, a, must)
	}
	if must {
		b.remove(e.unsure)
	} else {
		b.add(e.unsure)
	}
	b.add(e.bits)
	if e.anything {
		b.add(fl.all())
	}
	if e.to.shown {
		b.remove(fl.secrets)
	}
}

// assumed changes a set by the outcome of a condition: values that the outcome
// shows to be set are added, and values that it shows to be unset are removed from
// the possible ones.
func (fl *flow) assumed(b bitset, a assumption, must bool) {
	b.add(fl.implied(a.cond, a.holds, true))
	if !must {
		b.remove(fl.implied(a.cond, a.holds, false))
	}
}

// implied returns the names that a condition's outcome shows to be set, or unset.
// The result is cached: callers must not change it.
func (fl *flow) implied(k *syntax.Cond, holds, set bool) bitset {
	key := impliedKey{k, holds, set}
	b, done := fl.answers[key]
	if !done {
		b = fl.infer(k, holds, set)
		fl.answers[key] = b
	}
	return b
}

func (fl *flow) infer(k *syntax.Cond, holds, set bool) bitset {
	if k == nil {
		return fl.none()
	}
	switch k.Op {
	case "not":
		return fl.implied(k.A, !holds, set)
	case "and", "or":
		a, b := fl.implied(k.A, holds, set), fl.implied(k.B, holds, set)
		if (k.Op == "and") == holds {
			return a.union(b)
		}
		return a.common(b)
	case "is set":
		switch {
		case holds && set:
			return fl.setOf(k.Left.Name, nameOf(k.Left))
		case !holds && !set:
			return fl.setOf(nameOf(k.Left))
		}
	case "is empty":
		if set && !holds {
			return fl.setOf(k.Left.Name, nameOf(k.Left))
		}
	default:
		if set && holds {
			left, right := fl.c.operands(k)
			return fl.setOf(left.Name, right.Name, nameOf(left), nameOf(right))
		}
	}
	return fl.none()
}
