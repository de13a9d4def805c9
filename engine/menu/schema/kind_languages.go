package schema

import "github.com/paytrace/paytrace/engine"

var _ = kinds.Add(engine.ScreenLanguages, func() []key {
	return []key{
		{"languages", "One option a language, and where choosing one leads.", languagesForm()},
	}
})

func languagesForm() object {
	return either("", aTarget(), needs(group("Some of the languages.",
		key{"only", "Those that are offered, as en|sw.", oneOrMore("Codes.", aText())},
		key{"go", "Where choosing one leads.", aTarget()},
	), "go"))
}
