package coverage

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/sample"
)

// MaxStates bounds the states that one search visits, which takes some seconds. The
// shipped menus have some hundreds.
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
	want  map[itemKey]bool
	// found has the end of the shortest path to each item that was shown. final has
	// those that no later node replaces, and level those of the current level.
	found map[itemKey]*node
	final map[itemKey]bool
	level []itemKey

	visited
	// ever has all items that some call of the search showed.
	ever map[itemKey]bool
	// cut says that the search stopped at its limit. over says that searching again
	// would find nothing new.
	cut, over bool
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
	// done says that the call has reached a goal, so dropping off sends no SMS.
	done bool
	// shows lists the items that the last input showed, and moves the transitions that
	// it took.
	shows []itemKey
	moves []engine.Move
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
		types:   map[string]engine.Type{}, visited: visited{numbers: map[value]int32{}},
		want: map[itemKey]bool{}, found: map[itemKey]*node{}, final: map[itemKey]bool{}, ever: map[itemKey]bool{},
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

// run searches until it has found everything wanted, or has visited all states. Most
// items depend on few values, so it first visits only states with a new combination
// of two values, then of three. Those are far fewer than all states, and a search
// through all proves that the remaining items can't be shown.
func (x *search) run() error {
	if x.over {
		return nil
	}
	sources, err := x.sources()
	if err != nil {
		return err
	}
	for _, width := range []int{2, maxWidth, allValues} {
		x.begins(width)
		x.cut = false
		x.levels(sources)
		switch {
		case len(x.want) == 0:
			return nil
		case x.states >= x.max:
			x.cut, x.over = true, true
			return nil
		}
	}
	x.over = true
	return nil
}

// levels visits states level by level, those with the fewest inputs first.
func (x *search) levels(sources []*source) {
	var level []*node
	for _, src := range sources {
		level = append(level, x.begin(src)...)
	}
	for level = x.fresh(level); len(level) > 0 && len(x.want) > 0; level = x.fresh(level) {
		if x.states >= x.max {
			x.cut = true
			return
		}
		var next []*node
		for _, n := range level {
			next = append(next, x.expand(n)...)
		}
		level = next
	}
}

// fresh returns the nodes of a level that are to be visited. Of nodes in the same
// state it keeps the one that needs the fewest stage directions.
func (x *search) fresh(level []*node) []*node {
	slices.SortStableFunc(level, func(a, b *node) int { return a.said - b.said })
	var list []*node
	for _, n := range level {
		if n.session.Ended || x.states >= x.max {
			continue
		}
		if x.visit(x.parts(n)) {
			list = append(list, n)
		}
	}
	// A path found on this level is final, because all others are longer.
	for _, k := range x.level {
		x.final[k] = true
		delete(x.want, k)
	}
	x.level = x.level[:0]
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
	return name != "" && !n.program.BeginsOn(name) && name != def.Nav.HomeScreen
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
		program: w.from.program, session: next, source: w.from.source, from: w.from, ran: done, moves: moves, said: w.from.said,
	}
	child.said += w.unwritten(child)
	if w.from.source != nil && len(moves) > 0 {
		child.more = moves[len(moves)-1].More
	}
	child.done = w.from.done || next.Screen != "" && w.reaches(moves)
	w.list = append(w.list, child)
	w.note(child, moves)
	w.noteDropOff(child)
}

// reaches reports whether moves show a screen with a goal.
func (w *leaves) reaches(moves []engine.Move) bool {
	return slices.ContainsFunc(moves, func(m engine.Move) bool {
		s, ok := w.program.Screen(m.Screen)
		return ok && m.Trigger.Kind == engine.TriggerShown && s.Goal != ""
	})
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

// unwritten counts the outcomes of a node that a script must write, because people.yaml
// does not give them.
func (x *search) unwritten(n *node) int {
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
			n.shows = append(n.shows, k)
			x.keep(k, n)
		}
	}
}

// noteDropOff keeps a node on which a caller who drops off gets an SMS. The call shows
// that only if it stops there.
func (x *search) noteDropOff(n *node) {
	if screen := n.session.Screen; !n.done && x.program.DropsAfter(screen) {
		x.keep(itemKey{group: DropOffs, row: row{screen, simple(engine.TriggerLeft)}}, n)
	}
}

func (x *search) keep(k itemKey, n *node) {
	x.ever[k] = true
	if old := x.found[k]; !x.final[k] && (old == nil || n.said < old.said) {
		x.found[k] = n
		x.level = append(x.level, k)
	}
}

// parts returns numbers for the parts of a state: the first for the place of the call,
// one more for each value that the rest of the call depends on.
func (x *search) parts(n *node) []int32 {
	s := &n.session
	list := append(x.scratch[:0], x.number(value{0, fmt.Sprintf("%s|%d|%t|%d|%t|%s|%t|%t|%v",
		s.Screen, s.Offset, n.more, s.Wrong, s.Notice != "" && n.more, s.Repeat, s.Facts, n.after(), s.Skipped)}))
	add := func(text string) { list = append(list, x.number(value{len(list), text})) }
	lang := s.Lang()
	if x.decides.names["lang"] && s.Values[x.lang].IsSet() {
		lang += "|chosen"
	}
	add(lang)
	if n.program.Definition().Dropped != nil {
		add(strconv.FormatBool(n.done))
	}
	for _, name := range x.names {
		add(x.decides.abstract(name, n.program.Value(s, name)))
	}
	// Remembered values count even before the session reads them.
	if !s.Facts {
		for _, name := range x.names {
			add(x.decides.abstract(name, n.source.facts[name]))
		}
		add(n.source.scene.Lang())
	}
	x.scratch = list
	return list
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
