package compile

import (
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

var _ = kinds.Add(engine.ScreenConfirm, func(c *compiler, s *syntax.Screen, out *engine.Screen) {
	out.Confirm = &engine.Confirm{
		Yes: c.arrow(s, s.Confirm.Yes), No: c.arrow(s, s.Confirm.No),
		YesWords: c.words(s.Confirm.YesLabel), NoWords: c.words(s.Confirm.NoLabel),
	}
})
