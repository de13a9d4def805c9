package menu

import (
	"fmt"
	"strconv"
)

// purpose says what a value is used for.
type purpose uint8

const (
	shown   purpose = iota + 1 // a hole in a text on the screen
	sent                       // a hole in an SMS, or its number
	passed                     // a value for an action
	asked                      // compared in a condition
	tested                     // "is set", "is empty": it need not be set
	taken                      // set, listed, offered
	offered                    // an offer: not shown while it is not set
)

// use is one place where a menu uses a value.
type use struct {
	screen *Screen // nil for texts that stand on every screen
	call   *Call   // set where the place comes after the screen was answered
	purpose
	name, field string
	at          Text
	// in names the text, for messages: `the text of "main"`.
	in string
	// op is the test of a tested value: "is set" or "is empty".
	op string
	// assume holds at this place besides what holds on the screen; also are
	// values set there besides.
	assume []assumption
	also   []string
	// outcome is set for the text of a "retry": the outcome's values are there.
	outcome string
}

// assumption is a condition that has come out one way.
type assumption struct {
	cond  *Cond
	holds bool
}

// useWalk gathers the uses of one screen.
type useWalk struct {
	c    *checker
	base use
	uses []use
}

// collectUses lists every use of a value in the menu's first language.
// Translations show the same values: U312.
func (c *checker) collectUses() []use {
	w := &useWalk{c: c}
	for _, s := range c.f.Screens {
		w.base = use{screen: s}
		w.screen(s)
	}
	w.base = use{}
	for _, word := range c.lex.words {
		if word.Screen == nil && word.Text.Written() && word.everywhere() {
			w.text(word.Text, "the text of "+quote(word.Key), nil)
		}
	}
	return w.uses
}

// everywhere reports the texts that may stand on any screen.
func (w Word) everywhere() bool {
	return len(w.Key) > 4 && w.Key[:4] == "nav." || len(w.Key) > 7 && w.Key[:7] == "resume."
}

func (w *useWalk) add(p purpose, name, field string, at Text, in string, assume []assumption) {
	u := w.base
	u.purpose, u.name, u.field, u.at, u.in = p, name, field, at, in
	u.assume = append(u.assume[:len(u.assume):len(u.assume)], assume...)
	w.uses = append(w.uses, u)
}

// value adds a name; constants are no uses.
func (w *useWalk) value(p purpose, v Value, in string, assume []assumption) {
	if v.Name != "" {
		w.add(p, v.Name, v.Field, v.Text, in, assume)
	}
}

// text adds the values that a text shows, those of shared texts at the place
// where the text is shown.
func (w *useWalk) text(t Text, in string, assume []assumption) {
	w.holes(shown, t, in, assume)
}

func (w *useWalk) holes(p purpose, t Text, in string, assume []assumption) {
	parts, _ := Parts(t)
	for _, part := range parts {
		switch {
		case !part.Hole():
		case part.Name == sharedTexts:
			for _, inner := range w.c.lex.own(sharedTexts+"."+part.Field, 0) {
				if inner.Hole() && inner.Name != sharedTexts {
					w.add(p, inner.Name, inner.Field, part.At, in, assume)
				}
			}
		default:
			w.add(p, part.Name, part.Field, part.At, in, assume)
		}
	}
}

// cond adds a condition's values: those behind "and" and "or" are looked at
// only where the part before leaves it open.
func (w *useWalk) cond(k *Cond, in string, assume []assumption) {
	if k == nil {
		return
	}
	switch k.Op {
	case "and", "or":
		w.cond(k.A, in, assume)
		w.cond(k.B, in, with(assume, assumption{k.A, k.Op == "and"}))
	case "not":
		w.cond(k.A, in, assume)
	case "is set", "is empty":
		w.base.op = k.Op
		w.value(tested, k.Left, in, assume)
		w.base.op = ""
	default:
		left, right := w.c.operands(k)
		w.value(asked, left, in, assume)
		if w.c.values[left.Name] != nil || w.c.values[right.Name] != nil || left.Name == "" {
			w.value(asked, right, in, assume) // else it may be an option of what is missing
		}
	}
}

func with[T any](list []T, more ...T) []T { return append(list[:len(list):len(list)], more...) }

// screen adds what is used while the screen is entered and shown, then what is
// used behind its arrows.
func (w *useWalk) screen(s *Screen) {
	text, entering := "the text of "+quote(s.Name.Value), "a condition of "+quote(s.Name.Value)
	if s.Skip != nil {
		w.cond(s.Skip.If, entering, nil)
	}
	var before []assumption
	for _, say := range s.Say {
		w.cond(say.If, entering, before)
		w.text(say.Text, text, with(before, holding(say.If)...))
		before = passedOver(before, say.If)
	}
	for _, t := range []*Text{s.Show, s.End, s.Error, s.Again} {
		if t != nil {
			w.text(*t, text, nil)
		}
	}
	w.menu(s)
	w.verb(s)
	before = nil
	for _, k := range s.Choose {
		w.cond(k.If, entering, before)
		before = passedOver(before, k.If)
	}
	w.assigns(s.Set, nil)
	if s.SMS != nil {
		in := "the SMS of " + quote(s.Name.Value)
		w.value(sent, s.SMS.To, in, nil)
		w.holes(sent, s.SMS.Say, in, nil)
	}
	if s.Do != nil {
		w.call(s, s.Do)
	}
	targetsOf(s, func(t Target) {
		if t.Call != nil {
			w.call(s, t.Call)
		}
	})
}

func holding(k *Cond) []assumption {
	if k == nil {
		return nil
	}
	return []assumption{{k, true}}
}

func failing(k *Cond) []assumption {
	if k == nil {
		return nil
	}
	return []assumption{{k, false}}
}

// mostAssumptions is how many conditions that came before are kept in mind.
// Nobody writes as many; to forget the rest makes a proof harder, never wrong.
const mostAssumptions = 64

// passedOver adds a condition that did not hold to those before it.
func passedOver(before []assumption, k *Cond) []assumption {
	if len(before) >= mostAssumptions {
		return before
	}
	return with(before, failing(k)...)
}

func (w *useWalk) menu(s *Screen) {
	for _, o := range s.Menu {
		w.cond(o.If, "the condition of an option of "+quote(s.Name.Value), nil)
		in := fmt.Sprintf("option %s of %s", s.optionName(o), quote(s.Name.Value))
		w.text(o.Say, in, holding(o.If))
		w.text(o.Note, in, holding(o.If))
		w.assigns(o.Set, holding(o.If))
	}
}

func (w *useWalk) assigns(list []Assign, assume []assumption) {
	for _, a := range list {
		v := w.c.constantOr(a.Value, a.Name.Value)
		w.value(taken, v, `"set"`, assume)
	}
}

func (w *useWalk) verb(s *Screen) {
	name := quote(s.Name.Value)
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

func (w *useWalk) ask(s *Screen, a *Ask) {
	name := quote(s.Name.Value)
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
		w.text(v.v.Error, "the error of "+quote(a.Var.Value)+", shown on "+name+",", nil)
	}
}

// call adds an action's values, and the texts that are shown when it sends the
// caller back to the question.
func (w *useWalk) call(s *Screen, call *Call) {
	after := *w
	after.base.call, after.uses = call, nil
	for i, arg := range call.Args {
		v := arg
		if contract := w.c.contracts[call.Action.Value]; contract != nil && i < len(contract.Params) {
			v = w.c.constantFor(arg, contract.Params[i].Type)
		}
		after.value(passed, v, "what "+quote(call.Action.Value)+" is given", nil)
	}
	for _, when := range s.When {
		if when.Retry != nil && w.c.mayAnswer(call, when.Outcome.Value) {
			after.base.outcome = when.Outcome.Value
			after.text(*when.Retry, "the retry of "+quote(s.Name.Value), nil)
		}
	}
	w.uses = append(w.uses, after.uses...)
}

// optionName is how messages name an option: its key, or its place in a list.
func (s *Screen) optionName(o *Option) string {
	if o.Key.Written() {
		return o.Key.Value
	}
	for i, other := range s.Menu {
		if other == o {
			return strconv.Itoa(i + 1)
		}
	}
	return "?"
}
