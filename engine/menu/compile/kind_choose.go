package compile

import (
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

var _ = kinds.Add(engine.ScreenChoose, func(c *compiler, s *syntax.Screen, out *engine.Screen) {
	for _, k := range s.Choose {
		out.Choose = append(out.Choose, engine.Case{If: c.cond(k.If), Go: c.arrow(s, k.To), Pos: k.Pos})
	}
})
