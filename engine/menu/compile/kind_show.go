package compile

import (
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

var _ = kinds.Add(engine.ScreenShow, func(c *compiler, s *syntax.Screen, out *engine.Screen) { out.Say = c.say(*s.Show) })
