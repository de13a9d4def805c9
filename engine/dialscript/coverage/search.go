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

// MaxStates bounds the states that one search visits. The shipped menus have some
// hundreds.
const MaxStates = 50_000

// maxLeaves bounds the combinations of outcomes that one input is tried with.
const maxLeaves = 400

// callHour is the time of day in calls that set a clock.
const callHour = 9 * time.Hour

// search finds the shortest paths to items, breadth first, with the engine's own
// step. It treats states as equal if no condition of the menu can tell them apart.
type search struct {
	program *engine.Program
	people  *engine.Personas
	decides *decides
	samples *sample.Values
	endings *endings
	// types has the type of each value, by name.
	types map[string]engine.Type
	// names lists the values that conditions ask for, sorted.
	names []string
	// lang is the index of the language among a session's values.
	lang int

	max   int
	drops bool // whether the search also drops calls
	seen  map[string]bool
	want  map[itemKey]bool
	found map[itemKey]*node
	// ever has all items that some call of the search showed.
	ever map[itemKey]bool
	// cut says that the search stopped at its limit.
	cut bool
}

// A node is a call up to a screen.
type node struct {
	program *engine.Program
	session engine.Session
	source  *source
	from    *node
	// typed is the last input, or the dialled code. dropped says that this is the call
	// after one that was dropped.
	typed   string
	dropped bool
	// ran lists the actions that the last input ran, in order.
	ran    []ran
	inputs int
	said   int // stage directions that a script needs for this call
	more   bool
	key    string
	// shows lists the items that the last input showed.
	shows []itemKey
}

// ran records the outcome of an action.
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

// run searches until it has found everything wanted, or has visited all states.
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

// fresh returns the nodes of a level whose state is new. Of nodes in the same state
// it keeps the one that needs the fewest stage directions.
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
	// A path found on this level is final, because all others are longer.
	for k := range x.found {
		delete(x.want, k)
	}
	return list
}

// begin dials a code and returns the first screens.
func (x *search) begin(src *source) []*node {
	root := &node{program: src.program, source: src, said: src.said}
	req := engine.Request{Provider: dialscript.DefaultGateway, Session: "search", Caller: src.scene.Caller.Phone, Service: src.code}
	clock := src.scene.Clock
	root.session = src.program.Begin(req, engine.DateOf(clock))
	return x.children(root, src.code, false, engine.Event{Kind: engine.EventDial, Start: src.program.StartFor(src.code)})
}

// expand tries the inputs of a node and returns the nodes that they lead to.
func (x *search) expand(n *node) []*node {
	if n.after() && n.session.Screen != engine.Resume {
		return nil // the call before could reach everything from here
	}
	var list []*node
	for _, typed := range x.inputs(n) {
		list = append(list, x.children(n, typed, false, engine.Event{Kind: engine.EventInput, Input: typed, Digest: "of " + typed})...)
	}
	if x.drops && !n.after() && x.resumable(n) {
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

// resumable reports whether a call that drops here can be continued.
func (x *search) resumable(n *node) bool {
	name, def := n.session.Resting.Screen, n.program.Definition()
	starts := slices.ContainsFunc(def.Codes, func(c engine.Code) bool { return c.Start == name })
	return name != "" && !starts && name != def.Nav.HomeScreen
}

// drop drops the call and dials again.
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

// children returns the nodes that an input leads to: one for each combination of
// outcomes of the actions that it runs.
func (x *search) children(n *node, typed string, dropped bool, ev engine.Event) []*node {
	w := &leaves{search: x, from: n}
	w.step(n.session, ev, nil, nil)
	for _, child := range w.list {
		child.typed, child.dropped, child.inputs = typed, dropped, n.inputs+1
	}
	return w.list
}

// leaves follows one input through all outcomes of the actions that it runs.
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
		return // the runner ends such a call with an error screen
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

// call continues with each outcome of an action.
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
	current := func(place string) engine.Value { return valueAt(w.from.program, &s, place) }
	for _, a := range w.endings.of(c.Action, current) {
		if out, ok := w.endings.outcome(c.Action, a); ok {
			w.step(s, outcome(out), moves, append(slices.Clip(done), ran{c.Action, a}))
		}
	}
}

// valueAt returns the session's value at a place: a name, or a field of one.
func valueAt(p *engine.Program, s *engine.Session, place string) engine.Value {
	name, field, dotted := strings.Cut(place, ".")
	v := p.Value(s, name)
	if dotted {
		v = v.Field(field)
	}
	return v
}

// unsaid counts the outcomes of a node that a script must write, because people.yaml
// does not give them.
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

// note keeps the first node that shows an item: the one with the fewest inputs, then
// with the fewest stage directions.
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

// state returns a key for everything that the rest of a call depends on.
func (x *search) state(n *node) string {
	s := &n.session
	var b strings.Builder
	fmt.Fprintf(&b, "%s|%d|%t|%d|%t|%s|%t|%t|%v|%s", s.Screen, s.Offset, n.more, s.Wrong, s.Notice != "" && n.more, s.Repeat, s.Facts, n.after(), s.Skipped, s.Lang())
	if x.decides.names["lang"] && s.Values[x.lang].IsSet() {
		b.WriteString("|chosen")
	}
	for _, name := range x.names {
		b.WriteString("|" + x.decides.abstract(name, n.program.Value(s, name)))
	}
	// Remembered values count even before the session reads them.
	if !s.Facts {
		for _, name := range x.names {
			b.WriteString("|" + x.decides.abstract(name, n.source.facts[name]))
		}
		b.WriteString("|" + n.source.scene.Lang())
	}
	return b.String()
}

// sortedNames returns the keys of a set, sorted.
func sortedNames(set map[string]bool) []string {
	list := make([]string, 0, len(set))
	for name := range set {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}
