package schema

import "github.com/paytrace/paytrace/engine"

var _ = kinds.Add(engine.ScreenChoose, func() []key {
	return []key{
		{"choose", "Leads on by conditions: - if CONDITION -> screen, the last - else -> screen.", listOfAll("Cases.", caseForm(`(if\s[\s\S]*|else)\s+`, "if lang is set -> main", "else -> language"))},
	}
})
