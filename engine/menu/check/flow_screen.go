package check

import (
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// screen adds the edges that leave a screen.
func (fl *flow) screen(s *syntax.Screen, st *step) {
	if s.Skip != nil {
		fl.assuming(fl.arrow(st, edgeSkip, "skip", s.Skip.To), holding(s.Skip.If))
	}
	for _, k := range kinds.On(s) {
		if k.edges != nil {
			k.edges(fl, s, st)
		}
	}
	if st.shown && !st.first && !s.Ends() && !s.NavOff && fl.c.f.Nav.HomeTo.Screen.Written() {
		fl.to(st, edgeHome, "Home", fl.c.f.Nav.HomeTo.Screen)
	}
}

func (fl *flow) assuming(e *edge, list []assumption) {
	if e != nil {
		e.assume = append(e.assume, list...)
	}
}
