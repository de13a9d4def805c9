package schema

import "github.com/paytrace/paytrace/engine"

var _ = kinds.Add(engine.ScreenConfirm, func() []key {
	return []key{
		{"confirm", "An explicit Yes: -> screen, or words of its own before the arrow. Money moves behind one.", aJump("-> withdraw_pin", "Accept -> withdraw_pin")},
		{"cancel", "The No beside confirm.", aJump("-> main")},
	}
})
