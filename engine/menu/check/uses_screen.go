package check

import (
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// screen adds what is used while the screen is entered and shown, then what is
// used behind its arrows.
func (w *useWalk) screen(s *syntax.Screen) {
	text, entering := "the text of "+syntax.Quote(s.Name.Value), "a condition of "+syntax.Quote(s.Name.Value)
	if s.Skip != nil {
		w.cond(s.Skip.If, entering, nil)
	}
	var before []assumption
	for _, say := range s.Say {
		w.cond(say.If, entering, before)
		w.text(say.Text, text, with(before, holding(say.If)...))
		before = passedOver(before, say.If)
	}
	for _, t := range []*syntax.Text{s.OwnText(), s.Error, s.Again, &s.AgainFor.Format, &s.AgainFor.Range, &s.AgainFor.Mismatch} {
		if t != nil {
			w.text(*t, text, nil)
		}
	}
	for _, k := range kinds.On(s) {
		if k.uses != nil {
			k.uses(w, s)
		}
	}
	if s.SMS != nil {
		in := "the SMS of " + syntax.Quote(s.Name.Value)
		w.value(sent, s.SMS.To, in, nil)
		w.placeholders(sent, s.SMS.Say, in, nil)
	}
	if w.c.leaves(s) {
		w.placeholders(sent, w.c.f.Dropped.SMS, droppedIn, nil)
	}
	syntax.Targets(s, func(t syntax.Target) {
		if t.Call != nil {
			w.call(s, t.Call)
		}
	})
}

func (w *useWalk) assigns(list []syntax.Assign, assume []assumption) {
	var changed []string
	for _, a := range list {
		v := w.c.constantOr(a.Value, a.Name.Value)
		if v.Sum != nil {
			w.sum(taken, v.Sum, v.Text, `"set"`, assume, a.Name.Value, changed)
		} else {
			w.value(taken, v, `"set"`, assume)
		}
		changed = append(changed, a.Name.Value)
	}
}

// call adds an action's values, and the texts that are shown when it sends the
// caller back to the question.
func (w *useWalk) call(s *syntax.Screen, call *syntax.Call) {
	after := *w
	after.base.call, after.uses = call, nil
	for i, arg := range call.Args {
		v, p := arg, passed
		if contract := w.c.contracts[call.Action.Value]; contract != nil && i < len(contract.Params) {
			v = w.c.constantFor(arg, contract.Params[i].Type)
			if contract.Params[i].Type.Optional {
				p = lent
			}
		}
		after.value(p, v, "what "+syntax.Quote(call.Action.Value)+" is given", nil)
	}
	for _, when := range s.When {
		if when.Retry != nil && w.c.mayAnswer(call, when.Outcome.Value) {
			after.base.outcome = when.Outcome.Value
			after.text(*when.Retry, "the retry of "+syntax.Quote(s.Name.Value), nil)
		}
	}
	for _, late := range s.Late {
		if w.c.mayAnswer(call, late.Outcome.Value) {
			after.base.outcome = late.Outcome.Value
			after.placeholders(sent, late.Text, "the late SMS of "+syntax.Quote(s.Name.Value), nil)
		}
	}
	w.uses = append(w.uses, after.uses...)
}

// collectUses lists every use of a value in the menu's first language.
// Translations show the same values: U312.
func (c *index) collectUses() []use {
	w := &useWalk{c: c}
	for _, s := range c.f.Screens {
		w.base = use{screen: s}
		w.screen(s)
	}
	for _, k := range c.f.Conditions {
		w.base = use{definition: true}
		w.cond(k.If, "the condition "+syntax.Quote(k.Name.Value), nil)
	}
	w.base = use{}
	for _, word := range c.msgs.All {
		if word.Screen == nil && word.Text.Written() && everywhere(word) {
			w.text(word.Text, "the text of "+syntax.Quote(word.Key), nil)
		}
	}
	return w.uses
}

// everywhere adds the uses of texts that may stand on any screen.
func everywhere(w syntax.Message) bool {
	return len(w.Key) > 4 && w.Key[:4] == "nav." || len(w.Key) > 7 && w.Key[:7] == "resume."
}
