package check

import (
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// edgeKind says what makes a caller take an edge.
type edgeKind uint8

const (
	edgeStart   edgeKind = iota + 1 // the call begins
	edgeAnswer                      // an option, an answer, Yes, No, a row
	edgeOffer                       // a shortcut on a question
	edgeHome                        // the key that leads home
	edgeGiveUp                      // the last wrong answer
	edgeSkip                        // a screen passed over
	edgeOnward                      // choose, set, an empty list: nothing is asked
	edgeOutcome                     // an action has answered
	edgeRetry                       // an action sends the caller back to the question
	edgeFault                       // an action failed, is pending, or is refused
	edgeFacts                       // the caller's data could not be read
)

// step describes a node of the flow: a screen, the action of an arrow, or one of the
// ends.
type step struct {
	screen *syntax.Screen // nil for begin and over
	call   *syntax.Call   // the action that runs here, or nil
	shown  bool           // the caller sees a screen here
	out    []*edge
	in     []*edge
	// first says that no screen has been shown before this step; origin is the
	// first screen shown, on the actions of its arrows.
	first  bool
	origin *step
	// facts says that the caller's data is read here unless it was read before.
	facts bool
}

// edge describes one way to go on. to is nil if the named screen is missing.
type edge struct {
	from, to *step
	kind     edgeKind
	// label names the edge in messages: "option 3".
	label string
	// outcome is an action's, on the edges that leave it.
	outcome string
	// target is the screen's name as written; zero for what is built in.
	target syntax.Text
	// sets lists the values it gives; anything says that they are unknown. leaves
	// lists those of sets, and of their fields, that it may leave unset.
	sets, leaves []string
	// bits has sets without leaves, and unsure has leaves, once values have numbers.
	bits, unsure bitset
	anything     bool
	assume       []assumption
	// assigns has the values of those of sets that the menu itself writes.
	assigns []syntax.Assign
}

// silent reports whether a call takes the edge without showing its first screen.
func (e *edge) silent() bool {
	return !e.from.shown || e.kind == edgeSkip || e.kind == edgeOnward || e.kind == edgeFacts
}

// flow holds everything a call can do: screens, and the actions between them.
type flow struct {
	c     *index
	begin *step
	over  *step // a built-in text ends the call
	steps []*step
	// of holds the screens as later in a call, firsts those same screens as the
	// first ones of a call, without navigation, and the steps before them.
	of, firsts map[*syntax.Screen]*step
	unbuilt    []*step // of firsts, still without their edges
	edges      []*edge
	// calls lists the steps of actions.
	calls map[*syntax.Call][]*step
	// needs holds the screens and actions that use the caller's data.
	needs map[any]bool
	// must and may hold the values surely and possibly set on entering a step.
	names     map[string]int
	must, may map[*step]bitset
	secrets   bitset
	scratch   [2]bitset // for enter
	answers   map[impliedKey]bitset
}

// starting reports whether the call has shown no screen yet behind an edge.
func (st *step) starting(kind edgeKind) bool {
	return st.first && (!st.shown || kind == edgeSkip || kind == edgeOnward || kind == edgeFacts)
}

// at returns the step of a screen behind an edge.
func (fl *flow) at(from *step, kind edgeKind, s *syntax.Screen) *step {
	if !from.starting(kind) {
		return fl.of[s]
	}
	st := fl.firsts[s]
	if st == nil {
		st = fl.step(s, s.Do)
		st.first = true
		fl.firsts[s] = st
		fl.unbuilt = append(fl.unbuilt, st)
	}
	return st
}

// copies returns the steps of a screen that a call can reach.
func (fl *flow) copies(s *syntax.Screen) []*step {
	return fl.reached(fl.of[s], fl.firsts[s])
}

func (fl *flow) reached(steps ...*step) []*step {
	var list []*step
	for _, st := range steps {
		if _, ok := fl.must[st]; ok {
			list = append(list, st)
		}
	}
	return list
}

func (fl *flow) step(s *syntax.Screen, call *syntax.Call) *step {
	st := &step{screen: s, call: call}
	if call != nil {
		fl.calls[call] = append(fl.calls[call], st)
	}
	if s != nil {
		st.shown = s.Shows() && call == nil
		// The screen where unreadable data leads does not wait for it again.
		lang := fl.needs["lang"] && call == nil && s.Shows() && s.Name.Value != fl.c.f.OnFailed.Value
		st.facts = lang || call == nil && fl.needs[s] || call != nil && fl.needs[call]
	}
	fl.steps = append(fl.steps, st)
	return st
}

// impliedKey identifies one cached answer of implied.
type impliedKey struct {
	cond       *syntax.Cond
	holds, set bool
}

// navigates reports whether a screen may show the keys Back and Home, which it does
// if a call can reach it from another screen.
func (fl *flow) navigates(s *syntax.Screen) bool {
	return !s.NavOff && !s.Ends() && len(fl.reached(fl.of[s])) > 0
}
