package coverage

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/sample"
)

// MaxStates bounds the search of one menu: states that differ in something its
// ways depend on. The shipped menus have some hundreds.
const MaxStates = 50_000

// maxLeaves bounds how many ends of its actions one input is tried with.
const maxLeaves = 400

// callHour is the time of day of calls with a clock.
const callHour = 9 * time.Hour

// search finds shortest ways: it makes all calls that differ in something a
// menu's ways depend on, those with the fewest inputs first, with the engine's
// own pure step.
type search struct {
	program *engine.Program
	people  *engine.Personas
	decides *decides
	samples *sample.Values
	endings *endings
	// types are those of all values, by name.
	types map[string]engine.Type
	// names are those of the values that decide, in order.
	names []string
	// lang is where a session holds its language, which "is set" asks of.
	lang int

	max   int
	drops bool // whether calls are dropped, too
	seen  map[string]bool
	want  map[itemKey]bool
	found map[itemKey]*node
	// ever are all items that some call has shown.
	ever map[itemKey]bool
	// cut says that the search ended before it had seen everything.
	cut bool
}

// node is a call up to a screen.
type node struct {
	program *engine.Program
	session engine.Session
	source  *source
	from    *node
	// typed led here: the dialled code or an input. dropped says that the call
	// before was dropped, and this is the next one.
	typed   string
	dropped bool
	// ran are the actions that ended on the way, in order.
	ran    []ran
	inputs int
	said   int // what a script has to say besides the inputs
	more   bool
	key    string
	// shows are the items that the last input has shown.
	shows []itemKey
}

// ran is how an action ended.
type ran struct {
	action string
	answer engine.Answer
}

func newSearch(p *engine.Program, people *engine.Personas, max int) *search {
	def := p.Definition()
	x := &search{
		program: p, people: people, decides: decidesOf(def), max: max,
		samples: &sample.Values{People: people, Today: engine.DateOf(dialscript.DefaultClock)},
		types:   map[string]engine.Type{},
		seen:    map[string]bool{}, want: map[itemKey]bool{}, found: map[itemKey]*node{}, ever: map[itemKey]bool{},
	}
	x.names = sortedNames(x.decides.names)
	for i, v := range append(engine.BuiltinVars(def.Languages), def.Vars...) {
		x.types[v.Name] = v.Type
		if v.Name == "lang" {
			x.lang = i
		}
	}
	x.endings = &endings{contracts: dialscript.Contracts([]*engine.Program{p}), samples: x.samples, decides: x.decides, standard: people.Answers}
	return x
}

// run searches until everything wanted is found or nothing is left to see.
func (x *search) run() error {
	sources, err := x.sources()
	if err != nil {
		return err
	}
	var level []*node
	for _, src := range sources {
		level = append(level, x.begin(src)...)
	}
	for level = x.fresh(level); len(level) > 0 && len(x.want) > 0; level = x.fresh(level) {
		if len(x.seen) > x.max {
			x.cut = true
			return nil
		}
		var next []*node
		for _, n := range level {
			next = append(next, x.expand(n)...)
		}
		level = next
	}
	return nil
}

// fresh are the nodes of a level in states not seen before: of those that are
// alike the one that has to say least, in the order found.
func (x *search) fresh(level []*node) []*node {
	slices.SortStableFunc(level, func(a, b *node) int { return a.said - b.said })
	var list []*node
	for _, n := range level {
		if n.session.Ended {
			continue
		}
		if n.key = x.state(n); !x.seen[n.key] {
			x.seen[n.key] = true
			list = append(list, n)
		}
	}
	// What was found on this level stays: other ways there are longer.
	for k := range x.found {
		delete(x.want, k)
	}
	return list
}

// begin dials.
func (x *search) begin(src *source) []*node {
	root := &node{program: src.program, source: src, said: src.said}
	req := engine.Request{Provider: dialscript.DefaultGateway, Session: "search", Caller: src.scene.Caller.Phone, Service: src.code}
	clock := src.scene.Clock
	root.session = src.program.Begin(req, engine.DateOf(clock))
	return x.children(root, src.code, false, engine.Event{Kind: engine.EventDial, Start: src.program.StartFor(src.code)})
}

// expand makes every input worth trying.
func (x *search) expand(n *node) []*node {
	if n.after() && n.session.Screen != engine.Resume {
		return nil // nothing is there that the call before could not come to
	}
	var list []*node
	for _, typed := range x.inputs(n) {
		list = append(list, x.children(n, typed, false, engine.Event{Kind: engine.EventInput, Input: typed, Digest: "of " + typed})...)
	}
	if x.drops && !n.after() && x.rests(n) {
		list = append(list, x.drop(n)...)
	}
	return list
}

// after reports whether the call before was dropped.
func (n *node) after() bool {
	for ; n != nil; n = n.from {
		if n.dropped {
			return true
		}
	}
	return false
}

// rests reports whether a call dropped here can be taken up again.
func (x *search) rests(n *node) bool {
	name, def := n.session.Resting.Screen, n.program.Definition()
	starts := slices.ContainsFunc(def.Codes, func(c engine.Code) bool { return c.Start == name })
	return name != "" && !starts && name != def.Nav.HomeScreen
}

// drop loses the network and dials again.
func (x *search) drop(n *node) []*node {
	src := *n.source
	root := *n
	root.source = &src
	req := engine.Request{Provider: dialscript.DefaultGateway, Session: "again", Caller: src.scene.Caller.Phone, Service: src.code}
	root.session = n.program.Begin(req, engine.DateOf(src.scene.Clock))
	rest := n.session.Resting
	list := x.children(&root, src.code, true, engine.Event{Kind: engine.EventDial, Start: n.program.StartFor(src.code), Resume: &rest})
	for _, child := range list {
		child.from = n
	}
	return list
}

// children are where an input leads: one for each way in which the actions on
// its way may end.
func (x *search) children(n *node, typed string, dropped bool, ev engine.Event) []*node {
	w := &leaves{search: x, from: n}
	w.step(n.session, ev, nil, nil)
	for _, child := range w.list {
		child.typed, child.dropped, child.inputs = typed, dropped, n.inputs+1
	}
	return w.list
}

// leaves follows one input to all its ends.
type leaves struct {
	*search
	from *node
	list []*node
}

func (w *leaves) step(s engine.Session, ev engine.Event, moves []engine.Move, done []ran) {
	if len(w.list) >= maxLeaves {
		w.cut = true
		return
	}
	next, eff, more, err := w.from.program.Trace(s, ev)
	if err != nil {
		return // no call gets here: the runner shows an error's screen
	}
	moves = append(slices.Clip(moves), more...)
	if eff.Call != nil {
		w.call(next, eff.Call, moves, done)
		return
	}
	child := &node{
		program: w.from.program, session: next, source: w.from.source, from: w.from, ran: done, said: w.from.said,
	}
	child.said += w.unsaid(child)
	if w.from.source != nil && len(moves) > 0 {
		child.more = moves[len(moves)-1].More
	}
	w.list = append(w.list, child)
	w.note(child, moves)
}

// call goes on with each ending of an action.
func (w *leaves) call(s engine.Session, c *engine.Call, moves []engine.Move, done []ran) {
	outcome := func(out engine.Outcome) engine.Event { return engine.Event{Kind: engine.EventOutcome, Outcome: out} }
	switch c.Action {
	case engine.CallFacts:
		out := engine.Outcome{Name: engine.Done}
		for _, name := range c.Facts {
			if v := w.from.source.facts[name]; v.IsSet() {
				out.Values = append(out.Values, engine.Named{Name: name, Value: v})
			}
		}
		w.step(s, outcome(out), moves, done)
		return
	case engine.CallSMS, engine.CallRemember:
		w.step(s, outcome(engine.Outcome{Name: engine.Done}), moves, done)
		return
	}
	held := func(place string) engine.Value { return heldIn(w.from.program, &s, place) }
	for _, a := range w.endings.of(c.Action, held) {
		if out, ok := w.endings.outcome(c.Action, a); ok {
			w.step(s, outcome(out), moves, append(slices.Clip(done), ran{c.Action, a}))
		}
	}
}

// heldIn is the session's value in a place.
func heldIn(p *engine.Program, s *engine.Session, place string) engine.Value {
	name, field, dotted := strings.Cut(place, ".")
	v := p.Value(s, name)
	if dotted {
		v = v.Field(field)
	}
	return v
}

// unsaid is how many of a node's own endings a script has to say, since nothing
// else does.
func (x *search) unsaid(n *node) int {
	count := 0
	turns := map[string]int{}
	for at := n.from; at != nil; at = at.from {
		for _, r := range at.ran {
			turns[r.action]++
		}
	}
	for _, r := range n.ran {
		if std, ok := x.endings.turn(r.action, turns[r.action]); !ok || !sameAnswer(std, r.answer) {
			count++
		}
		turns[r.action]++
	}
	return count
}

// note keeps the first node that shows something: the one with the fewest
// inputs, and of those the one that has to say least.
func (x *search) note(n *node, moves []engine.Move) {
	for _, m := range moves {
		e := dialscript.EventOf(n.program, m)
		for _, k := range keys(&e) {
			x.ever[k] = true
			n.shows = append(n.shows, k)
			if !x.want[k] {
				continue
			}
			if old := x.found[k]; old == nil || n.said < old.said {
				x.found[k] = n
			}
		}
	}
}

// state names what a call's further ways depend on.
func (x *search) state(n *node) string {
	s := &n.session
	var b strings.Builder
	fmt.Fprintf(&b, "%s|%d|%t|%d|%t|%s|%t|%t|%v|%s", s.Screen, s.Offset, n.more, s.Wrong, s.Notice != "" && n.more, s.Repeat, s.Facts, n.after(), s.Skipped, s.Lang())
	if x.decides.names["lang"] && s.Values[x.lang].IsSet() {
		b.WriteString("|chosen")
	}
	for _, name := range x.names {
		b.WriteString("|" + x.decides.outlook(name, n.program.Value(s, name)))
	}
	// What is remembered and not read yet decides what comes.
	if !s.Facts {
		for _, name := range x.names {
			b.WriteString("|" + x.decides.outlook(name, n.source.facts[name]))
		}
		b.WriteString("|" + n.source.scene.Lang())
	}
	return b.String()
}

func sortedNames(set map[string]bool) []string {
	list := make([]string, 0, len(set))
	for name := range set {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}
