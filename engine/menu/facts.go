package menu

import "slices"

// bits is a set of values, by their numbers in a flow.
type bits []uint64

func (b bits) has(i int) bool { return b[i/64]&(1<<(i%64)) != 0 }
func (b bits) set(i int)      { b[i/64] |= 1 << (i % 64) }

func (b bits) union(o bits) bits {
	out := slices.Clone(b)
	for i := range o {
		out[i] |= o[i]
	}
	return out
}

func (b bits) without(o bits) bits {
	out := slices.Clone(b)
	for i := range o {
		out[i] &^= o[i]
	}
	return out
}

func (b bits) common(o bits) bits {
	out := slices.Clone(b)
	for i := range o {
		out[i] &= o[i]
	}
	return out
}

// factsRead stands among the values for "the caller's data has been read". No
// name can have a parenthesis.
const factsRead = "(facts)"

// number gives every value a place in the sets, in a stable order.
func (fl *flow) number() {
	fl.names = map[string]int{factsRead: 0}
	for _, name := range sortedNames(fl.c.values) {
		fl.names[name] = len(fl.names)
	}
	fl.secrets = fl.none()
	for name, v := range fl.c.values {
		if v.secret {
			fl.secrets.set(fl.names[name])
		}
	}
}

func (fl *flow) none() bits { return make(bits, len(fl.names)/64+1) }

func (fl *flow) all() bits {
	b := fl.none()
	for i := range b {
		b[i] = ^uint64(0)
	}
	return b
}

// setOf is a set of names; unknown ones are left out.
func (fl *flow) setOf(names ...string) bits {
	b := fl.none()
	for _, n := range names {
		if i, ok := fl.names[n]; ok {
			b.set(i)
		}
	}
	return b
}

// alwaysSet are the values that every call has.
func (fl *flow) alwaysSet() bits {
	return fl.setOf("caller", "lang", "today", "network", "service")
}

// solve finds what is surely and what is possibly set on entering each step,
// and which steps a call can reach: each step is looked at again only when
// what is known of it has changed.
func (fl *flow) solve() {
	fl.number()
	fl.must, fl.may = map[*step]bits{fl.begin: fl.alwaysSet()}, map[*step]bits{}
	maybe := fl.setOf("worker")
	for _, name := range fl.c.f.Remember {
		maybe = maybe.union(fl.setOf(name.Value))
	}
	fl.may[fl.begin] = fl.alwaysSet().union(maybe)
	todo := []*step{fl.begin}
	waiting := map[*step]bool{fl.begin: true}
	for len(todo) > 0 {
		st := todo[0]
		todo, waiting[st] = todo[1:], false
		for _, e := range st.out {
			if e.to == nil || !fl.open(e) || !fl.enter(e) || waiting[e.to] {
				continue
			}
			waiting[e.to] = true
			todo = append(todo, e.to)
		}
	}
}

// open reports whether an edge can be taken: the caller's data is read once,
// so only the first screen that needs it can meet the fault.
func (fl *flow) open(e *edge) bool {
	return e.kind != edgeFacts || !fl.must[e.from].has(fl.names[factsRead])
}

// enter brings what is known along an edge, and reports whether that was news.
func (fl *flow) enter(e *edge) bool {
	must, may := fl.along(e, fl.must[e.from], true), fl.along(e, fl.may[e.from], false)
	oldMust, been := fl.must[e.to]
	if been {
		must = oldMust.common(must)
		may = fl.may[e.to].union(may)
	}
	if been && slices.Equal(must, oldMust) && slices.Equal(may, fl.may[e.to]) {
		return false
	}
	fl.must[e.to], fl.may[e.to] = must, may
	return true
}

// along is what is set behind an edge. Secrets are wiped by actions, and when
// a screen is shown.
func (fl *flow) along(e *edge, b bits, must bool) bits {
	if e.from.call != nil {
		b = b.without(fl.secrets)
	}
	if e.from.facts && e.kind != edgeFacts {
		b = b.union(fl.setOf(factsRead))
	}
	for _, a := range e.assume {
		b = fl.assumed(b, a, must)
	}
	b = b.union(fl.setOf(e.sets...))
	if e.anything {
		b = fl.all()
	}
	if e.to.shown {
		b = b.without(fl.secrets)
	}
	return b
}

// assumed is a set once a condition is known to have come out one way: values
// it has found set are, and values it has found unset are possibly set no more.
func (fl *flow) assumed(b bits, a assumption, must bool) bits {
	b = b.union(fl.implied(a.cond, a.holds, true))
	if !must {
		b = b.without(fl.implied(a.cond, a.holds, false))
	}
	return b
}

// implied are the names that a condition's outcome shows to be set, or unset.
func (fl *flow) implied(k *Cond, holds, set bool) bits {
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
		if holds == set && (set || k.Left.Field == "") {
			return fl.setOf(k.Left.Name)
		}
	case "is empty":
		if set && !holds {
			return fl.setOf(k.Left.Name)
		}
	default:
		if set && holds {
			return fl.setOf(k.Left.Name, k.Right.Name)
		}
	}
	return fl.none()
}
