package compile

import (
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

var _ = kinds.Add(engine.ScreenEnd, func(c *compiler, s *syntax.Screen, out *engine.Screen) {
	if s.End != nil {
		out.Say = c.say(*s.End)
	}
})
