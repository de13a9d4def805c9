package compile

import (
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

var _ = kinds.Add(engine.ScreenLanguages, func(c *compiler, s *syntax.Screen, out *engine.Screen) {
	out.Go = c.arrow(s, s.Languages)
	for _, only := range s.LanguagesOnly {
		out.Only = append(out.Only, only.Value)
	}
})
