package check

import (
	"fmt"
	"time"

	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// These constants bound what fits into a session's time.
const (
	// gatewayWaits is how long an aggregator waits for an answer (Africa's
	// Talking: 10 s).
	gatewayWaits = 10 * time.Second
	// sessionLasts is the time after which the network ends a session, and
	// perScreen the time a caller needs to read a screen and to type.
	sessionLasts = 180 * time.Second
	perScreen    = 8 * time.Second
)

// gatewayWaitsFor checks U701: the actions between two screens end while the gateway
// still waits.
//
// Nothing is missed: it adds up the longest path of silent steps with the most that
// each action may take, and counts every step of a cycle.
func (c *checker) gatewayWaitsFor() {
	next := func(st *step) []*step {
		var list []*step
		for _, e := range st.out {
			if e.to != nil && e.silent() && e.kind != edgeFacts {
				list = append(list, e.to)
			}
		}
		return list
	}
	longest := map[*step]time.Duration{}
	for _, cycle := range c.flow.cycles(c.flow.steps, next) {
		var behind, own time.Duration
		for _, st := range cycle {
			own += c.takes(st)
			for _, to := range next(st) {
				behind = max(behind, longest[to])
			}
		}
		for _, st := range cycle {
			longest[st] = own + behind
		}
		if st := cycle[0]; st.call != nil && own+behind > gatewayWaits && behind <= gatewayWaits {
			c.find(st.call.Action, fmt.Sprintf("From here to the next screen the actions may take %g s; the gateway waits %g s.", (own+behind).Seconds(), gatewayWaits.Seconds()), "Show a screen in between.")
		}
	}
}

// takes returns the longest time a step may take.
func (c *checker) takes(st *step) time.Duration {
	if st.call == nil || c.contracts[st.call.Action.Value] == nil {
		return 0
	}
	return c.contracts[st.call.Action.Value].Takes
}

// sessionLong checks U702: a caller can reach each screen before the session ends.
func (c *checker) sessionLong() {
	const most = int(sessionLasts / perScreen)
	depth := c.depths(func(st *step) bool { return st.shown && st.screen != nil })
	for _, s := range c.f.Screens {
		if n := c.depthOf(depth, s); n == most+1 && s.Shows() {
			c.find(s.Name, fmt.Sprintf("%s is the %s screen at the earliest; in the %d seconds of a call a caller gets through about %d.", syntax.Quote(s.Name.Value), ordinal(n), int(sessionLasts.Seconds()), most), "Ask for less, or let callers go on in a second call.")
		}
	}
}

// promptEnds checks U703: the session ends where the network must show its own
// prompt, which appears only then.
func (c *checker) promptEnds() {
	for _, call := range c.calls {
		contract := c.contracts[call.Action.Value]
		if contract == nil || !contract.SIMPrompt {
			continue
		}
		for _, e := range done(c.flow.calls[call][0], contract) {
			for _, st := range c.nextShown(e.to) {
				if st.screen != nil && !st.screen.Ends() {
					at := e.target
					if !at.Written() {
						at = call.Action
					}
					c.find(at, fmt.Sprintf("The network asks for the caller's PIN after %s, but %s keeps the session open.", syntax.Quote(contract.Name), stepName(st)), `Lead to a screen with "end".`)
				}
			}
		}
	}
}

// resumeBeforeConfirm checks U704: no renamed screen lies behind a Yes. A resumed call
// would skip the confirm.
func (c *checker) resumeBeforeConfirm() {
	if c.f.Session.Resume.For == 0 {
		return
	}
	cs := c.consents()
	for _, r := range c.f.Renamed {
		s := c.screens[r.Value.Value]
		if s == nil {
			continue
		}
		copies := c.flow.copies(s)
		if _, free := cs.without(copies); len(copies) > 0 && !free {
			c.find(r.Value, fmt.Sprintf("A call resumed from %s would land on %s, past the confirm before it.", syntax.Quote(r.Key.Value), syntax.Quote(s.Name.Value)), "Rename it to the confirm.")
		}
	}
}

// profileFits checks U705: a menu stays within the limits of its gateway.
func (c *checker) profileFits() {
	name := c.f.Session.Gateway
	profile, known := syntax.ProfileNamed(name.Value)
	if !known {
		var names []string
		for _, p := range syntax.Profiles {
			names = append(names, p.Name)
		}
		help := "Known are " + anyOf(names) + "."
		c.find(name, fmt.Sprintf("There is no gateway %s.", syntax.Quote(name.Value)), help).Suggest(c.near(name.Value, names))
		return
	}
	if n := c.f.Limits.Screen; n.N > profile.Limits.Septets {
		c.find(n.Text, fmt.Sprintf("The gateway %s shows %d characters, not %d.", syntax.Quote(profile.Name), profile.Limits.Septets, n.N), fmt.Sprintf("Write %d or less.", profile.Limits.Septets))
	}
}
