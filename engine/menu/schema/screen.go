package schema

import (
	"slices"

	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// kinds describes the keys that belong to one screen kind.
var kinds = syntax.NewKinds[func() []key]()

func screenForm() object {
	s := group("A screen does exactly one thing. One key says which.", screenDocs()...)
	beside := object{}
	for _, verb := range syntax.KindKeys() {
		beside[verb] = object{"not": object{"anyOf": requiring(rivals(verb))}}
	}
	for _, o := range syntax.KeyOwners() {
		beside[o.Key] = object{"anyOf": requiring(o.Kinds)}
	}
	s["dependentSchemas"] = beside
	required, unless := map[string][]string{}, []object{}
	for _, n := range syntax.KindNeeds() {
		if n.Unless == "" {
			required[n.Says] = append(required[n.Says], n.Key)
			continue
		}
		unless = append(unless, object{
			"if":   object{"required": []string{n.Says}, "not": object{"required": []string{n.Unless}}},
			"then": object{"required": []string{n.Key}},
		})
	}
	s["dependentRequired"] = required
	s["anyOf"] = requiring(slices.Sorted(slices.Values(syntax.KindKeys())))
	s["allOf"] = unless
	return s
}

// rivals returns the kinds that can't share a screen with a kind.
func rivals(verb string) []string {
	var list []string
	for _, other := range slices.Sorted(slices.Values(syntax.KindKeys())) {
		if other != verb && !syntax.GoTogether(verb, other) {
			list = append(list, other)
		}
	}
	return list
}

func requiring(keys []string) []object {
	var list []object
	for _, k := range keys {
		list = append(list, object{"required": []string{k}})
	}
	return list
}

// screenDocs describes every key of a screen: those that any kind may have, then
// those of each kind.
func screenDocs() []key {
	list := []key{
		{"say", "What the screen says above its options or question. Of a list of {if, say}, the first whose condition is true is shown. The last has no if.", sayForm()},
		{"when", "An action's outcomes and where each leads: a screen, or retry TEXT to ask again.", byName("Outcomes.", whenForm())},
		{"late", "What callers read by SMS if an outcome comes after they were told that it is pending: a text for each outcome, and for failed.", byName("Outcomes and texts.", aText())},
		{"nav", "none: this screen has no Back and no Home.", aChoice("none")},
		{"skip", "Skips the screen the first time in a call: if CONDITION -> screen.", caseForm(`if\s[\s\S]*\s`, "if city is set -> next")},
		{"error", `The text above the question after a wrong answer. "" repeats only the question.`, aText()},
		{"again", "Replaces the question after a wrong answer: one text, or texts by the kind of wrong answer.", againForm()},
	}
	list = append(list, key{"answers", "labels: the words of what can be chosen are answers, as well as its key. keys: only keys are.", aChoice(syntax.AnswersLabels, syntax.AnswersKeys)})
	list = append(list, key{"goal", "What a caller has reached who sees this screen, as paid or registered; or names by the outcomes of when.", goalForm()})
	for _, docs := range kinds.All() {
		list = append(list, docs()...)
	}
	return list
}

func goalForm() object {
	name := aName("a goal")
	return either("", name, byName("Goals by outcome.", name))
}

func sayForm() object {
	one := either("", aText(), needs(group("A text and its condition.",
		key{"if", "The condition.", aCondition()},
		key{"say", "The text.", aText()},
	), "say"))
	return either("A text, or a list of texts with conditions.", aText(), listOfAll("Texts with conditions.", one))
}

func againForm() object {
	return either("", aText(), group("Texts by the kind of wrong answer.",
		key{"format", "After an answer of another form.", aText()},
		key{"range", "After an answer of the right form that is outside of the range.", aText()},
		key{"mismatch", "After two answers that should be equal and differ.", aText()},
		key{"else", "After every other wrong answer.", aText()},
	))
}

func aCondition() object {
	s := aText()
	s["examples"] = []string{"city is set", "amount <= balance", "total + price <= 30000", "lang = sw and not (study is empty)"}
	return s
}

func caseForm(head string, examples ...string) object {
	s := formed(`^\s*`+head+`->\s+`+targetForm+`\s*$`, "A condition and where it leads are expected, as: "+examples[0], examples...)
	s["type"] = "string"
	return s
}

func setForm() object {
	value := aText()
	value["examples"] = []string{"Kisumu", "caller", "total + price * count", "today + 14d", "day/month/today.year"}
	s := byName("Names, and a value for each: a constant, another value, or a sum.", value)
	s["minProperties"] = 1
	return s
}

func whenForm() object {
	return formed(`^\s*((->\s+)?`+targetForm+`|(retry|again)\s+\S[\s\S]*)\s*$`, "A screen is expected, or: retry Wrong PIN.", "registered", "retry Wrong PIN.")
}
