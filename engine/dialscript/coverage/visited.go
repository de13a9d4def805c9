package coverage

// maxWidth is the largest number of values whose combinations a search tells apart,
// except for one that tells all values apart: allValues.
const (
	maxWidth  = 3
	allValues = 0
)

// visited records the states that a search has visited.
type visited struct {
	width int
	// states counts the visits of all widths.
	states int
	whole  map[string]bool
	some   map[combination]bool

	numbers map[value]int32
	scratch []int32
	bytes   []byte
}

// A value is one value of a state, or, at place 0, the place of the call.
type value struct {
	place int
	text  string
}

// A combination has the number of a place and those of some values.
type combination [1 + maxWidth]int32

// begins forgets all states and sets how many values a combination has.
func (v *visited) begins(width int) {
	v.width = width
	v.whole, v.some = map[string]bool{}, map[combination]bool{}
}

// number returns a number that stands for a value.
func (v *visited) number(p value) int32 {
	n, known := v.numbers[p]
	if !known {
		n = int32(len(v.numbers)) + 1
		v.numbers[p] = n
	}
	return n
}

// visit reports whether a state is new, and records it. A state is new if it has a
// combination of values at its place that no state before it had.
func (v *visited) visit(parts []int32) bool {
	fresh := false
	if values := parts[1:]; v.width == allValues || len(values) <= v.width {
		fresh = v.visitWhole(parts)
	} else {
		fresh = v.visitSome(combination{parts[0]}, 1, values)
	}
	if fresh {
		v.states++
	}
	return fresh
}

func (v *visited) visitWhole(parts []int32) bool {
	v.bytes = v.bytes[:0]
	for _, n := range parts {
		v.bytes = append(v.bytes, byte(n), byte(n>>8), byte(n>>16), byte(n>>24))
	}
	if v.whole[string(v.bytes)] {
		return false
	}
	v.whole[string(v.bytes)] = true
	return true
}

// visitSome records all combinations that begin with c, whose first n numbers are
// set, and continue with some of values. It reports whether one of them is new.
func (v *visited) visitSome(c combination, n int, values []int32) bool {
	if n > v.width {
		if v.some[c] {
			return false
		}
		v.some[c] = true
		return true
	}
	fresh := false
	for i := range values {
		c[n] = values[i]
		fresh = v.visitSome(c, n+1, values[i+1:]) || fresh
	}
	return fresh
}
