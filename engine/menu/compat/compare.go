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
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// Compare reports what a new version of a menu breaks for callers, sessions and dial
// scripts that know the old one: the codes U801 to U805. named returns where dial
// scripts name a screen; it is nil if there are no scripts. Positions are those of
// the new version, or of the old one for what is gone.
func Compare(old, next *engine.Program, named map[string][]engine.Pos) diag.List {
	c := &comparison{old: old.Definition(), next: next.Definition(), program: next, named: named}
	c.screens()
	c.remembered()
	c.contracts()
	c.codes()
	c.out.Sort()
	return c.out
}

type comparison struct {
	old, next *engine.Definition
	program   *engine.Program // the new one
	named     map[string][]engine.Pos
	out       diag.List
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
		c.options(was, now)
	}
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

// options checks U802: callers who know a key by heart type it without reading.
func (c *comparison) options(was, now *engine.Screen) {
	if was.Kind != now.Kind || was.Kind != engine.ScreenMenu {
		return
	}
	after := map[string]*engine.Option{}
	for i := range now.Options {
		after[optionKeyOf(now, i)] = &now.Options[i]
	}
	for i := range was.Options {
		before, key := &was.Options[i], optionKeyOf(was, i)
		o := after[key]
		switch {
		case o == nil:
			c.find("U802", diag.Warning, now.Pos, fmt.Sprintf("Key %s on %s was %s and is no longer an option%s.", key, syntax.Quote(now.Name), syntax.Quote(labelOf(before)), c.keyNow(before, now)), "Callers who know it by heart get \"invalid\"; tell them.")
		case c.moved(before.Go) != o.Go && labelOf(before) != labelOf(o):
			c.find("U802", diag.Warning, o.Pos, fmt.Sprintf("Key %s on %s was %s and is now %s%s.", key, syntax.Quote(now.Name), syntax.Quote(labelOf(before)), syntax.Quote(labelOf(o)), c.keyNow(before, now)), "Callers who know it by heart get something else; give new options new keys.")
		case c.moved(before.Go) != o.Go:
			c.find("U802", diag.Warning, o.Pos, fmt.Sprintf("Key %s on %s (%s) led to %s and now leads to %s.", key, syntax.Quote(now.Name), labelOf(o), syntax.Quote(before.Go), syntax.Quote(o.Go)), "")
		}
	}
}

// keyNow describes the new key of an option that has lost its own: the key of the
// option with the same words and target, otherwise of one with the same target. It is
// "" if there is none.
func (c *comparison) keyNow(before *engine.Option, now *engine.Screen) string {
	for i := range now.Options {
		if o := &now.Options[i]; o.Go == c.moved(before.Go) && labelOf(o) == labelOf(before) {
			return fmt.Sprintf("; %s is key %s now", syntax.Quote(labelOf(o)), optionKeyOf(now, i))
		}
	}
	for i := range now.Options {
		if o := &now.Options[i]; o.Go == c.moved(before.Go) {
			return fmt.Sprintf("; what it led to is key %s now", optionKeyOf(now, i))
		}
	}
	return ""
}

// moved returns a screen's name in the new version.
func (c *comparison) moved(name string) string {
	if to, ok := c.next.Renamed[name]; ok {
		return to
	}
	return name
}

func optionKeyOf(s *engine.Screen, i int) string {
	if key := s.Options[i].Key; key != "" && !s.Numbered {
		return key
	}
	return fmt.Sprint(i + 1)
}

func labelOf(o *engine.Option) string { return o.Label.In(0).String() }

// remembered checks U803: a value from earlier calls can't be read as another type.
func (c *comparison) remembered() {
	for _, name := range c.old.Remember {
		if !slices.Contains(c.next.Remember, name) {
			continue
		}
		was, now := varNamed(c.old, name), varNamed(c.next, name)
		if was != nil && now != nil && was.Type.String() != now.Type.String() {
			c.find("U803", diag.Error, now.Pos, fmt.Sprintf("The remembered value %s was %q and is now %q; what earlier calls kept is lost.", syntax.Quote(name), was.Type, now.Type), "Give the new value a name of its own.")
		}
	}
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
				c.find("U804", diag.Error, engine.Pos{File: c.next.Name + ".yaml", Line: 1, Column: 1}, fmt.Sprintf("The action %s takes or answers something else than before; calls on the old version end with \"updated\".", syntax.Quote(was.Name)), "Release it when few people call.")
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
		switch {
		case i < 0:
			var has []string
			for _, now := range c.next.Codes {
				has = append(has, now.Dial)
			}
			c.find("U805", diag.Warning, was.Pos, fmt.Sprintf("Calls to %s are no longer answered; the menu answers %s.", was.Dial, strings.Join(has, " and ")), "Keep the code as long as it is printed anywhere.")
		case c.moved(was.Start) != c.next.Codes[i].Start:
			c.find("U805", diag.Warning, c.next.Codes[i].Pos, fmt.Sprintf("Calls to %s began on %s and now begin on %s; what is typed ahead of it means something else.", was.Dial, syntax.Quote(was.Start), syntax.Quote(c.next.Codes[i].Start)), "")
		}
	}
}

// Changes returns, in one sentence each, what callers will notice besides what Compare
// reports: new screens and changed words.
func Changes(old, next *engine.Program) []string {
	var list []string
	before := map[string]string{} // names of the old version
	for was, now := range next.Definition().Renamed {
		before[now] = was
	}
	for i := range next.Definition().Screens {
		now := &next.Definition().Screens[i]
		if now.Kind.Silent() {
			continue
		}
		was, ok := old.Screen(now.Name)
		if !ok {
			was, ok = old.Screen(before[now.Name])
		}
		if !ok {
			list = append(list, fmt.Sprintf("The screen %s is new: %s.", syntax.Quote(now.Name), syntax.Quote(saidBy(now, 0))))
			continue
		}
		for lang, l := range next.Definition().Languages {
			if a, b := saidBy(was, lang), saidBy(now, lang); a != b {
				list = append(list, fmt.Sprintf("The screen %s says in %s %s, and said %s.", syntax.Quote(now.Name), l.Name, syntax.Quote(b), syntax.Quote(a)))
			}
		}
	}
	return list
}

// saidBy returns everything that a screen says and offers in a language.
func saidBy(s *engine.Screen, lang int) string {
	var parts []string
	for _, say := range s.Say {
		parts = append(parts, say.Words.In(lang).String())
	}
	for i := range s.Options {
		parts = append(parts, optionKeyOf(s, i)+" "+s.Options[i].Label.In(lang).String())
	}
	return strings.Join(parts, " / ")
}
