package compile

import (
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

var _ = kinds.Add(engine.ScreenNote, func(c *compiler, s *syntax.Screen, out *engine.Screen) {
	out.Go = c.arrow(s, syntax.BodyOf[*syntax.Note](s).To)
})
