package check

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// moneyConfirmed checks U601: money moves only after a Yes.
//
// Nothing is missed: consents visits each pair of a step and the Yes that holds
// there, along every edge that a call may take. In doubt it drops a Yes early. Back
// returns to a state that an edge has reached before.
func (c *checker) moneyConfirmed() {
	cs := c.consents()
	for _, call := range c.calls {
		if !c.moves(call) {
			continue
		}
		p, unasked := cs.without(c.flow.calls[call])
		if !unasked {
			continue
		}
		c.find(call.Action, fmt.Sprintf("%s moves money, and a call can come here without a Yes.", syntax.Quote(call.Action.Value)), `Ask right before, on a screen with "confirm".`, diag.Related{Text: "Path: " + pathWords(cs.path(p)) + "."})
	}
}

// eachConfirmed calls see once for each confirm and each payment that it leads to.
func (c *checker) eachConfirmed(see func(confirm *syntax.Screen, call *syntax.Call)) {
	var places []consentPlace
	for p := range c.consents().came {
		if p.yes != nil && p.st.call != nil && c.moves(p.st.call) {
			places = append(places, p)
		}
	}
	slices.SortFunc(places, func(a, b consentPlace) int {
		return cmp.Or(diag.ComparePos(a.yes.Name.Pos, b.yes.Name.Pos), diag.ComparePos(a.st.call.Pos, b.st.call.Pos))
	})
	for _, p := range places {
		see(p.yes, p.st.call)
	}
}

// confirmShows checks U602: a confirm shows how much goes to whom.
func (c *checker) confirmShows() {
	c.eachConfirmed(func(s *syntax.Screen, call *syntax.Call) {
		for i, arg := range call.Args {
			t, ok := typeIn(c.values, arg)
			if !ok || t.Kind != engine.KindMoney && t.Kind != engine.KindPhone {
				continue
			}
			for j, say := range s.Say {
				if !c.showsValue(syntax.SayKey(s, j), arg) {
					what := "how much money"
					if t.Kind == engine.KindPhone {
						what = "to whom money"
					}
					c.find(say.Text, fmt.Sprintf("%s asks for a Yes without showing %s goes: {%s}.", syntax.Quote(s.Name.Value), what, arg.Text.Value), fmt.Sprintf("Show {%s}; %s is given it.", arg.Text.Value, syntax.Quote(call.Action.Value)), diag.At(call.Args[i].Text.Pos, "It is given here."))
				}
			}
		}
	})
}

// showsValue reports whether a text shows a value, and all of it.
func (c *checker) showsValue(key string, v syntax.Value) bool {
	for _, p := range c.msgs.Parts(key, 0) {
		if p.Name == v.Name && p.Field == v.Field && p.Format.Whole() {
			return true
		}
	}
	return false
}

// feeWords lists the words with which texts name a fee.
var feeWords = regexp.MustCompile(`(?i)\b(fees?|charges?|free|cost|ada|gharama|bure)\b`)

// feeShown checks U603: a confirm names the fee.
func (c *checker) feeShown() {
	c.eachConfirmed(func(s *syntax.Screen, call *syntax.Call) {
		for i, say := range s.Say {
			spoken := false
			for _, p := range c.msgs.Parts(syntax.SayKey(s, i), 0) {
				spoken = spoken || feeWords.MatchString(p.Lit) || feeWords.MatchString(p.Name) || feeWords.MatchString(p.Field)
			}
			if !spoken {
				c.find(say.Text, fmt.Sprintf("%s asks for a Yes to %s without naming the fee.", syntax.Quote(s.Name.Value), syntax.Quote(call.Action.Value)), "Show the fee, or say that there is none.")
			}
		}
	})
}

// done returns the edges on which an action has or may have done its work: pending,
// and the outcomes that give something or are called "done". If there is no such
// outcome, the first one counts.
func done(st *step, contract *engine.Contract) []*edge {
	success := map[string]bool{engine.Pending: true}
	for _, o := range contract.Outcomes {
		if len(o.Gives) > 0 || o.Name == engine.Done {
			success[o.Name] = true
		}
	}
	if len(success) == 1 && len(contract.Outcomes) > 0 {
		success[contract.Outcomes[0].Name] = true
	}
	var edges []*edge
	for _, e := range st.out {
		if e.to != nil && success[e.outcome] && e.kind != edgeRetry {
			edges = append(edges, e)
		}
	}
	return edges
}

// receipt checks U604: a payment sends an SMS. The network's own prompt confirms
// the money that it brings in.
func (c *checker) receipt() {
	for _, call := range c.calls {
		if !c.moves(call) || c.contracts[call.Action.Value].SIMPrompt {
			continue
		}
		st := c.flow.calls[call][0]
		for _, e := range done(st, c.contracts[call.Action.Value]) {
			if e.kind == edgeOutcome && !sends(e.to, map[*step]bool{}) {
				c.find(e.target, fmt.Sprintf("%s moves money, but %s sends no SMS.", syntax.Quote(call.Action.Value), stepName(e.to)), `Add an SMS with what was paid: sms: {to: caller, say: …}.`)
			}
		}
	}
}

// sends reports whether every path to the next screen shown sends an SMS.
func sends(st *step, seen map[*step]bool) bool {
	if st.screen == nil || seen[st] {
		return false
	}
	seen[st] = true
	if st.call == nil && st.screen.SMS != nil {
		return true
	}
	if st.shown || len(st.out) == 0 {
		return false
	}
	for _, e := range st.out {
		if e.to != nil && e.kind != edgeFacts && e.kind != edgeFault && !sends(e.to, seen) {
			return false
		}
	}
	return true
}

// paidOnce checks U605: Back never leads to a payment that was already made.
//
// Nothing is missed: it looks at each screen that may be shown next after an edge
// on which money may have moved. Behind an end there is no Back.
func (c *checker) paidOnce() {
	back := c.f.Nav.Back.Key
	if !back.Written() {
		return
	}
	for _, call := range c.calls {
		if !c.moves(call) {
			continue
		}
		for _, e := range done(c.flow.calls[call][0], c.contracts[call.Action.Value]) {
			for _, st := range c.nextShown(e.to) {
				if st.screen != nil && !st.screen.Ends() && !st.screen.NavOff {
					c.find(st.screen.Name, fmt.Sprintf("From %s the key %s leads back to %s, which has moved money.", syntax.Quote(st.screen.Name.Value), back.Value, syntax.Quote(call.Action.Value)), `End the call there, or write "nav: none".`, diag.At(call.Pos, "Money moves here."))
				}
			}
		}
	}
}

// nextShown returns the screens that a call shows next from a step.
func (c *checker) nextShown(st *step) []*step {
	var list []*step
	seen := map[*step]bool{st: true}
	todo := []*step{st}
	for len(todo) > 0 {
		next := todo[0]
		todo = todo[1:]
		if next.shown {
			list = append(list, next)
		}
		for _, e := range next.out {
			if e.to != nil && e.silent() && e.kind != edgeFacts && !seen[e.to] {
				seen[e.to] = true
				todo = append(todo, e.to)
			}
		}
	}
	return list
}

// confirmHasNo checks U606: a confirm can also be answered with No.
func (c *checker) confirmHasNo() {
	for _, s := range c.f.Screens {
		if s.Confirm != nil && !s.Confirm.No.Written() && s.Confirm.Yes.Written() {
			c.findKey(s.Confirm.Pos, "confirm", fmt.Sprintf("%s can be answered with Yes only.", syntax.Quote(s.Name.Value)), `Add a line like "cancel: -> main".`)
		}
	}
}
