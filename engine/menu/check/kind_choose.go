package check

import (
	"fmt"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

var _ = kinds.Add(engine.ScreenChoose, &kind{
	edges: (*flow).choose,
	uses: func(w *useWalk, s *syntax.Screen) {
		var before []assumption
		for _, k := range s.Choose {
			w.cond(k.If, "a condition of "+syntax.Quote(s.Name.Value), before)
			before = passedOver(before, k.If)
		}
	},
	conds: func(s *syntax.Screen) []*syntax.Cond {
		var conds []*syntax.Cond
		for _, k := range s.Choose {
			conds = append(conds, k.If)
		}
		return conds
	},
})

// choose adds one edge a case: what holds on it is its own condition and that
// none before it did.
func (fl *flow) choose(s *syntax.Screen, st *step) {
	var before []assumption
	for i, k := range s.Choose {
		label := fmt.Sprintf("case %d", i+1)
		if k.If == nil {
			label = "else"
		}
		if e := fl.arrow(st, edgeOnward, label, k.To); e != nil {
			fl.assuming(e, with(before, holding(k.If)...))
		}
		before = passedOver(before, k.If)
	}
}
