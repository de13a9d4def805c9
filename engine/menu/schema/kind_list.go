package schema

import "github.com/paytrace/paytrace/engine"

var _ = kinds.Add(engine.ScreenList, func() []key {
	return []key{
		{"list", "One row an item: ITEMS as ROW -> screen. It pages itself.", aJump("payments as payment -> payment_shown")},
		{"each", "What one row shows.", aText()},
		{"empty", "The screen where there are no rows.", aName("a screen")},
	}
})
