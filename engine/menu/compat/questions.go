package compat

import (
	"fmt"
	"slices"
	"strings"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// question compares what a question takes (U806), and how often it asks (U807).
func (c *comparison) question(was, now *engine.Screen) {
	if now.Kind != engine.ScreenAsk {
		return
	}
	c.asked(was, now)
	c.accepted(was, now)
	before, after := was.Ask, now.Ask
	switch {
	case after.Retries == before.Retries:
	case before.Retries == engine.Unlimited || after.Retries != engine.Unlimited && after.Retries < before.Retries:
		c.find("U807", diag.Warning, now.Pos, fmt.Sprintf("%s gives callers %s, and gave them %s.", syntax.Quote(now.Name), tries(after.Retries), tries(before.Retries)), "Callers who mistype lose their call earlier.")
	default:
		c.notice(now.Pos, "%s gives callers %s, and gave them %s.", syntax.Quote(now.Name), tries(after.Retries), tries(before.Retries))
	}
	switch {
	case before.Repeat == nil && after.Repeat != nil:
		c.told[now.Name+".repeat"] = true
		c.find("U806", diag.Warning, now.Pos, fmt.Sprintf("%s asks for the answer a second time now.", syntax.Quote(now.Name)), "What callers type ahead of it means something else.")
	case before.Repeat != nil && after.Repeat == nil:
		c.find("U806", diag.Warning, now.Pos, fmt.Sprintf("%s does not ask for the answer a second time any more.", syntax.Quote(now.Name)), "What callers type ahead of it means something else.")
	}
}

func tries(n int) string {
	switch n {
	case engine.Unlimited:
		return "any number of tries"
	case 1:
		return "1 try"
	}
	return fmt.Sprintf("%d tries", n)
}

// asked compares the types that a question asks for. The options of a choice are
// compared by their keys.
func (c *comparison) asked(was, now *engine.Screen) {
	a, b := varNamed(c.old, was.Ask.Var), varNamed(c.next, now.Ask.Var)
	if a == nil || b == nil {
		return
	}
	choices := a.Type.Kind == engine.KindChoice && b.Type.Kind == engine.KindChoice
	switch {
	case choices, a.Type.String() == b.Type.String() && c.oneCountry(a.Type):
		if a.Name != b.Name {
			c.notice(now.Pos, "%s keeps the answer as %s, and kept it as %s.", syntax.Quote(now.Name), syntax.Quote(b.Name), syntax.Quote(a.Name))
		}
	case c.takes(a.Type, b.Type):
		c.notice(now.Pos, "%s takes more answers: it asks for %s as %q, and asked for %s as %q.", syntax.Quote(now.Name), b.Name, b.Type, a.Name, a.Type)
	default:
		c.find("U806", diag.Warning, now.Pos, fmt.Sprintf("%s refuses answers that it took: it asks for %s as %q, and asked for %s as %q.", syntax.Quote(now.Name), b.Name, b.Type, a.Name, a.Type), "Tell callers in the question, or take what they are used to.")
	}
}

// oneCountry reports whether a number that is typed without a country code is read as
// one of the same country as before.
func (c *comparison) oneCountry(t engine.Type) bool {
	return t.Kind != engine.KindPhone || c.old.Session.Country == c.next.Session.Country
}

// takes reports whether a question of the type next takes every answer that one of the
// type old took, and understands it as before. It is false where that is not certain.
func (c *comparison) takes(old, next engine.Type) bool {
	if old.Kind != next.Kind {
		return false
	}
	switch old.Kind {
	case engine.KindText:
		return old.Within(&next)
	case engine.KindNumber, engine.KindMoney:
		return next.Lo <= old.Lo && old.Hi <= next.Hi
	case engine.KindDate:
		return covers(old.From, next.From, func(a, b int) bool { return b <= a }) && covers(old.To, next.To, func(a, b int) bool { return a <= b })
	case engine.KindPhone:
		return c.oneCountry(old) && c.countries(c.old, old, c.next, next)
	case engine.KindSecret:
		return old.Digits == next.Digits && old.Width <= next.Width
	default:
		return false
	}
}

// covers reports whether a date's new bound lets everything pass that the old one did.
// A fixed day and a day that moves with today can't be compared.
func covers(old, next engine.DateBound, wider func(old, next int) bool) bool {
	const daysPerYear, daysPerMonth = 366, 31 // only the order of distances counts
	switch {
	case !next.Set:
		return true
	case !old.Set, old.Relative != next.Relative:
		return false
	case old.Relative:
		days := func(b engine.DateBound) int { return b.Years*daysPerYear + b.Months*daysPerMonth + b.Days }
		return wider(days(old), days(next))
	default:
		return wider(int(old.Day), int(next.Day))
	}
}

// countries reports whether a type takes the numbers of every country of another.
func (c *comparison) countries(was *engine.Definition, old engine.Type, now *engine.Definition, next engine.Type) bool {
	home := func(d *engine.Definition, t engine.Type) []string {
		if len(t.Countries) == 0 {
			return []string{d.Session.Country}
		}
		return t.Countries
	}
	after := home(now, next)
	return slices.Contains(after, "any") || !slices.ContainsFunc(home(was, old), func(country string) bool { return !slices.Contains(after, country) })
}

// accepted compares the rules that an answer must meet.
func (c *comparison) accepted(was, now *engine.Screen) {
	before, after := rules(was.Ask), rules(now.Ask)
	if slices.Equal(before, after) {
		return
	}
	stricter := func(rule engine.Accept) bool {
		return !slices.ContainsFunc(was.Ask.Accept, func(old engine.Accept) bool { return implies(old.If, rule.If) })
	}
	if slices.ContainsFunc(now.Ask.Accept, stricter) {
		c.find("U806", diag.Warning, now.Pos, fmt.Sprintf("%s refuses answers that it took: it accepts %s, and accepted %s.", syntax.Quote(now.Name), only(after), only(before)), "Tell callers in the question, or take what they are used to.")
		return
	}
	c.notice(now.Pos, "%s takes more answers: it accepts %s, and accepted %s.", syntax.Quote(now.Name), only(after), only(before))
}

// implies reports whether what meets one rule surely meets another: the same rule, or a
// comparison of the same value with a constant that lets more pass.
func implies(old, next *engine.Cond) bool {
	if old.String() == next.String() {
		return true
	}
	a, b := old.Right.Value, next.Right.Value
	if old.Left.Ref.IsZero() || old.Left.String() != next.Left.String() || a.Kind() != b.Kind() {
		return false
	}
	switch a.Kind() {
	case engine.KindNumber, engine.KindMoney, engine.KindDate:
	default:
		return false
	}
	upper := func(op engine.CondOp) bool { return op == engine.OpLt || op == engine.OpLe }
	lower := func(op engine.CondOp) bool { return op == engine.OpGt || op == engine.OpGe }
	strict := next.Op == engine.OpLt && old.Op == engine.OpLe || next.Op == engine.OpGt && old.Op == engine.OpGe
	switch {
	case upper(old.Op) && upper(next.Op):
		return a.Int() < b.Int() || a.Int() == b.Int() && !strict
	case lower(old.Op) && lower(next.Op):
		return a.Int() > b.Int() || a.Int() == b.Int() && !strict
	}
	return false
}

func rules(a *engine.Ask) []string {
	list := make([]string, len(a.Accept))
	for i, rule := range a.Accept {
		list[i] = rule.If.String()
	}
	return list
}

// only says which answers pass rules: `only those with "litres <= 10"`.
func only(rules []string) string {
	if len(rules) == 0 {
		return "all"
	}
	return `only those with "` + strings.Join(rules, `" and "`) + `"`
}

// passing compares what decides whether callers stop at a screen, and whether they
// can leave it backwards.
func (c *comparison) passing(was, now *engine.Screen) {
	before, after := skipOf(was, c.moved), skipOf(now, func(name string) string { return name })
	if before != after {
		c.find("U802", diag.Warning, now.Pos, fmt.Sprintf("%s is passed over %s, and was passed over %s.", syntax.Quote(now.Name), after, before), "What callers type ahead of it means something else.")
	}
	switch {
	case was.Labels && !now.Labels:
		c.find("U806", diag.Warning, now.Pos, fmt.Sprintf("%s takes only keys, and took the words behind them.", syntax.Quote(now.Name)), "Callers who type words get \"invalid\".")
	case now.Labels && !was.Labels:
		c.notice(now.Pos, "%s takes the words behind its keys, too.", syntax.Quote(now.Name))
	}
	switch {
	case now.NoNav && !was.NoNav:
		c.find("U802", diag.Warning, now.Pos, fmt.Sprintf("The keys of nav do not work on %s any more.", syntax.Quote(now.Name)), "Callers who know them by heart get \"invalid\".")
	case was.NoNav && !now.NoNav:
		c.notice(now.Pos, "The keys of nav work on %s now.", syntax.Quote(now.Name))
	}
}

// goals tells which actions reach other goals, also on screens that nobody sees.
func (c *comparison) goals() {
	for i := range c.old.Screens {
		was := &c.old.Screens[i]
		now, ok := c.program.Screen(c.moved(was.Name))
		if !ok {
			continue
		}
		if before, after := goalsOf(was), goalsOf(now); before != after {
			c.notice(now.Pos, "%s reaches %s, and reached %s. Reports count the calls of each version by its own goals.", syntax.Quote(now.Name), after, before)
		}
	}
}

// goalsOf says which goals the outcomes of a screen's action reach.
func goalsOf(s *engine.Screen) string {
	var goals []string
	if s.Do != nil {
		for _, o := range s.Do.Outcomes {
			if o.Goal != "" {
				goals = append(goals, "the goal "+o.Goal+" by "+o.Outcome)
			}
		}
	}
	if len(goals) == 0 {
		return "no goal"
	}
	return strings.Join(goals, " and ")
}

func skipOf(s *engine.Screen, name func(string) string) string {
	if s.Skip == nil {
		return "never"
	}
	return fmt.Sprintf("if %q, to %s", s.Skip.If, syntax.Quote(name(s.Skip.Go)))
}
