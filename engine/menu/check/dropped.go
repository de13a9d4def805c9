package check

import (
	"fmt"

	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// droppedIn names the text of the SMS, for messages.
const droppedIn = `the SMS of "dropped"`

// leaves reports whether a caller who drops off on a screen gets an SMS.
func (c *index) leaves(s *syntax.Screen) bool {
	if c.f.Dropped == nil {
		return false
	}
	for _, name := range c.f.Dropped.After {
		if name.Value == s.Name.Value {
			return true
		}
	}
	return false
}

// dropsOff checks U113: the SMS to callers who drop off can go out after each screen
// that it names.
//
// Nothing is missed: it looks at every name, and U101 finds those of no screen.
func (c *checker) dropsOff() {
	if c.f.Dropped == nil {
		return
	}
	seen := map[string]syntax.Text{}
	for _, name := range c.f.Dropped.After {
		if first, twice := seen[name.Value]; twice {
			c.find(name, fmt.Sprintf("%s stands twice in this list.", syntax.Quote(name.Value)), "Delete one of the two.", diag.At(first.Pos, "The other is here."))
			continue
		}
		seen[name.Value] = name
		if s := c.screens[name.Value]; s != nil && !s.Partial {
			c.dropAfter(name, s)
		}
	}
}

func (c *checker) dropAfter(name syntax.Text, s *syntax.Screen) {
	at := diag.At(s.Name.Pos, "The screen is here.")
	switch {
	case s.End != nil || s.EndsBySay:
		c.find(name, fmt.Sprintf("Nobody drops off on %s: the call ends there.", syntax.Quote(name.Value)), "Name the screens on which callers still have something to do.", at)
	case !s.Shows():
		c.find(name, fmt.Sprintf("Nobody drops off on %s: callers never see it.", syntax.Quote(name.Value)), "Name the screen that callers see before or after it.", at)
	case s.Goal.Written():
		c.find(name, fmt.Sprintf("%s has a goal, so no SMS follows it.", syntax.Quote(name.Value)), `Take it out of "after", or delete its "goal".`, diag.At(s.Goal.Pos, "The goal is here."))
	}
}
