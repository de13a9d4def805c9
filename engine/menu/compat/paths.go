package compat

import (
	"fmt"
	"slices"
	"strings"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/graph"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// paths checks U802 for paths of more than one step: an answer, a Yes or an outcome
// that now leads elsewhere.
func (c *comparison) paths() {
	nav := c.old.Nav.Confirm.Key != c.next.Nav.Confirm.Key || c.old.Nav.Cancel.Key != c.next.Nav.Cancel.Key
	for _, l := range graph.Regressions(c.before, c.after, c.moved) {
		if from, ok := c.before.Node(l.Path.To); l.By.Kind == graph.Key && (c.moves[move{l.Path.To, l.By.Input}] || ok && from.Kind == engine.ScreenConfirm && nav) {
			continue // the key itself has changed, and that is reported
		}
		now := "this is not an answer there any more"
		if len(l.Now) > 0 {
			now = "it now leads to " + anyOf(l.Now)
		}
		c.moves[move{l.Path.To, ""}] = true
		c.find("U802", diag.Warning, l.Pos, fmt.Sprintf("Callers who type %s reached %q; %s.", c.typed(l), l.Was, now), "Callers who know the keys by heart do not read the screen.")
	}
}

// typed lists what is typed from the beginning of a call: "*384*1#, 2, Kisumu".
func (c *comparison) typed(l graph.Regression) string {
	keys := []string{c.old.Codes[0].Dial}
	for _, code := range c.old.Codes {
		if len(l.Path.Edges) > 0 && l.Path.Edges[0].Trigger.Name == code.Start {
			keys[0] = code.Dial
			break
		}
	}
	return strings.Join(append(append(keys, l.Path.Inputs()...), l.By.Input), ", ")
}

// A detail is one thing that a screen does, beside its texts and keys.
type detail struct {
	name, value string
	// breaks says that another value changes where the same input leads.
	breaks bool
}

// none is the value of a condition that is not there.
const none = "none"

// details reports what else a screen does differently: conditions, values and targets.
func (c *comparison) details() {
	for i := range c.old.Screens {
		was := &c.old.Screens[i]
		now, ok := c.program.Screen(c.moved(was.Name))
		if !ok || was.Kind != now.Kind {
			continue
		}
		before := map[string]string{}
		for _, d := range c.detailsOf(was, c.moved) {
			before[d.name] = d.value
		}
		after := c.detailsOf(now, func(name string) string { return name })
		for _, d := range after {
			a, had := before[d.name]
			switch {
			case !had || a == d.value:
			case d.breaks:
				c.find("U802", diag.Warning, now.Pos, fmt.Sprintf("On %s, %s is %s, and was %s.", syntax.Quote(now.Name), d.name, d.value, a), "The same keys do something else for some callers.")
			default:
				c.notice(now.Pos, "On %s, %s is %s, and was %s.", syntax.Quote(now.Name), d.name, d.value, a)
			}
		}
		c.targets(was, now)
	}
}

func (c *comparison) detailsOf(s *engine.Screen, name func(string) string) []detail {
	var list []detail
	add := func(name, value string) { list = append(list, detail{name: name, value: value}) }
	breaks := func(name, value string) { list = append(list, detail{name, value, true}) }
	for i, say := range s.Say {
		add("the condition of "+keyOfSay(s, i), quoted(say.If))
	}
	if len(s.Options) > 0 {
		breaks("the numbering of options", numbering[s.Numbered])
	}
	for i, o := range s.Options {
		key := optionKeyOf(s, i)
		list = append(list, detail{"the condition of key " + key, quoted(o.If), o.If != nil || s.Numbered})
		add("what key "+key+" sets", sets(o.Set))
	}
	add("what is set", sets(s.Set))
	add("the goal", orNone(s.Goal))
	add("the receiver of the SMS", smsTo(s.SMS))
	if l := s.List; l != nil {
		add("the list", fmt.Sprintf("%q, with a row called %q", l.Items, l.As))
	}
	if d := s.Do; d != nil {
		breaks("the action", call(d))
	}
	if s.Kind == engine.ScreenChoose {
		var cases []string
		for _, k := range s.Choose {
			cases = append(cases, fmt.Sprintf("%s -> %s", k.If, name(k.Go)))
		}
		breaks("the decision", strings.Join(cases, "; "))
	}
	return list
}

var numbering = map[bool]string{false: "by the keys that the menu writes", true: "by the place among those that are shown"}

func keyOfSay(s *engine.Screen, i int) string {
	if len(s.Say) == 1 {
		return "say"
	}
	return fmt.Sprintf("say.%d", i+1)
}

func quoted(c *engine.Cond) string {
	if c == nil {
		return none
	}
	return fmt.Sprintf("%q", c)
}

func sets(list []engine.Assign) string {
	if len(list) == 0 {
		return "nothing"
	}
	parts := make([]string, len(list))
	for i, a := range list {
		if a.Dialled {
			parts[i] = a.Var + ": what is dialled"
			continue
		}
		parts[i] = a.Var + ": " + engine.Arg{Ref: a.From, Value: a.Value}.String()
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func smsTo(s *engine.SMS) string {
	if s == nil {
		return "nobody"
	}
	return "{" + s.To.String() + "}"
}

// call returns an action as a menu writes it: its name and its arguments.
func call(d *engine.Do) string {
	args := make([]string, len(d.Args))
	for i, a := range d.Args {
		args[i] = a.String()
	}
	return d.Action + "(" + strings.Join(args, ", ") + ")"
}

// targets reports where else a screen leads: those of its targets that callers do not
// type, and those that paths has not reported.
func (c *comparison) targets(was, now *engine.Screen) {
	if c.moves[move{was.Name, ""}] {
		return
	}
	before := map[string]string{}
	for _, t := range targetsOf(was) {
		before[t.name] = t.value
	}
	for _, t := range targetsOf(now) {
		a, had := before[t.name]
		if !had || c.moved(a) == t.value {
			continue
		}
		from, to := c.reached(c.before, a, c.moved), c.reached(c.after, t.value, func(name string) string { return name })
		if !slices.Equal(from, to) {
			c.notice(now.Pos, "On %s, %s leads to %s, and led to %s.", syntax.Quote(now.Name), t.name, anyOf(to), anyOf(from))
		}
	}
}

// ended stands for the end of a call with a built-in text.
const ended = "the end of the call"

// reached lists the screens that callers see next by a target, sorted.
func (c *comparison) reached(g *graph.Graph, target string, name func(string) string) []string {
	if target == "" {
		return []string{ended}
	}
	var list []string
	for _, seen := range g.Seen(target) {
		list = append(list, name(seen))
	}
	slices.Sort(list)
	return list
}

func targetsOf(s *engine.Screen) []detail {
	var list []detail
	add := func(name, target string) { list = append(list, detail{name: name, value: target}) }
	switch {
	case s.Ask != nil:
		add("the answer", s.Ask.Go)
		add("the last wrong answer", s.Ask.GiveUp)
	case s.Confirm != nil:
		add("Yes", s.Confirm.Yes)
		add("No", s.Confirm.No)
	case s.List != nil:
		add("a row", s.List.Go)
		add("an empty list", s.List.Empty)
	case s.Do != nil:
		for _, o := range s.Do.Outcomes {
			add("the outcome "+o.Outcome, o.Go)
		}
	case s.Kind == engine.ScreenLanguages:
		add("the language", s.Go)
	case s.Go != "":
		add("the way on", s.Go)
	}
	return list
}
