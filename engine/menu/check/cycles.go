package check

// cycles returns the strongly connected groups of steps (Tarjan's algorithm),
// each in the order of the menu. A step outside of all cycles is a group of its
// own. A group comes before the groups that lead to it.
func (fl *flow) cycles(steps []*step, next func(*step) []*step) [][]*step {
	r := &cycleSearch{next: next, in: map[*step]bool{}, index: map[*step]int{}, low: map[*step]int{}, open: map[*step]bool{}}
	for _, st := range steps {
		r.in[st] = true
	}
	for _, st := range steps {
		if r.index[st] == 0 {
			r.visit(st)
		}
	}
	return r.cycles
}

type cycleSearch struct {
	next       func(*step) []*step
	in, open   map[*step]bool
	index, low map[*step]int
	stack      []*step
	cycles     [][]*step
}

func (r *cycleSearch) visit(st *step) {
	n := len(r.index) + 1
	r.index[st], r.low[st], r.open[st] = n, n, true
	r.stack = append(r.stack, st)
	for _, to := range r.next(st) {
		switch {
		case !r.in[to]:
		case r.index[to] == 0:
			r.visit(to)
			r.low[st] = min(r.low[st], r.low[to])
		case r.open[to]:
			r.low[st] = min(r.low[st], r.index[to])
		}
	}
	if r.low[st] != r.index[st] {
		return
	}
	var cycle []*step
	for {
		last := r.stack[len(r.stack)-1]
		r.stack = r.stack[:len(r.stack)-1]
		r.open[last] = false
		cycle = append(cycle, last)
		if last == st {
			break
		}
	}
	r.cycles = append(r.cycles, cycle)
}

// leadsTo reports whether an edge leads from one step to another.
func leadsTo(from, to *step, next func(*step) []*step) bool {
	for _, st := range next(from) {
		if st == to {
			return true
		}
	}
	return false
}
