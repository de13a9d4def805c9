package schema

import "github.com/paytrace/paytrace/engine"

var _ = kinds.Add(engine.ScreenShow, func() []key {
	return []key{
		{"show", "A text with Back and Home only.", aText()},
	}
})
