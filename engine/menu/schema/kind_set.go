package schema

import "github.com/paytrace/paytrace/engine"

var _ = kinds.Add(engine.ScreenSet, func() []key {
	return []key{
		{"set", "Sets values; nothing is shown. With go.", setForm()},
		{"sms", "A message, sent once a call.", smsForm()},
		{"go", "Where set or sms leads.", aTarget()},
	}
})

func smsForm() object {
	return needs(group("A message, sent once a call.",
		key{"to", "Whose number: a value.", formed(`^\s*`+nameForm+`(\.`+nameForm+`)?\s*$`, "The name of a value is expected", "caller", "worker.phone")},
		key{"say", "Its text.", aText()},
	), "to", "say")
}
