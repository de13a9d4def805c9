package schema

import "github.com/paytrace/paytrace/engine"

var _ = kinds.Add(engine.ScreenNote, func() []key {
	return []key{
		{"note", "Where any key leads, once the caller has read the text.", aTarget()},
	}
})
