package check

import (
	"slices"

	"github.com/paytrace/paytrace/engine"
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
	// sets lists the values it gives; anything says that they are unknown.
	sets     []string
	bits     bitset // sets, once values have numbers
	anything bool
	assume   []assumption
	// assigns has the values of those of sets that the menu itself writes.
	assigns []syntax.Assign
}

// silent reports whether a call takes the edge without showing its first screen.
func (e *edge) silent() bool {
	return !e.from.shown || e.kind == edgeSkip || e.kind == edgeOnward || e.kind == edgeFacts
}

// flow holds everything a call can do: screens, and the actions between them.
type flow struct {
	c     *checker
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

// buildFlow makes the graph. It leaves out Back, which restores an earlier state.
func (c *checker) buildFlow() *flow {
	fl := &flow{c: c, of: map[*syntax.Screen]*step{}, firsts: map[*syntax.Screen]*step{}, calls: map[*syntax.Call][]*step{}}
	fl.readers()
	fl.begin, fl.over = fl.step(nil, nil), fl.step(nil, nil)
	fl.over.shown, fl.begin.first = true, true
	for _, s := range c.f.Screens {
		fl.of[s] = fl.step(s, s.Do)
	}
	for _, s := range c.f.Screens {
		fl.screen(s, fl.of[s])
	}
	fl.starts()
	for i := 0; i < len(fl.steps); i++ { // the loop appends to steps
		fl.build()
		if fl.steps[i].facts {
			fl.unread(fl.steps[i])
		}
	}
	fl.solve()
	return fl
}

// build adds the edges of the first screens that were found since the last call.
func (fl *flow) build() {
	for len(fl.unbuilt) > 0 {
		st := fl.unbuilt[0]
		fl.unbuilt = fl.unbuilt[1:]
		fl.screen(st.screen, st)
	}
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

// readers finds the screens and actions that need the data read at the start of a
// call: the caller's account and the remembered values.
func (fl *flow) readers() {
	kept := map[string]bool{"worker": true}
	for _, name := range fl.c.f.Remember {
		kept[name.Value] = true
	}
	fl.needs = map[any]bool{"lang": kept["lang"]}
	for _, u := range fl.c.uses {
		switch {
		case !kept[u.name] || u.screen == nil:
		case u.call != nil:
			fl.needs[u.call] = true
		default:
			fl.needs[u.screen] = true
		}
	}
	// Remembered values are read before they are set, which shows what changed.
	for _, call := range fl.c.calls {
		contract := fl.c.contracts[call.Action.Value]
		if contract == nil {
			continue
		}
		for _, o := range contract.Outcomes {
			if slices.ContainsFunc(o.Gives, func(g engine.Field) bool { return kept[g.Name] }) {
				fl.needs[call] = true
			}
		}
	}
	for _, s := range fl.c.f.Screens {
		set := names(s.Assigns())
		for _, k := range kinds.On(s) {
			if k.gives != nil {
				set = append(set, k.gives(s)...)
			}
		}
		for _, name := range set {
			if kept[name] {
				fl.needs[s] = true
			}
		}
	}
}

func (fl *flow) starts() {
	f := fl.c.f
	whole := len(f.Dials) == 0
	for _, d := range f.Dials {
		if d.Screen.Written() {
			fl.to(fl.begin, edgeStart, "the code "+d.Code.Value, d.Screen)
		} else {
			whole = true
		}
	}
	if whole && f.Start.Written() {
		fl.to(fl.begin, edgeStart, `"start"`, f.Start)
	}
}
