package graph

import (
	"strconv"
	"strings"

	"github.com/paytrace/paytrace/engine"
)

// describer says what the rows of a machine mean to callers.
type describer struct {
	p    *engine.Program
	lang int
}

// edge describes one row.
func (d describer) edge(t engine.Transition) Edge {
	e := Edge{From: t.From, Event: t.Event, To: t.To}
	s, ok := d.p.Screen(t.From)
	if t.From == engine.Idle || !ok {
		return d.start(e)
	}
	e.Pos = s.Pos
	if t.From == resumeState {
		e.Kind, e.Label, e.Input, e.Tries = Key, "No, begin anew", d.p.Definition().Nav.Cancel.Key, 1
		return e
	}
	switch t.Event {
	case "home":
		home := d.p.Definition().Nav.Home
		e.Kind, e.Input, e.Tries, e.Implied = Home, home.Key, 1, true
		e.Label = strings.TrimSpace(home.Key + " " + d.words(home.Label))
		return e
	case "skip":
		e.Kind, e.Label, e.Needs, e.Pos = Onward, "skipped if "+s.Skip.If.String(), s.Skip.If.String(), s.Skip.Pos
		return e
	case "start facts failed":
		e.Kind, e.Label, e.Needs, e.Implied = Fault, "the caller's data can't be read", "the caller's data can't be read", true
		return e
	}
	d.verb(&e, s)
	return e
}

func (d describer) start(e Edge) Edge {
	e.Kind = Start
	for _, c := range d.p.Codes() {
		if c.Start == e.Event {
			e.Label, e.Pos = join(e.Label, c.Dial), c.Pos
		}
	}
	if e.To == resumeState {
		e.Label, e.Needs = "a call was dropped", "a call was dropped"
	}
	return e
}

func (d describer) verb(e *Edge, s *engine.Screen) {
	switch s.Kind {
	case engine.ScreenMenu:
		d.option(e, s, 0)
	case engine.ScreenAsk:
		d.ask(e, s)
	case engine.ScreenConfirm:
		d.confirm(e, s)
	case engine.ScreenList:
		d.list(e, s)
	case engine.ScreenLanguages:
		e.Kind, e.Label, e.Input, e.Tries = Key, "a language", "1", 1
	case engine.ScreenChoose:
		d.choose(e, s)
	case engine.ScreenDo:
		d.outcome(e, s)
	default:
		e.Kind = Onward
	}
}

// option describes "option N"; rows are how many come before a menu's own.
func (d describer) option(e *Edge, s *engine.Screen, rows int) {
	n, err := strconv.Atoi(strings.TrimPrefix(e.Event, "option "))
	if err != nil || n < 1 || n > len(s.Options) {
		return
	}
	o := &s.Options[n-1]
	key := o.Key
	if s.Numbered || key == "" {
		key = strconv.Itoa(rows + n)
	}
	e.Kind, e.Input, e.Tries, e.Pos = Key, key, 1, o.Pos
	e.Label = strings.TrimSpace(key + " " + d.words(o.Label))
	if o.If != nil {
		e.Needs = o.If.String()
	}
}

func (d describer) ask(e *Edge, s *engine.Screen) {
	switch {
	case e.Event == "answer":
		e.Kind, e.Label, e.Tries = Answer, s.Ask.Var, 1
		e.Input = d.sample(s.Ask)
		if s.Ask.Repeat != nil {
			e.Tries = 2
		}
		for _, rule := range s.Ask.Accept {
			e.Needs = join(e.Needs, rule.If.String())
		}
	case e.Event == "give up":
		e.Kind, e.Label, e.Tries = GiveUp, strconv.Itoa(s.Ask.Retries)+" wrong answers", s.Ask.Retries
		e.Input = Wrong
	default:
		d.offer(e, s)
	}
}

// Wrong is the input of an edge that any wrong answer takes.
const Wrong = "(wrong)"

// join puts a comma between two parts that are not empty.
func join(a, b string) string {
	if a == "" {
		return b
	}
	return a + ", " + b
}

func (d describer) offer(e *Edge, s *engine.Screen) {
	key := strings.TrimPrefix(e.Event, "offer ")
	e.Kind, e.Label, e.Input, e.Tries = Key, key, key, 1
	for _, o := range s.Ask.Offers {
		if o.Key != key {
			continue
		}
		e.Pos = o.Pos
		label := d.words(o.Label)
		if label == "" && !o.Value.IsZero() {
			label = "{" + o.Value.String() + "}"
		}
		e.Label = strings.TrimSpace(key + " " + label)
		if !o.Value.IsZero() {
			e.Needs = o.Value.String() + " is set"
		}
	}
}

func (d describer) confirm(e *Edge, s *engine.Screen) {
	nav := d.p.Definition().Nav
	key, words, without := nav.Confirm, s.Confirm.YesWords, "Yes"
	if e.Event == "no" {
		key, words, without = nav.Cancel, s.Confirm.NoWords, "No"
	}
	if words == nil {
		words = key.Label
	}
	label := d.words(words)
	if label == "" {
		label = without
	}
	e.Kind, e.Label, e.Input, e.Tries = Key, key.Key+" "+label, key.Key, 1
}

func (d describer) list(e *Edge, s *engine.Screen) {
	switch e.Event {
	case "row":
		e.Kind, e.Label, e.Input, e.Tries = Key, "a row: "+s.List.As, "1", 1
		e.Needs = s.List.Items.String() + " has rows"
	case "empty":
		e.Kind, e.Label, e.Needs = Onward, "no rows", s.List.Items.String()+" is empty"
	default:
		d.option(e, s, 1)
		e.Needs = join(s.List.Items.String()+" has one row", e.Needs)
	}
}

func (d describer) choose(e *Edge, s *engine.Screen) {
	e.Kind = Onward
	n, err := strconv.Atoi(strings.TrimPrefix(e.Event, "case "))
	if err != nil || n < 1 || n > len(s.Choose) {
		return
	}
	c := s.Choose[n-1]
	e.Pos = c.Pos
	if c.If == nil {
		e.Label = "else"
		for _, before := range s.Choose[:n-1] {
			e.Needs = join(e.Needs, (&engine.Cond{Op: engine.OpNot, A: before.If}).String())
		}
		return
	}
	e.Label, e.Needs = "if "+c.If.String(), c.If.String()
}

func (d describer) outcome(e *Edge, s *engine.Screen) {
	e.Kind, e.Label, e.Needs, e.Implied = Fault, e.Event, s.Do.Action+": "+e.Event, true
	for _, o := range s.Do.Outcomes {
		if o.Outcome != e.Event {
			continue
		}
		e.Pos, e.Implied = o.Pos, false
		if o.Retry != nil {
			e.Kind = Retry
			return
		}
	}
	for _, c := range d.p.Definition().Contracts {
		if _, own := c.Outcome(e.Event); own && c.Name == s.Do.Action {
			e.Kind = Outcome
		}
	}
}

// words is a text in the graph's language, as the menu writes it.
func (d describer) words(w engine.Words) string { return w.In(d.lang).String() }
