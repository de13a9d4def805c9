package proof_test

import "math/rand/v2"

// A chooser decides a schedule. Way 0 is always the one without a fault.
type chooser struct {
	rng  *rand.Rand // random, or
	odds float64
	// fixed has the decisions from the first on, or
	fixed []int
	// deviations has those that are not 0, by their number.
	deviations map[int]int

	out   []int // what was decided
	sizes []int // of how many
}

func (c *chooser) pick(n int) int {
	i, v := len(c.out), 0
	switch {
	case c.rng != nil:
		if n > 1 && c.rng.Float64() < c.odds {
			v = c.rng.IntN(n)
		}
	case c.deviations != nil:
		if v = c.deviations[i]; v >= n {
			v = 0
		}
	case i < len(c.fixed):
		v = c.fixed[i] % n
	}
	c.out = append(c.out, v)
	c.sizes = append(c.sizes, n)
	return v
}
