package menu

// navigates reports whether a screen may show the keys Back and Home. The
// first screen of a call shows neither until the caller has been elsewhere.
func (fl *flow) navigates(s *Screen) (back, home bool) {
	if s.NavOff || s.End != nil {
		return false, false
	}
	moved := fl.moved[fl.of[s]]
	// Back leads to the first screen too, and from then on Home is shown.
	returns := fl.c.f.Nav.Back.Key.Written() && len(fl.of[s].out) > 0
	return moved, moved || returns
}

// laterSteps are the steps that a call can come to from another screen that
// was shown before.
func (fl *flow) laterSteps() map[*step]bool {
	later := map[*step]bool{}
	var todo []*step
	visit := func(st *step) {
		for _, e := range st.out {
			if e.to != nil && !later[e.to] && e.kind != edgeFacts {
				later[e.to] = true
				todo = append(todo, e.to)
			}
		}
	}
	for _, st := range fl.steps {
		if _, reached := fl.must[st]; reached && st.shown {
			visit(st)
		}
	}
	for len(todo) > 0 {
		st := todo[0]
		todo = todo[1:]
		visit(st)
	}
	return later
}
