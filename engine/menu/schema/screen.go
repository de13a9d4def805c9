package schema

import (
	"maps"
	"slices"

	"github.com/paytrace/paytrace/engine/menu/syntax"
)

func screenForm() object {
	s := group("A screen does exactly one thing. One key says which.", screenDocs()...)
	beside := object{}
	for _, verb := range slices.Sorted(maps.Keys(syntax.KindKeys)) {
		beside[verb] = object{"not": object{"anyOf": requiring(rivals(verb))}}
	}
	for _, o := range syntax.KeyOwners {
		beside[o.Key] = object{"anyOf": requiring(o.Kinds)}
	}
	s["dependentSchemas"] = beside
	required := map[string][]string{}
	for _, n := range syntax.KindNeeds {
		required[n.Kind] = append(required[n.Kind], n.Key)
	}
	s["dependentRequired"] = required
	s["anyOf"] = requiring(slices.Sorted(maps.Keys(syntax.KindKeys)))
	s["allOf"] = []object{{
		"if": object{"required": []string{"sms"}, "not": object{"required": []string{"end"}}}, "then": object{"required": []string{"go"}},
	}}
	return s
}

// rivals returns the kinds that can't share a screen with a kind.
func rivals(verb string) []string {
	along := map[[2]string]bool{{"list", "menu"}: true, {"end", "sms"}: true, {"set", "sms"}: true}
	var list []string
	for _, other := range slices.Sorted(maps.Keys(syntax.KindKeys)) {
		if other != verb && !along[[2]string{verb, other}] && !along[[2]string{other, verb}] {
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

func screenDocs() []key {
	return []key{
		{"say", "What the screen says above its options or question. A list of {if, say} says the first that holds, the last without if.", sayForm()},
		{"menu", "Options, key: Label -> screen. As a list (- Label -> screen) they are numbered as shown.", menuForm()},
		{"ask", "One question: the variable it fills -> the next screen, or an action.", aJump("phone -> lookup_worker(phone)")},
		{"retries", "How many answers in all; 3 if not said.", aWhole(1, syntax.MaxRetries)},
		{"give_up", "The screen after the last wrong answer.", aName("a screen")},
		{"offer", "Shortcuts beside a question: KEY: value answers it, KEY: Label -> screen leads on without an answer.", keyed("Shortcuts by key.", aText())},
		{"accept", "Conditions on the answer, and what is said where one fails.", oneOrMore("Conditions.", acceptForm())},
		{"repeat", "Asks for a new PIN a second time, with these words.", aText()},
		{"confirm", "An explicit Yes: -> screen, or words of its own before the arrow. Money moves behind one.", aJump("-> withdraw_pin", "Accept -> withdraw_pin")},
		{"cancel", "The No beside confirm.", aJump("-> main")},
		{"list", "One row an item: ITEMS as ROW -> screen. It pages itself.", aJump("payments as payment -> payment_shown")},
		{"each", "What one row shows.", aText()},
		{"empty", "The screen where there are no rows.", aName("a screen")},
		{"languages", "One option a language, and where choosing one leads.", languagesForm()},
		{"show", "A text with Back and Home only.", aText()},
		{"end", "The call's last text.", aText()},
		{"do", "An action with its values; nothing is shown. Where its outcomes lead stands in when.", formed(`^\s*`+nameForm+`\([\s\S]*\)\s*$`, "An action with its values is expected, as create_account(phone)", "create_account(phone)")},
		{"when", "An action's outcomes and where each leads: a screen, or retry TEXT to ask again.", byName("Outcomes.", whenForm())},
		{"set", "Sets values; nothing is shown. With go.", setForm()},
		{"go", "Where set or sms leads.", aTarget()},
		{"sms", "A message, sent once a call.", smsForm()},
		{"choose", "Leads on by conditions: - if CONDITION -> screen, the last - else -> screen.", listOfAll("Cases.", caseForm(`(if\s[\s\S]*|else)\s+`, "if lang is set -> main", "else -> language"))},
		{"nav", "none: this screen has no Back and no Home.", aChoice("none")},
		{"skip", "Passed over the first time in a call: if CONDITION -> screen.", caseForm(`if\s[\s\S]*\s`, "if city is set -> next")},
		{"error", `Stands above the question after a wrong answer; "" repeats the question alone.`, aText()},
		{"again", "Takes the question's place after a wrong answer, where both are too long.", aText()},
	}
}

func sayForm() object {
	one := either("", aText(), needs(group("A text and when it is said.",
		key{"if", "The condition.", aCondition()},
		key{"say", "The text.", aText()},
	), "say"))
	return either("A text, or a list of texts with conditions.", aText(), listOfAll("Texts with conditions.", one))
}

func aCondition() object {
	s := aText()
	s["examples"] = []string{"city is set", "amount <= balance", "lang = sw and not (study is empty)"}
	return s
}

func caseForm(head string, examples ...string) object {
	s := formed(`^\s*`+head+`->\s+`+targetForm+`\s*$`, "A condition and where it leads are expected, as: "+examples[0], examples...)
	s["type"] = "string"
	return s
}

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

func setForm() object {
	s := byName("Names and values.", aText())
	s["minProperties"] = 1
	return s
}

func acceptForm() object {
	return needs(group("A condition on the answer.",
		key{"if", "What must hold.", aCondition()},
		key{"error", "What is said where it does not.", aText()},
	), "if", "error")
}

func languagesForm() object {
	return either("", aTarget(), needs(group("Some of the languages.",
		key{"only", "Those that are offered, as en|sw.", oneOrMore("Codes.", aText())},
		key{"go", "Where choosing one leads.", aTarget()},
	), "go"))
}

func whenForm() object {
	return formed(`^\s*((->\s+)?`+targetForm+`|retry\s+\S[\s\S]*)\s*$`, "A screen is expected, or: retry Wrong PIN.", "registered", "retry Wrong PIN.")
}

func smsForm() object {
	return needs(group("A message, sent once a call.",
		key{"to", "Whose number: a value.", formed(`^\s*`+nameForm+`(\.`+nameForm+`)?\s*$`, "The name of a value is expected", "caller", "worker.phone")},
		key{"say", "Its text.", aText()},
	), "to", "say")
}
