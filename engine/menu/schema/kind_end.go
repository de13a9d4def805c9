package schema

import "github.com/paytrace/paytrace/engine"

var _ = kinds.Add(engine.ScreenEnd, func() []key {
	return []key{
		{"end", "The call's last text. Of a list of {if, say}, the first whose condition is true is shown. The last has no if.", sayForm()},
	}
})
