package check

import (
	"fmt"

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
	for _, t := range []*syntax.Text{s.Show, s.End, s.Error, s.Again} {
		if t != nil {
			w.text(*t, text, nil)
		}
	}
	w.menu(s)
	w.kind(s)
	before = nil
	for _, k := range s.Choose {
		w.cond(k.If, entering, before)
		before = passedOver(before, k.If)
	}
	w.assigns(s.Set, nil)
	if s.SMS != nil {
		in := "the SMS of " + syntax.Quote(s.Name.Value)
		w.value(sent, s.SMS.To, in, nil)
		w.placeholders(sent, s.SMS.Say, in, nil)
	}
	if s.Do != nil {
		w.call(s, s.Do)
	}
	syntax.Targets(s, func(t syntax.Target) {
		if t.Call != nil {
			w.call(s, t.Call)
		}
	})
}

func holding(k *syntax.Cond) []assumption {
	if k == nil {
		return nil
	}
	return []assumption{{k, true}}
}

func failing(k *syntax.Cond) []assumption {
	if k == nil {
		return nil
	}
	return []assumption{{k, false}}
}

// mostAssumptions says how many conditions that came before are kept in mind.
// Nobody writes as many; to forget the rest makes a proof harder, never wrong.
const mostAssumptions = 64

// passedOver adds a condition that did not hold to those before it.
func passedOver(before []assumption, k *syntax.Cond) []assumption {
	if len(before) >= mostAssumptions {
		return before
	}
	return with(before, failing(k)...)
}

func (w *useWalk) menu(s *syntax.Screen) {
	for _, o := range s.Menu {
		w.cond(o.If, "the condition of an option of "+syntax.Quote(s.Name.Value), nil)
		in := fmt.Sprintf("option %s of %s", s.OptionName(o), syntax.Quote(s.Name.Value))
		w.text(o.Say, in, holding(o.If))
		w.text(o.Note, in, holding(o.If))
		w.assigns(o.Set, holding(o.If))
	}
}

func (w *useWalk) assigns(list []syntax.Assign, assume []assumption) {
	for _, a := range list {
		v := w.c.constantOr(a.Value, a.Name.Value)
		w.value(taken, v, `"set"`, assume)
	}
}

func (w *useWalk) kind(s *syntax.Screen) {
	name := syntax.Quote(s.Name.Value)
	if a := s.Ask; a != nil {
		w.ask(s, a)
	}
	if k := s.Confirm; k != nil {
		w.text(k.YesLabel, "the Yes of "+name, nil)
		w.text(k.NoLabel, "the No of "+name, nil)
	}
	if l := s.List; l != nil {
		w.value(taken, l.Items, "the list of "+name, nil)
		row := *w
		row.base.also, row.uses = []string{l.As.Value}, nil
		row.text(l.Each, "a row of "+name, nil)
		w.uses = append(w.uses, row.uses...)
	}
}

func (w *useWalk) ask(s *syntax.Screen, a *syntax.Ask) {
	name := syntax.Quote(s.Name.Value)
	answered := *w
	answered.base.also, answered.uses = []string{a.Var.Value}, nil
	for _, rule := range a.Accept {
		answered.cond(rule.If, `an "accept" of `+name, nil)
		// The answer that failed is forgotten before the error is shown.
		w.text(rule.Error, `an "accept" of `+name, nil)
	}
	w.uses = append(w.uses, answered.uses...)
	for _, o := range a.Offers {
		w.value(offered, o.Value, "an offer of "+name, nil)
		w.text(o.Label, "an offer of "+name, nil)
	}
	w.text(a.Repeat, "the second question of "+name, nil)
	if v := w.c.values[a.Var.Value]; v != nil && v.v != nil {
		w.text(v.v.Error, "the error of "+syntax.Quote(a.Var.Value)+", shown on "+name+",", nil)
	}
}

// call adds an action's values, and the texts that are shown when it sends the
// caller back to the question.
func (w *useWalk) call(s *syntax.Screen, call *syntax.Call) {
	after := *w
	after.base.call, after.uses = call, nil
	for i, arg := range call.Args {
		v := arg
		if contract := w.c.contracts[call.Action.Value]; contract != nil && i < len(contract.Params) {
			v = w.c.constantFor(arg, contract.Params[i].Type)
		}
		after.value(passed, v, "what "+syntax.Quote(call.Action.Value)+" is given", nil)
	}
	for _, when := range s.When {
		if when.Retry != nil && w.c.mayAnswer(call, when.Outcome.Value) {
			after.base.outcome = when.Outcome.Value
			after.text(*when.Retry, "the retry of "+syntax.Quote(s.Name.Value), nil)
		}
	}
	w.uses = append(w.uses, after.uses...)
}
