package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// targetsExist checks U101: every screen that the menu names exists.
//
// Nothing is missed: every arrow is an edge of the flow, even if no call reaches it,
// and an edge to a missing screen has no end. The names outside arrows (start, home,
// on_failed, on_pending, dropped, renamed) are looked up.
func (c *checker) targetsExist() {
	if len(c.f.Screens) == 0 {
		return // nothing was read, which is already reported
	}
	for _, e := range c.flow.edges {
		if e.to == nil && e.target.Written() && e.kind != edgeHome && e.kind != edgeFault && e.kind != edgeFacts {
			c.noScreen(e.target, e.subject())
		}
		if e.to == nil && e.kind == edgeFault && e.from.screen.Handles(e.target) {
			c.noScreen(e.target, e.subject())
		}
	}
	for _, t := range []struct {
		name string
		at   syntax.Text
	}{{"on_failed", c.f.OnFailed}, {"on_pending", c.f.OnPending}, {"home", c.f.Nav.HomeTo.Screen}} {
		c.wantScreen(t.at, fmt.Sprintf("%q", t.name))
	}
	if c.f.Dropped != nil {
		for _, name := range c.f.Dropped.After {
			if c.screens[name.Value] == nil {
				c.find(name, fmt.Sprintf(`"dropped" names %s, but there is no such screen.`, syntax.Quote(name.Value)), "").Suggest(c.near(name.Value, c.screenNames))
			}
		}
	}
	if len(c.f.Dials) > 0 {
		c.wantScreen(c.f.Start, `"start"`) // though each code may have a screen of its own
	}
	for _, r := range c.f.Renamed {
		c.wantScreen(r.Value, fmt.Sprintf("The renamed screen %q", r.Key.Value))
	}
}

// subject names what leads along an edge: `"main" option 3`, `"send" (an answer)`.
func (e *edge) subject() string {
	switch {
	case e.from.screen == nil:
		return syntax.Upper(e.label)
	case strings.HasPrefix(e.label, "option "):
		return syntax.Quote(e.from.screen.Name.Value) + " " + e.label
	}
	return syntax.Quote(e.from.screen.Name.Value) + " (" + e.label + ")"
}

func (c *checker) wantScreen(at syntax.Text, subject string) {
	if at.Written() && c.screens[at.Value] == nil {
		c.noScreen(at, subject)
	}
}

func (c *checker) noScreen(at syntax.Text, subject string) {
	c.find(at, fmt.Sprintf("%s goes to %s, but there is no such screen.", subject, syntax.Quote(at.Value)), "").Suggest(c.near(at.Value, c.screenNames))
}

// reachable checks U102: a call can reach every screen.
//
// Nothing is missed except screens that only conditions make unreachable (U107): the
// flow treats each condition as both true and false.
func (c *checker) reachable() {
	if !c.starts() || slices.ContainsFunc(c.f.Screens, func(s *syntax.Screen) bool { return s.Partial }) {
		return // the reason is already reported
	}
	for _, s := range c.f.Screens {
		if len(c.flow.copies(s)) > 0 {
			continue
		}
		var notes []diag.Related
		for _, e := range c.flow.of[s].in {
			notes = append(notes, diag.At(e.target.Pos, fmt.Sprintf("%s leads here, but cannot be reached itself.", e.subject())))
			break
		}
		c.find(s.Name, fmt.Sprintf("No path leads to the screen %s.", syntax.Quote(s.Name.Value)), "Lead an arrow to it, or delete it.", notes...)
	}
}

// starts reports whether calls begin on an existing screen.
func (c *checker) starts() bool {
	for _, e := range c.flow.begin.out {
		if e.to != nil {
			return true
		}
	}
	return false
}

// chooseHasElse checks U106: a choose has an else.
//
// Nothing is missed: it looks at the last case of every choose.
func (c *checker) chooseHasElse() {
	for _, s := range c.f.Screens {
		n := len(s.Choose)
		if n == 0 || s.Choose[n-1].If == nil {
			continue
		}
		c.findKey(s.ChoosePos, "choose", fmt.Sprintf("%s does not say where a call goes when none of its conditions holds.", syntax.Quote(s.Name.Value)), `Add a last line like "- else -> main".`)
	}
}
