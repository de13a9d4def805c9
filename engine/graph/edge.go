package graph

import (
	"strconv"
	"strings"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/sample"
)

// A describer says what the rows of a machine mean to callers.
type describer struct {
	p    *engine.Program
	lang int
}

// edge describes one row.
func (d describer) edge(t engine.Transition) Edge {
	e := Edge{From: t.From, Trigger: t.Trigger, To: t.To}
	s, ok := d.p.Screen(t.From)
	if t.From == engine.Idle || !ok {
		return d.start(e)
	}
	e.Pos = s.Pos
	switch t.Trigger.Kind {
	case engine.TriggerStart:
		e.Kind, e.Label, e.Input, e.Tries = Key, "No, begin again", d.p.Definition().Nav.Cancel.Key, 1
	case engine.TriggerHome:
		home := d.p.Definition().Nav.Home
		e.Kind, e.Input, e.Tries, e.Implied = Home, home.Key, 1, true
		e.Label = strings.TrimSpace(home.Key + " " + d.words(home.Label))
	case engine.TriggerSkip:
		e.Kind, e.Label, e.Needs, e.Pos = Onward, "skipped if "+s.Skip.If.String(), s.Skip.If.String(), s.Skip.Pos
	case engine.TriggerNoFacts:
		e.Kind, e.Label, e.Needs, e.Implied = Fault, "the caller's data can't be read", "the caller's data can't be read", true
	case engine.TriggerOption:
		d.option(&e, s)
	case engine.TriggerAnswer:
		d.answer(&e, s.Ask)
	case engine.TriggerGiveUp:
		e.Kind, e.Label, e.Tries = GiveUp, strconv.Itoa(s.Ask.Retries)+" wrong answers", s.Ask.Retries
		e.Input = Wrong
	case engine.TriggerOffer:
		d.offer(&e, &s.Ask.Offers[t.Trigger.Index])
	case engine.TriggerYes:
		d.confirm(&e, d.p.Definition().Nav.Confirm, s.Confirm.YesWords, "Yes")
	case engine.TriggerNo:
		d.confirm(&e, d.p.Definition().Nav.Cancel, s.Confirm.NoWords, "No")
	case engine.TriggerRow:
		e.Kind, e.Label, e.Input, e.Tries = Key, "a row: "+s.List.As, "1", 1
		e.Needs = s.List.Items.String() + " has rows"
	case engine.TriggerEmpty:
		e.Kind, e.Label, e.Needs = Onward, "no rows", s.List.Items.String()+" is empty"
	case engine.TriggerLanguage:
		e.Kind, e.Label, e.Input, e.Tries = Key, "a language", "1", 1
	case engine.TriggerCase:
		d.choose(&e, s)
	case engine.TriggerOutcome:
		d.outcome(&e, s)
	case engine.TriggerGo:
		e.Kind = Onward
		if !s.Kind.Silent() { // the caller goes on with any key
			e.Kind, e.Label, e.Input, e.Tries = Key, "any key", AnyKey, 1
		}
	default:
		e.Kind = Onward
	}
	return e
}

func (d describer) start(e Edge) Edge {
	e.Kind = Start
	for _, c := range d.p.Codes() {
		if c.Start == e.Trigger.Name {
			e.Label, e.Pos = join(e.Label, c.Dial), c.Pos
		}
	}
	if e.Trigger.Kind == engine.TriggerDropped {
		e.Label, e.Needs = "a call was dropped", "a call was dropped"
	}
	return e
}

// option describes an option of a menu or a list. In a list its number follows
// those of the rows; it is drawn as if the list had one row.
func (d describer) option(e *Edge, s *engine.Screen) {
	o := &s.Options[e.Trigger.Index]
	rows := 0
	if s.List != nil {
		rows, e.Needs = 1, s.List.Items.String()+" has one row"
	}
	key := o.Key
	if s.Numbered || key == "" {
		key = strconv.Itoa(rows + e.Trigger.Index + 1)
	}
	e.Kind, e.Input, e.Tries, e.Pos = Key, key, 1, o.Pos
	e.Label = strings.TrimSpace(key + " " + d.words(o.Label))
	if o.If != nil {
		e.Needs = join(e.Needs, o.If.String())
	}
}

func (d describer) answer(e *Edge, ask *engine.Ask) {
	e.Kind, e.Label, e.Tries = Answer, ask.Var, 1
	e.Input = d.typed(ask.Var)
	if ask.Repeat != nil {
		e.Tries = 2
	}
	for _, rule := range ask.Accept {
		e.Needs = join(e.Needs, rule.If.String())
	}
}

// typed returns an answer that the type of a variable accepts.
func (d describer) typed(name string) string {
	for _, v := range d.p.Definition().Vars {
		if v.Name == name {
			return sample.Typed(v.Type)
		}
	}
	return ""
}

// AnyKey is the input of an edge that any input takes.
const AnyKey = "1"

// Wrong is the input of an edge for any wrong answer.
const Wrong = "(wrong)"

// join joins two parts with a comma, unless one is empty.
func join(a, b string) string {
	if a == "" {
		return b
	}
	return a + ", " + b
}

func (d describer) offer(e *Edge, o *engine.Offer) {
	e.Kind, e.Input, e.Tries, e.Pos = Key, o.Key, 1, o.Pos
	label := d.words(o.Label)
	if !o.Value.IsZero() {
		e.Needs = o.Value.String() + " is set"
		if label == "" {
			label = "{" + o.Value.String() + "}"
		}
	}
	e.Label = strings.TrimSpace(o.Key + " " + label)
}

func (d describer) confirm(e *Edge, key engine.NavKey, words engine.Localized, without string) {
	if words == nil {
		words = key.Label
	}
	label := d.words(words)
	if label == "" {
		label = without
	}
	e.Kind, e.Label, e.Input, e.Tries = Key, key.Key+" "+label, key.Key, 1
}

func (d describer) choose(e *Edge, s *engine.Screen) {
	e.Kind = Onward
	c := s.Choose[e.Trigger.Index]
	e.Pos = c.Pos
	if c.If == nil {
		e.Label = "else"
		for _, before := range s.Choose[:e.Trigger.Index] {
			e.Needs = join(e.Needs, (&engine.Cond{Op: engine.OpNot, A: before.If}).String())
		}
		return
	}
	e.Label, e.Needs = "if "+c.If.String(), c.If.String()
}

func (d describer) outcome(e *Edge, s *engine.Screen) {
	name := e.Trigger.Name
	e.Kind, e.Label, e.Needs, e.Implied = Fault, name, s.Do.Action+": "+name, true
	for _, o := range s.Do.Outcomes {
		if o.Outcome != name {
			continue
		}
		e.Pos, e.Implied = o.Pos, false
		if o.Asks() {
			e.Kind = Retry
			return
		}
	}
	for _, c := range d.p.Definition().Contracts {
		if _, own := c.Outcome(name); own && c.Name == s.Do.Action {
			e.Kind = Outcome
		}
	}
}

// words returns a text in the graph's language, as the menu writes it.
func (d describer) words(w engine.Localized) string { return w.In(d.lang).String() }
