package check

import (
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

var _ = kinds.Add(engine.ScreenSet, &kind{
	edges: func(fl *flow, s *syntax.Screen, st *step) {
		if e := fl.arrow(st, edgeOnward, `"go"`, s.Go); e != nil {
			e.sets, e.assigns = append(e.sets, names(s.Set)...), s.Set
		}
	},
	uses: func(w *useWalk, s *syntax.Screen) { w.assigns(s.Set, nil) },
})
