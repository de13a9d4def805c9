package compile

import (
	"fmt"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

func (c *compiler) nav() {
	n, d := &c.f.Nav, &c.def.Nav
	d.Back, d.Home, d.More = c.navKey(n.Back), c.navKey(n.Home), c.navKey(n.More)
	d.HomeScreen = n.HomeTo.Screen.Value
	d.Confirm, d.Cancel = c.navKey(n.Confirm), c.navKey(n.Cancel)
	if d.Confirm.Label == nil {
		d.Confirm.Label = c.builtin(syntax.Text{}, "yes")
	}
	if d.Cancel.Label == nil {
		d.Cancel.Label = c.builtin(syntax.Text{}, "no")
	}
	d.Invalid, d.GaveUp = c.builtin(n.Invalid, "invalid"), c.builtin(n.GaveUp, "gave_up")
	d.Busy, d.InProgress = c.builtin(n.Busy, "busy"), c.builtin(n.InProgress, "in_progress")
	d.Expired, d.Updated = c.builtin(n.Expired, "expired"), c.builtin(n.Updated, "updated")
	d.Limited = c.builtin(n.Limited, "limited")
	d.Mismatch, d.ListCut = c.builtin(n.Mismatch, "mismatch"), c.builtin(n.ListCut, "list_cut")
	d.Again, d.Labels = c.words(n.Again), n.Answers.Value == syntax.AnswersLabels
	r := c.f.Session.Resume
	ask := r.Say
	if !ask.Written() {
		ask = n.Resume
	}
	d.Resume = c.builtin(ask, "resume")
	d.ResumeYes, d.ResumeNo = c.words(r.Confirm), c.words(r.Cancel)
}

func (c *compiler) dropped() {
	d := c.f.Dropped
	if d == nil {
		return
	}
	out := &engine.Dropped{Say: c.words(d.SMS), Pos: d.Pos}
	for _, name := range d.After {
		out.After = append(out.After, name.Value)
	}
	c.def.Dropped = out
}

func (c *compiler) navKey(k syntax.NavKey) engine.NavKey {
	return engine.NavKey{Key: k.Key.Value, Label: c.words(k.Label)}
}

// builtin returns a built-in text in the menu's words, or in the engine's if the menu
// has none.
func (c *compiler) builtin(t syntax.Text, name string) engine.Localized {
	if t.Written() {
		return c.words(t)
	}
	w := make(engine.Localized, len(c.def.Languages))
	for i := range w {
		w[i] = engine.Text{{Lit: c.messages.Builtin(engine.Builtin(name), i)}}
	}
	return w
}

// kinds adds what only one kind has to a screen of that kind.
var kinds = syntax.NewKinds[func(c *compiler, s *syntax.Screen, out *engine.Screen)]()

// screen adds a screen, and a silent one for each arrow through an action.
func (c *compiler) screen(s *syntax.Screen) {
	out := engine.Screen{
		Name: s.Name.Value, Pos: s.Name.Pos, NoNav: s.NavOff, Labels: c.f.TakesLabels(s),
		Error: c.optional(s.Error), Again: c.optional(s.Again), Set: c.assigns(s.Set),
		AgainFor: engine.AgainFor{Format: c.words(s.AgainFor.Format), Range: c.words(s.AgainFor.Range), Mismatch: c.words(s.AgainFor.Mismatch)},
	}
	out.Goal = s.Goal.Value
	for _, say := range s.Say {
		out.Say = append(out.Say, engine.Say{If: c.cond(say.If), Words: c.words(say.Text)})
	}
	if s.Skip != nil {
		out.Skip = &engine.Case{If: c.cond(s.Skip.If), Go: c.arrow(s, s.Skip.To), Pos: s.Skip.Pos}
	}
	if s.SMS != nil {
		out.SMS = &engine.SMS{To: c.ref(s.SMS.To), Say: c.words(s.SMS.Say)}
	}
	for kind, compile := range kinds.On(s) { // with options below a list, the list comes last
		out.Kind = kind
		compile(c, s, &out)
	}
	c.def.Screens = append(c.def.Screens, out)
}

func (c *compiler) optional(t *syntax.Text) engine.Localized {
	if t == nil {
		return nil
	}
	return c.words(*t)
}

func (c *compiler) ref(v syntax.Value) engine.Ref {
	c.sum(v.Name, v.Sum)
	return engine.Ref{Name: v.Name, Field: v.Field, Pos: v.Pos}
}

func (c *compiler) say(t syntax.Text) []engine.Say { return []engine.Say{{Words: c.words(t)}} }

// arrow returns the screen that an arrow leads to. For an action that is a silent
// screen, which runs it and follows the outcomes of the screen's "when".
func (c *compiler) arrow(s *syntax.Screen, t syntax.Target) string {
	if t.Call == nil {
		return t.Screen.Value
	}
	name := c.free(s.Name.Value + "/" + t.Call.Action.Value)
	c.def.Screens = append(c.def.Screens, engine.Screen{
		Name: name, Kind: engine.ScreenDo, Pos: t.Call.Pos, Do: c.do(s, t.Call),
	})
	return name
}

// free returns the name, with a number if a screen already leads through the same
// action on another arrow.
func (c *compiler) free(name string) string {
	c.silent[name]++
	if n := c.silent[name]; n > 1 {
		return fmt.Sprintf("%s/%d", name, n)
	}
	return name
}

func (c *compiler) do(s *syntax.Screen, call *syntax.Call) *engine.Do {
	contract := c.contracts[call.Action.Value]
	out := &engine.Do{Action: call.Action.Value}
	for i, v := range call.Args {
		var t engine.Type
		if i < len(contract.Params) {
			t = contract.Params[i].Type
		}
		out.Args = append(out.Args, c.arg(v, t))
	}
	for _, w := range s.When {
		if !c.answers(contract, w.Outcome.Value) {
			continue // an outcome of the screen's other action
		}
		k := engine.OutcomeCase{Outcome: w.Outcome.Value, Go: w.To.Screen.Value, Goal: s.GoalOf(w.Outcome.Value), Pos: w.Outcome.Pos}
		if w.Retry != nil {
			k.Go, k.Retry = s.Name.Value, c.words(*w.Retry)
			if w.Whole {
				k.Retry, k.Again = nil, k.Retry
			}
		}
		out.Outcomes = append(out.Outcomes, k)
	}
	for _, late := range s.Late {
		if c.answers(contract, late.Outcome.Value) {
			out.Late = append(out.Late, engine.LateText{Outcome: late.Outcome.Value, Words: c.words(late.Text)})
		}
	}
	return out
}

func (c *compiler) answers(contract engine.Contract, outcome string) bool {
	_, ok := contract.Outcome(outcome)
	return ok || outcome == engine.Failed || outcome == engine.Pending
}
