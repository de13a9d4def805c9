package schema

import "github.com/paytrace/paytrace/engine"

var _ = kinds.Add(engine.ScreenEnd, func() []key {
	return []key{
		{"end", "The call's last text.", aText()},
	}
})
