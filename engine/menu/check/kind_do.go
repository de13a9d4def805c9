package check

import (
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

var _ = kinds.Add(engine.ScreenDo, &kind{
	edges: func(fl *flow, _ *syntax.Screen, st *step) { fl.outcomes(st) },
	uses:  func(w *useWalk, s *syntax.Screen) { w.call(s, s.Do) },
})
