package check

import (
	"fmt"
	"strings"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// actionsExist checks U201: every action that is called exists.
//
// Nothing is missed: c.calls lists every call, also those of unreachable screens.
func (c *checker) actionsExist() {
	for _, call := range c.calls {
		if c.contracts[call.Action.Value] == nil {
			help := fmt.Sprintf("\"paytrace actions\" lists those that are built; declare one that is planned in %s.", syntax.DeclaredFile)
			c.find(call.Action, fmt.Sprintf("There is no action %s.", syntax.Quote(call.Action.Value)), help).Suggest(c.near(call.Action.Value, SortedNames(c.contracts)))
		}
	}
}

// argumentCount checks U202: a call has one argument for each parameter.
//
// Nothing is missed: every call of a known action is compared with its contract.
func (c *checker) argumentCount() {
	for _, call := range c.calls {
		contract := c.contracts[call.Action.Value]
		if contract == nil || len(contract.Params) == len(call.Args) {
			continue
		}
		c.find(call.Action, fmt.Sprintf("%s takes %s, but is given %s.", syntax.Quote(contract.Name), counted(len(contract.Params), "value"), count(len(call.Args))), "Write "+signature(contract)+".")
	}
}

// signature returns the call of an action with its parameters: withdraw(amount, pin).
func signature(contract *engine.Contract) string {
	var params []string
	for _, p := range contract.Params {
		params = append(params, p.Name)
	}
	return contract.Name + "(" + strings.Join(params, ", ") + ")"
}

func count(n int) string {
	if n == 0 {
		return "none"
	}
	return fmt.Sprint(n)
}

func counted(n int, what string) string {
	switch n {
	case 0:
		return "no " + what + "s"
	case 1:
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// outcomesHandled checks U111: each outcome of an action leads to a screen.
//
// Nothing is missed: the contract lists every outcome, and each call of a screen
// is compared with what the screen handles. failed and pending always lead on.
func (c *checker) outcomesHandled() {
	for _, s := range c.f.Screens {
		handled := map[string]bool{}
		for _, w := range s.When {
			handled[w.Outcome.Value] = true
		}
		said := map[string]bool{}
		for _, call := range syntax.CallsOn(s) {
			contract := c.contracts[call.Action.Value]
			if contract == nil || said[contract.Name] {
				continue
			}
			said[contract.Name] = true
			if open := unhandled(contract, handled); len(open) > 0 {
				c.find(call.Action, fmt.Sprintf("%s may answer %s, but %s does not say where that leads.", syntax.Quote(contract.Name), anyOf(open), syntax.Quote(s.Name.Value)), fmt.Sprintf(`Add "%s: next_screen" to its "when".`, open[0]))
			}
		}
	}
}

func unhandled(contract *engine.Contract, handled map[string]bool) []string {
	var open []string
	for _, o := range contract.Outcomes {
		if !handled[o.Name] {
			open = append(open, o.Name)
		}
	}
	return open
}

// anyOf returns "a", "b" or "c".
func anyOf(list []string) string {
	quoted := make([]string, len(list))
	for i, s := range list {
		quoted[i] = syntax.Quote(s)
	}
	if n := len(quoted); n > 1 {
		return strings.Join(quoted[:n-1], ", ") + " or " + quoted[n-1]
	}
	return strings.Join(quoted, "")
}

// outcomesExist checks U112: an action of the screen has every outcome that its
// "when" and its "late" name. One that only reads is never pending.
//
// Nothing is missed: each outcome of every "when" and "late" is looked up in the
// contracts.
func (c *checker) outcomesExist() {
	for _, s := range c.f.Screens {
		calls := syntax.CallsOn(s)
		for _, w := range s.When {
			if !c.anyAnswers(calls, w.Outcome.Value) {
				c.noOutcome(s, calls, w.Outcome)
			}
		}
		for _, late := range s.Late {
			if name := late.Outcome.Value; name == engine.Pending || name == outcomeLimited || !c.anyAnswers(calls, name) {
				c.noOutcome(s, calls, late.Outcome)
			}
		}
	}
}

func (c *checker) anyAnswers(calls []*syntax.Call, outcome string) bool {
	for _, call := range calls {
		if c.mayAnswer(call, outcome) {
			return true
		}
	}
	return false
}

func (c *checker) noOutcome(s *syntax.Screen, calls []*syntax.Call, outcome syntax.Text) {
	if len(calls) == 0 {
		c.find(outcome, fmt.Sprintf("%s runs no action, so nothing answers %s.", syntax.Quote(s.Name.Value), syntax.Quote(outcome.Value)), `Lead an arrow through an action, like "-> lookup_worker(phone)", or delete the "when".`)
		return
	}
	var known, who []string
	for _, call := range calls {
		if c.contracts[call.Action.Value] == nil {
			continue // U201
		}
		who = append(who, call.Action.Value)
		for _, o := range c.contracts[call.Action.Value].Outcomes {
			known = append(known, o.Name)
		}
	}
	help := ""
	switch {
	case outcome.Value == engine.Pending && !c.anyAnswers(calls, engine.Pending):
		help = "It only reads, so without an answer in time it has failed. Delete this line."
	case len(known) > 0:
		help = "It answers " + anyOf(known) + "."
	}
	c.find(outcome, fmt.Sprintf("%s never answers %s.", anyOf(who), syntax.Quote(outcome.Value)), help).Suggest(c.near(outcome.Value, known))
}

// retryAsks checks U003 for "when": an outcome leads to a screen, not to an action,
// and "retry" returns to a screen with a question.
func (c *checker) retryAsks() {
	for _, s := range c.f.Screens {
		for _, w := range s.When {
			switch {
			case w.To.Call != nil:
				c.find(w.To.Call.Action, "An outcome leads to a screen, not through another action.", fmt.Sprintf(`Make a screen with "do: %s(…)" and lead there.`, w.To.Call.Action.Value))
			case w.Retry != nil && !s.Shows():
				c.find(*w.Retry, fmt.Sprintf(`"retry" asks again, but %s shows no question.`, syntax.Quote(s.Name.Value)), "Lead to the screen that asks, or let its own arrow run the action.")
			}
		}
	}
}
