package schema

import "github.com/paytrace/paytrace/engine"

var _ = kinds.Add(engine.ScreenMenu, func() []key {
	return []key{
		{"menu", "Options, key: Label -> screen. As a list (- Label -> screen) they are numbered as shown.", menuForm()},
	}
})

func menuForm() object {
	option := either("Label -> screen, or a group with say and go.", aJump("Exit -> bye"), needs(group("An option.",
		key{"say", "Its words.", aText()},
		key{"go", "Where it leads.", aTarget()},
		key{"if", "It is shown only where this holds.", aCondition()},
		key{"set", "Values it sets.", setForm()},
		key{"note", "Words behind it that may change, as an amount.", aText()},
	), "say", "go"))
	list := listOfAll("Options, numbered as they are shown.", option)
	list["minItems"] = 1
	fixed := keyed("Options by key.", option)
	fixed["minProperties"] = 1
	return either("", fixed, list)
}
