package schema

import (
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

var _ = kinds.Add(engine.ScreenAsk, func() []key {
	return []key{
		{"ask", "One question: the variable it fills -> the next screen, or an action.", aJump("phone -> lookup_worker(phone)")},
		{"retries", "How many answers in all; 3 if not said. unlimited asks until the answer is right.", either("", aWhole(1, syntax.MaxRetries), object{"const": syntax.Unlimited})},
		{"give_up", "The screen after the last wrong answer.", aName("a screen")},
		{"offer", "Shortcuts beside a question: KEY: value answers it, KEY: Label -> screen leads on without an answer.", keyed("Shortcuts by key.", aText())},
		{"accept", "Conditions on the answer, and what is said where one fails.", oneOrMore("Conditions.", acceptForm())},
		{"repeat", "Asks for a new PIN a second time, with these words.", aText()},
	}
})

func acceptForm() object {
	s := needs(group("A condition on the answer.",
		key{"if", "What must hold.", aCondition()},
		key{"error", "What is said above the question where it does not.", aText()},
		key{"again", "What is said in place of the question where it does not.", aText()},
	), "if")
	s["anyOf"] = requiring([]string{"error", "again"})
	return s
}
