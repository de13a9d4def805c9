package compile

import (
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

var _ = kinds.Add(engine.ScreenMenu, (*compiler).menu)

func (c *compiler) menu(s *syntax.Screen, out *engine.Screen) {
	out.Numbered = s.Numbered
	for _, o := range s.Menu {
		out.Options = append(out.Options, engine.Option{
			Key: o.Key.Value, Label: c.words(o.Say), Note: c.words(o.Note), If: c.cond(o.If),
			Set: c.assigns(o.Set), Go: c.arrow(s, o.To), Pos: o.Pos,
		})
	}
}
