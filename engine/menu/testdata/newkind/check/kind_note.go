package check

import (
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

var _ = kinds.Add(engine.ScreenNote, &kind{
	edges: func(fl *flow, s *syntax.Screen, st *step) {
		fl.arrow(st, edgeAnswer, "any key", syntax.BodyOf[*syntax.Note](s).To)
	},
})
