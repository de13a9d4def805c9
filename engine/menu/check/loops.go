package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// silentLoops checks U104: a call shows a screen every few steps.
//
// Nothing is missed: a call that never shows a screen takes silent edges for ever,
// so it goes through a cycle of them, and all cycles are found.
func (c *checker) silentLoops() {
	fl := c.flow
	silent := func(skips bool) func(*step) []*step {
		return func(st *step) []*step {
			var list []*step
			for _, e := range st.out {
				if e.to != nil && e.silent() && e.kind != edgeFacts && (skips || e.kind != edgeSkip) {
					list = append(list, e.to)
				}
			}
			return list
		}
	}
	looped := false
	for _, cycle := range fl.cycles(fl.steps, silent(false)) {
		if len(cycle) > 1 || leadsTo(cycle[0], cycle[0], silent(false)) {
			looped = true
			first := c.firstOf(cycle)
			c.find(first.Name, fmt.Sprintf("From %s a call can go in a circle and never show a screen.", syntax.Quote(first.Name.Value)), "Let one of these steps lead to a screen that shows something.", diag.Related{Text: "Cycle: " + c.screensOf(cycle) + "."})
		}
	}
	if !looped {
		c.longSilence(fl.cycles(fl.steps, silent(true)), silent(true))
	}
}

// longSilence reports paths with more silent steps than the engine allows. A call
// skips a screen at most once, so every step of a cycle of skipped screens counts.
func (c *checker) longSilence(cycles [][]*step, next func(*step) []*step) {
	longest := map[*step]int{}
	for _, cycle := range cycles { // what a cycle leads to comes before it
		n := 0
		for _, st := range cycle {
			for _, to := range next(st) {
				n = max(n, longest[to])
			}
		}
		for _, st := range cycle {
			longest[st] = n + len(cycle)
		}
		if st := cycle[0]; n <= engine.MaxSilent && n+len(cycle) > engine.MaxSilent && st.screen != nil {
			c.find(st.screen.Name, fmt.Sprintf("From %s a call can take more than %d steps without showing a screen.", syntax.Quote(st.screen.Name.Value), engine.MaxSilent), "Show a screen in between.")
		}
	}
}

// firstOf returns, of the steps' screens, the first one in the menu.
func (c *checker) firstOf(steps []*step) *syntax.Screen {
	var first *syntax.Screen
	for _, st := range steps {
		if st.screen != nil && (first == nil || diag.ComparePos(st.screen.Name.Pos, first.Name.Pos) < 0) {
			first = st.screen
		}
	}
	return first
}

// screensOf names the screens of the steps, in the menu's order.
func (c *checker) screensOf(steps []*step) string {
	const most = 8 // enough to find the others
	var list []*syntax.Screen
	for _, st := range steps {
		if st.screen != nil && !slices.Contains(list, st.screen) {
			list = append(list, st.screen)
		}
		if len(list) > 4*most {
			break
		}
	}
	slices.SortFunc(list, func(a, b *syntax.Screen) int { return diag.ComparePos(a.Name.Pos, b.Name.Pos) })
	var names []string
	for i, s := range list {
		if i == most {
			names = append(names, "…")
			break
		}
		names = append(names, s.Name.Value)
	}
	return strings.Join(names, ", ")
}

// deadEnds checks U103: from every screen the caller can get on.
//
// Nothing is missed: every reachable step is in one group of cycles, and a group is a
// trap if no deliberate edge leaves it and it has no end.
func (c *checker) deadEnds() {
	for _, trap := range c.traps() {
		if len(trap) > 1 || trap[0].screen == nil || leadsTo(trap[0], trap[0], c.deliberate()) {
			continue
		}
		s := trap[0].screen
		c.find(s.Name, fmt.Sprintf("From %s the caller can never finish: nothing leads on.", syntax.Quote(s.Name.Value)), c.exit(s))
	}
}

// exit returns the help that lets callers get on from a screen.
func (c *checker) exit(s *syntax.Screen) string {
	nav := &c.f.Nav
	switch {
	case !nav.Back.Key.Written() && !nav.Home.Key.Written():
		return `Write "end" in place of "show", or give the menu a key that leads on: "back: 0 Back" below "nav".`
	case s.NavOff:
		return `"nav: none" takes Back and Home away here: delete it, write "end" in place of "show", or give the screen a "menu".`
	}
	return `A call begins here, and on its first screen there is no Back and no Home: write "end" in place of "show", or give the screen a "menu".`
}

// closedLoops checks U105: no screens lead only to each other.
//
// Nothing is missed, for the same reason as in deadEnds, which reports traps
// of a single step.
func (c *checker) closedLoops() {
	for _, trap := range c.traps() {
		if len(trap) == 1 && !leadsTo(trap[0], trap[0], c.deliberate()) {
			continue
		}
		first := c.firstOf(trap)
		c.find(first.Name, fmt.Sprintf("From %s on the caller goes in a circle and never reaches an end.", syntax.Quote(first.Name.Value)), `Lead one option to a screen with "end".`, diag.Related{Text: "Cycle: " + c.screensOf(trap) + "."})
	}
}

// traps returns the groups of steps that no edge leaves and that have no end. An edge
// that a caller cannot choose (a fault, the last wrong answer) does not count. A step
// with another error counts as an end.
func (c *checker) traps() [][]*step {
	next := c.deliberate()
	var reached []*step
	for _, st := range c.flow.steps {
		if _, ok := c.flow.must[st]; ok {
			reached = append(reached, st)
		}
	}
	finishes := map[*step]bool{}
	var traps [][]*step
	for _, cycle := range c.flow.cycles(reached, next) {
		inside := map[*step]bool{}
		for _, st := range cycle {
			inside[st] = true
		}
		out, ends := false, false
		for _, st := range cycle {
			ends = ends || c.isEnd(st)
			for _, to := range next(st) {
				ends = ends || finishes[to]
				out = out || !inside[to]
			}
		}
		for _, st := range cycle {
			finishes[st] = ends
		}
		if !ends && !out {
			traps = append(traps, cycle)
		}
	}
	return traps
}

// isEnd reports whether a step is an end, or counts as one because its edges are not
// known.
func (c *checker) isEnd(st *step) bool {
	if st.screen == nil || st.screen.Ends() {
		return true
	}
	for _, e := range st.out {
		if e.to == nil {
			return true
		}
	}
	if st.call != nil {
		contract := c.contracts[st.call.Action.Value]
		return contract == nil || len(st.screen.When) == 0
	}
	return st.screen.Kindless()
}

// deliberate returns the edges that a caller can choose, including Back.
func (c *checker) deliberate() func(*step) []*step {
	if c.onward == nil {
		c.onward = map[*step][]*step{}
		for _, e := range c.flow.edges {
			builtIn := e.kind == edgeGiveUp && !e.target.Written()
			if e.to != nil && !builtIn && e.kind != edgeFault && e.kind != edgeFacts {
				c.onward[e.from] = append(c.onward[e.from], e.to)
			}
		}
		if c.f.Nav.Back.Key.Written() {
			c.backSteps()
		}
	}
	return func(st *step) []*step { return c.onward[st] }
}

// backSteps adds the edges of the Back key: to every screen that leads here with no
// other screen in between.
func (c *checker) backSteps() {
	for _, st := range c.flow.steps {
		if st.screen == nil || !st.shown || st.first || st.screen.NavOff || st.screen.Ends() {
			continue
		}
		seen := map[*step]bool{}
		todo := []*step{st}
		for len(todo) > 0 {
			from := todo[0]
			todo = todo[1:]
			for _, e := range from.in {
				switch {
				case e.from.shown && !e.silent():
					c.onward[st] = append(c.onward[st], e.from)
				case !seen[e.from]:
					seen[e.from] = true
					todo = append(todo, e.from)
				}
			}
		}
	}
}
