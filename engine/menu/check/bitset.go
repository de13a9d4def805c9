package check

import "slices"

// bitset is a set of values, by their numbers in a flow.
type bitset []uint64

func (b bitset) has(i int) bool { return b[i/64]&(1<<(i%64)) != 0 }

func (b bitset) set(i int) { b[i/64] |= 1 << (i % 64) }

// add, remove and keep change a set in place. add and keep report whether the set
// changed.

func (b bitset) add(o bitset) bool {
	changed := false
	for i := range o {
		changed = changed || o[i]&^b[i] != 0
		b[i] |= o[i]
	}
	return changed
}

func (b bitset) remove(o bitset) {
	for i := range o {
		b[i] &^= o[i]
	}
}

func (b bitset) keep(o bitset) bool {
	changed := false
	for i := range o {
		changed = changed || b[i]&^o[i] != 0
		b[i] &= o[i]
	}
	return changed
}

func (b bitset) union(o bitset) bitset {
	out := slices.Clone(b)
	out.add(o)
	return out
}

func (b bitset) common(o bitset) bitset {
	out := slices.Clone(b)
	out.keep(o)
	return out
}
