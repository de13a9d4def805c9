package syntax

import (
	"sort"

	"github.com/paytrace/paytrace/engine/diag"
)

// Calls returns all actions a menu calls, in the order of their places.
func Calls(f *File) []*Call {
	var calls []*Call
	see := func(t Target) {
		if t.Call != nil {
			calls = append(calls, t.Call)
		}
	}
	for _, s := range f.Screens {
		if s.Do != nil {
			calls = append(calls, s.Do)
		}
		Targets(s, see)
	}
	sort.SliceStable(calls, func(i, j int) bool { return diag.ComparePos(calls[i].Pos, calls[j].Pos) < 0 })
	return calls
}

// Targets calls see with every arrow of a screen, except those of "when".
func Targets(s *Screen, see func(Target)) {
	if s.Skip != nil {
		see(s.Skip.To)
	}
	for _, k := range kinds.On(s) {
		if k.targets != nil {
			k.targets(s, see)
		}
	}
}

// CallsOn returns the actions of one screen, its own and those of its arrows.
func CallsOn(s *Screen) []*Call {
	var calls []*Call
	if s.Do != nil {
		calls = append(calls, s.Do)
	}
	Targets(s, func(t Target) {
		if t.Call != nil {
			calls = append(calls, t.Call)
		}
	})
	return calls
}
