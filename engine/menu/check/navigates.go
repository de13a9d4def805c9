package check

import "github.com/paytrace/paytrace/engine/menu/syntax"

// navigates reports whether a screen may show the keys Back and Home, which it does
// if a call can reach it from another screen.
func (fl *flow) navigates(s *syntax.Screen) bool {
	return !s.NavOff && !s.Ends() && len(fl.reached(fl.of[s])) > 0
}
