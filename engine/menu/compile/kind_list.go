package compile

import (
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

var _ = kinds.Add(engine.ScreenList, func(c *compiler, s *syntax.Screen, out *engine.Screen) {
	out.List = &engine.List{
		Items: c.ref(s.List.Items), As: s.List.As.Value, Each: c.words(s.List.Each),
		Go: c.arrow(s, s.List.To), Empty: s.List.Empty.Value,
	}
})
