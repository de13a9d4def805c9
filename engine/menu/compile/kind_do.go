package compile

import (
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

var _ = kinds.Add(engine.ScreenDo, func(c *compiler, s *syntax.Screen, out *engine.Screen) { out.Do = c.do(s, s.Do) })
