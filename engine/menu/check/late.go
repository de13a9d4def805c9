package check

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// promise matches texts that speak of an SMS. The word is the same in English and
// Swahili.
var promise = regexp.MustCompile(`(?i)\bSMS\b`)

// messagesSent checks U706: where an action is pending, no screen promises an SMS that
// nothing sends, and its late words can be sent.
//
// Nothing is missed: it looks at every screen that may be shown next after each action
// is pending, in every language.
func (c *checker) messagesSent() {
	said := map[*syntax.Screen]bool{}
	for _, s := range c.f.Screens {
		calls := syntax.CallsOn(s)
		if len(s.Late) > 0 && len(calls) > 0 && !c.anyTellsLate(calls) {
			c.find(s.Late[0].Outcome, fmt.Sprintf("The outcome of %s never comes late, so these words are never sent.", syntax.Quote(calls[0].Action.Value)), c.untold(calls[0]))
		}
		for _, call := range calls {
			if contract := c.contracts[call.Action.Value]; contract != nil && !contract.SendsSMS && !contract.TellsLate {
				c.promised(call, said)
			}
		}
	}
}

// untold says what to do about late words of an action that never sends them.
func (c *checker) untold(call *syntax.Call) string {
	if c.contracts[call.Action.Value].Reads {
		return `It only reads, so it is never pending. Delete "late".`
	}
	return `The program itself answers it, and knows at once how it ended. Delete "late".`
}

// promised reports the screens that promise an SMS where an action is pending, and that
// are not in said.
func (c *checker) promised(call *syntax.Call, said map[*syntax.Screen]bool) {
	for _, e := range c.flow.calls[call][0].out {
		if e.outcome != engine.Pending || e.to == nil || sends(e.to, map[*step]bool{}) {
			continue
		}
		for _, st := range c.nextShown(e.to) {
			if st.screen == nil || said[st.screen] || st.screen.SMS != nil {
				continue
			}
			if at, ok := c.promiseOn(st.screen); ok {
				said[st.screen] = true
				c.find(at, fmt.Sprintf("%s speaks of an SMS, but nothing sends one where %s is pending.", syntax.Quote(st.screen.Name.Value), syntax.Quote(call.Action.Value)),
					`Say what the caller should do, as "Please dial again in 5 minutes", or lead "pending" to another screen.`,
					diag.At(call.Pos, fmt.Sprintf("%s runs here.", syntax.Quote(call.Action.Value))))
			}
		}
	}
}

// promiseOn returns a text of a screen that speaks of an SMS in some language.
func (c *checker) promiseOn(s *syntax.Screen) (syntax.Text, bool) {
	keys := []string{syntax.ScreenKey(s, "say")}
	for i := range s.Say {
		keys = append(keys, syntax.SayKey(s, i))
	}
	for _, key := range keys {
		for _, t := range c.msgs.In(key) {
			if promise.MatchString(t.Value) {
				return t, true
			}
		}
	}
	return syntax.Text{}, false
}

// anyTellsLate reports whether late words of a screen with these actions are sent. An
// unknown action counts: U201 speaks of it.
func (c *index) anyTellsLate(calls []*syntax.Call) bool {
	return slices.ContainsFunc(calls, func(call *syntax.Call) bool {
		contract := c.contracts[call.Action.Value]
		return contract == nil || contract.TellsLate
	})
}

// lateComplete checks U707: a screen that has words for late outcomes has them for all.
//
// Nothing is missed: the contract lists every outcome besides failed.
func (c *checker) lateComplete() {
	for _, s := range c.f.Screens {
		if len(s.Late) == 0 {
			continue
		}
		worded := map[string]bool{}
		for _, late := range s.Late {
			worded[late.Outcome.Value] = true
		}
		for _, call := range syntax.CallsOn(s) {
			contract := c.contracts[call.Action.Value]
			if contract == nil || !contract.TellsLate {
				continue
			}
			open := unhandled(contract, worded)
			if !worded[engine.Failed] {
				open = append(open, engine.Failed)
			}
			if len(open) > 0 {
				c.find(call.Action, fmt.Sprintf("%s may answer %s after the call, but %s has no words for it.", syntax.Quote(contract.Name), anyOf(open), syntax.Quote(s.Name.Value)), fmt.Sprintf(`Add "%s: TEXT" to its "late".`, open[0]))
				break
			}
		}
	}
}
