// Package compat compares two versions of a menu and reports what the new one breaks
// for callers, sessions and dial scripts that know the old one.
package compat

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/graph"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// Compare reports what callers, sessions and dial scripts that know the old version of
// a menu notice of a new one: the codes U801 to U808. Errors and warnings break
// something for them; infos do not. named returns where dial scripts name a screen; it
// is nil if there are no scripts. Positions are those of the new version, or of the
// old one for what is gone.
func Compare(old, next *engine.Program, named map[string][]engine.Pos) diag.List {
	c := &comparison{
		old: old.Definition(), next: next.Definition(), program: next, named: named,
		before: graph.Of(old), after: graph.Of(next), moves: map[move]bool{}, told: map[string]bool{},
	}
	c.screens()
	c.paths()
	c.details()
	c.remembered()
	c.contracts()
	c.codes()
	c.service()
	c.nav()
	c.texts()
	c.out.Sort()
	return c.out
}

type comparison struct {
	old, next     *engine.Definition
	program       *engine.Program // the new one
	named         map[string][]engine.Pos
	before, after *graph.Graph
	// moves holds the inputs whose new meaning has been reported.
	moves map[move]bool
	// told holds the keys of texts whose change has been reported in other words.
	told map[string]bool
	out  diag.List
}

// A move is an input on a screen of the old version.
type move struct{ screen, input string }

// top returns where the new version's file begins, for what has no place of its own.
func (c *comparison) top() engine.Pos {
	file := c.next.Name + ".yaml"
	if len(c.next.Codes) > 0 && c.next.Codes[0].Pos.File != "" {
		file = c.next.Codes[0].Pos.File
	}
	return engine.Pos{File: file, Line: 1, Column: 1}
}

// notice reports a change that breaks nothing, and that callers notice: U808.
func (c *comparison) notice(pos engine.Pos, format string, args ...any) {
	c.find("U808", diag.Info, pos, fmt.Sprintf(format, args...), "")
}

func (c *comparison) find(code string, severity diag.Severity, pos engine.Pos, message, help string) {
	c.out = append(c.out, diag.Diagnostic{Code: code, Severity: severity, Pos: pos, Length: 1, Message: message, Help: help})
}

// screens checks U801 and U802.
func (c *comparison) screens() {
	for i := range c.old.Screens {
		was := &c.old.Screens[i]
		if was.Kind.Silent() {
			continue
		}
		name := c.moved(was.Name)
		now, ok := c.program.Screen(name)
		if !ok {
			c.gone(was)
			continue
		}
		if name != was.Name {
			c.renamed(was, now)
		}
		if was.Kind != now.Kind {
			c.find("U802", diag.Warning, now.Pos, fmt.Sprintf("The screen %s is of the kind %q, and was of the kind %q: the same keys do something else.", syntax.Quote(now.Name), now.Kind.Key(), was.Kind.Key()), "Give the new screen a name of its own.")
			continue
		}
		c.keys(was, now)
		c.question(was, now)
		c.passing(was, now)
	}
	c.added()
	c.goals()
}

// added reports the new screens.
func (c *comparison) added() {
	names := map[string]bool{}
	for i := range c.old.Screens {
		names[c.moved(c.old.Screens[i].Name)] = true
	}
	for i := range c.next.Screens {
		if now := &c.next.Screens[i]; !names[now.Name] && !now.Kind.Silent() {
			c.notice(now.Pos, "The screen %s is new: %s.", syntax.Quote(now.Name), syntax.Quote(shown(now)))
		}
	}
}

// shown returns everything that a screen says and offers.
func shown(s *engine.Screen) string {
	var parts []string
	for _, say := range s.Say {
		parts = append(parts, say.Words.In(0).String())
	}
	for i := range s.Options {
		parts = append(parts, optionKeyOf(s, i)+" "+labelOf(&s.Options[i]))
	}
	return strings.Join(parts, " / ")
}

// gone checks U801: a dropped call may be on a screen that no longer exists, and a
// dial script may name that screen.
func (c *comparison) gone(s *engine.Screen) {
	severity := diag.Warning
	if c.old.Session.Resume > 0 && s.Kind != engine.ScreenEnd || len(c.named[s.Name]) > 0 {
		severity = diag.Error
	}
	c.find("U801", severity, s.Pos, fmt.Sprintf("The screen %s is gone: dropped calls on it start again, and scripts that name it fail.", syntax.Quote(s.Name)),
		fmt.Sprintf("If it has another name now, write \"renamed: {%s: its_new_name}\".", s.Name))
	c.noteScripts(s.Name)
}

// renamed checks U801 for scripts: "renamed" helps calls, but scripts name screens
// as the menu does.
func (c *comparison) renamed(was, now *engine.Screen) {
	if len(c.named[was.Name]) == 0 {
		return
	}
	c.find("U801", diag.Error, now.Pos, fmt.Sprintf("The screen %s is called %s now, and scripts still name it as before.", syntax.Quote(was.Name), syntax.Quote(now.Name)),
		fmt.Sprintf("Write \"(screen is %s)\" in them.", now.Name))
	c.noteScripts(was.Name)
}

// noteScripts adds the lines of scripts that name a screen to the last diagnostic.
func (c *comparison) noteScripts(screen string) {
	last := &c.out[len(c.out)-1]
	for _, at := range c.named[screen] {
		last.Related = append(last.Related, diag.At(at, "A script names it here."))
	}
}

// moved returns a screen's name in the new version.
func (c *comparison) moved(name string) string {
	if to, ok := c.next.Renamed[name]; ok {
		return to
	}
	return name
}

// remembered checks U803: what earlier calls stored for a number is lost or may not fit,
// because it is of another type now, or is not remembered any more.
func (c *comparison) remembered() {
	for _, name := range c.old.Remember {
		was, now := varNamed(c.old, name), varNamed(c.next, name)
		switch {
		case !slices.Contains(c.next.Remember, name):
			pos := c.top()
			if now != nil {
				pos = now.Pos
			}
			c.find("U803", diag.Warning, pos, fmt.Sprintf("The value %s is not remembered any more; callers start each call without it.", syntax.Quote(name)), "")
		case was == nil || now == nil || was.Type.String() == now.Type.String():
		case was.Type.Kind != now.Type.Kind:
			c.find("U803", diag.Error, now.Pos, fmt.Sprintf("The remembered value %s was %q and is now %q; what earlier calls kept is lost.", syntax.Quote(name), was.Type, now.Type), "Give the new value a name of its own.")
		case c.keeps(was.Type, now.Type):
			c.notice(now.Pos, "The remembered value %s is %q, and was %q.", syntax.Quote(name), now.Type, was.Type)
		default:
			c.find("U803", diag.Warning, now.Pos, fmt.Sprintf("The remembered value %s was %q and is now %q; earlier calls kept values that it can't have.", syntax.Quote(name), was.Type, now.Type), "Give the new value a name of its own, or take the old values as well.")
		}
	}
	for _, name := range c.next.Remember {
		if now := varNamed(c.next, name); !slices.Contains(c.old.Remember, name) {
			pos := c.top()
			if now != nil {
				pos = now.Pos
			}
			c.notice(pos, "The value %s is remembered from call to call now.", syntax.Quote(name))
		}
	}
}

// keeps reports whether every value of a type is one of another type, too.
func (c *comparison) keeps(old, next engine.Type) bool {
	if old.Kind == engine.KindChoice {
		return !slices.ContainsFunc(old.Options, func(o string) bool { return !slices.Contains(next.Options, o) })
	}
	return c.takes(old, next)
}

func varNamed(d *engine.Definition, name string) *engine.Var {
	for i := range d.Vars {
		if d.Vars[i].Name == name {
			return &d.Vars[i]
		}
	}
	return nil
}

// contracts checks U804: a session on the old version can't go on if an action's
// contract has changed.
func (c *comparison) contracts() {
	for _, was := range c.old.Contracts {
		for _, now := range c.next.Contracts {
			if was.Name == now.Name && contractText(was) != contractText(now) {
				c.find("U804", diag.Error, c.top(), fmt.Sprintf("The action %s takes or answers something else than before; calls on the old version end with \"updated\".", syntax.Quote(was.Name)), "Release it when few people call.")
			}
		}
	}
}

func contractText(c engine.Contract) string {
	b, err := json.Marshal(c)
	if err != nil {
		panic(err) // plain data
	}
	return string(b)
}

// codes checks U805: a service code that callers know is no longer answered, or
// begins on another screen.
func (c *comparison) codes() {
	for _, was := range c.old.Codes {
		i := slices.IndexFunc(c.next.Codes, func(now engine.Code) bool { return now.Dial == was.Dial })
		if i < 0 {
			var has []string
			for _, now := range c.next.Codes {
				has = append(has, now.Dial)
			}
			c.find("U805", diag.Warning, was.Pos, fmt.Sprintf("Calls to %s are no longer answered; the menu answers %s.", was.Dial, strings.Join(has, " and ")), "Keep the code as long as it is printed anywhere.")
			continue
		}
		now := c.next.Codes[i]
		before, after := c.seen(c.before, was.Start), c.after.Seen(now.Start)
		c.dialled(was, now)
		if c.moved(was.Start) != now.Start && !slices.Equal(before, after) || slices.ContainsFunc(before, func(name string) bool { return !slices.Contains(after, name) }) {
			c.find("U805", diag.Warning, now.Pos, fmt.Sprintf("Calls to %s began on %s and now begin on %s; what is typed ahead of it means something else.", was.Dial, anyOf(before), anyOf(after)), "")
		}
	}
	for _, now := range c.next.Codes {
		if !slices.ContainsFunc(c.old.Codes, func(was engine.Code) bool { return was.Dial == now.Dial }) {
			c.notice(now.Pos, "Calls to %s are answered now.", now.Dial)
		}
	}
}

// dialled reports another set of values that a code sets.
func (c *comparison) dialled(was, now engine.Code) {
	if c.moved(was.Start) == now.Start {
		return // what the screen sets is compared with the screens
	}
	a, b := setsAt(c.old, was.Start), setsAt(c.next, now.Start)
	if a != b {
		c.notice(now.Pos, "A call to %s sets %s, and set %s.", now.Dial, b, a)
	}
}

// setsAt returns what a silent first screen sets.
func setsAt(d *engine.Definition, screen string) string {
	for i := range d.Screens {
		if d.Screens[i].Name == screen {
			return sets(d.Screens[i].Set)
		}
	}
	return sets(nil)
}

// seen returns the screens that callers of the old version can see next from a
// screen, by their new names.
func (c *comparison) seen(g *graph.Graph, from string) []string {
	list := g.Seen(from)
	for i := range list {
		list[i] = c.moved(list[i])
	}
	return list
}

// anyOf returns "a", or "a" or "b".
func anyOf(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = syntax.Quote(n)
	}
	return strings.Join(quoted, " or ")
}
