// Package graph sees a program as screens and the ways between them: who
// reaches what, by which keys, and how it looks drawn.
package graph

import (
	"strings"

	"github.com/paytrace/paytrace/engine"
)

// Graph is a program's screens and ways. It is never written to once it is made.
type Graph struct {
	Program *engine.Program
	// Nodes are the screens in the menu's order, behind them the engine's own.
	Nodes []Node
	// Edges are all rows of the program's machine, in its order.
	Edges []Edge

	lang  int
	index map[string]int
	out   map[string][]int // edges by the node they leave
}

// Node is one screen.
type Node struct {
	// Name is the screen's; the engine's own stand in parentheses.
	Name string
	Kind engine.ScreenKind
	// Screen is what the program has under that name; nil for engine.Idle.
	Screen *engine.Screen
}

// Shown reports whether callers see the screen.
func (n *Node) Shown() bool { return n.Name != engine.Idle && !n.Kind.Silent() }

// Builtin reports one of the engine's own states.
func (n *Node) Builtin() bool { return builtin(n.Name) }

func builtin(name string) bool { return strings.HasPrefix(name, "(") }

// EdgeKind says what makes a call take an edge.
type EdgeKind uint8

// The kinds.
const (
	Start   EdgeKind = iota + 1 // a code is dialled
	Key                         // the caller chooses an option, a row, a language, Yes or No
	Answer                      // the caller answers a question
	Home                        // the caller types the key that leads home
	GiveUp                      // the caller's last answer was wrong, too
	Onward                      // nobody is asked: choose, set, skip, an empty list
	Outcome                     // an action has answered
	Retry                       // an action sends the caller back to the question
	Fault                       // an action failed, is pending or refused, or data could not be read
)

// Edge is one way on: a row of the machine, and what it means to a caller.
type Edge struct {
	// From, Trigger and To are the machine's row; From and Trigger name the edge.
	From, To string
	Trigger  engine.Trigger
	Kind     EdgeKind
	// Label is how a person names the way: "1 Create account", "phone",
	// "created", "if worker is set".
	Label string
	// Input is one input that takes the edge: a key, or an answer made up that
	// fits the question. Tries says how often it is typed: 0 where nothing is.
	Input string
	Tries int
	// Needs is what must hold besides the input: a condition, or an action's
	// outcome as "create_account: created". "" for nothing.
	Needs string
	// Implied says that the menu does not write this way: the key home, and
	// where on_failed and the like lead.
	Implied bool
	Pos     engine.Pos
}

// Of is the graph of a program, worded in the menu's own language.
func Of(p *engine.Program) *Graph { return In(p, 0) }

// In is the graph of a program, worded in a language by its place among the
// program's. Where calls are never taken up again, the question whether to is
// left out.
func In(p *engine.Program, lang int) *Graph {
	g := &Graph{Program: p, lang: lang, index: map[string]int{}, out: map[string][]int{}}
	g.node(engine.Idle)
	for i := range p.Definition().Screens {
		g.node(p.Definition().Screens[i].Name)
	}
	d := describer{p: p, lang: lang}
	for _, t := range p.Transitions() {
		if resumes(t) && p.Resume() == 0 {
			continue
		}
		g.node(t.To)
		g.add(d.edge(t))
	}
	return g
}

// resumes reports a row of the question whether to take up a dropped call.
func resumes(t engine.Transition) bool { return t.From == engine.Resume || t.To == engine.Resume }

func (g *Graph) node(name string) {
	if _, there := g.index[name]; there {
		return
	}
	n := Node{Name: name}
	if s, ok := g.Program.Screen(name); ok && name != engine.Idle {
		n.Screen, n.Kind = s, s.Kind
	}
	g.index[name] = len(g.Nodes)
	g.Nodes = append(g.Nodes, n)
}

func (g *Graph) add(e Edge) {
	g.out[e.From] = append(g.out[e.From], len(g.Edges))
	g.Edges = append(g.Edges, e)
}

// Node is a screen by name, with false if there is none.
func (g *Graph) Node(name string) (*Node, bool) {
	i, ok := g.index[name]
	if !ok {
		return nil, false
	}
	return &g.Nodes[i], true
}

// Out are the edges that leave a screen.
func (g *Graph) Out(name string) []*Edge {
	list := make([]*Edge, len(g.out[name]))
	for i, at := range g.out[name] {
		list[i] = &g.Edges[at]
	}
	return list
}

// Reach is all that can be come to from a screen, itself included.
func (g *Graph) Reach(from string) map[string]bool {
	seen := map[string]bool{from: true}
	for next := []string{from}; len(next) > 0; {
		at := next[0]
		next = next[1:]
		for _, i := range g.out[at] {
			if to := g.Edges[i].To; !seen[to] {
				seen[to] = true
				next = append(next, to)
			}
		}
	}
	return seen
}

// Only is the part of the graph whose nodes and edges are kept by the
// functions; an edge needs both its ends.
func (g *Graph) Only(node func(*Node) bool, edge func(*Edge) bool) *Graph {
	part := &Graph{Program: g.Program, lang: g.lang, index: map[string]int{}, out: map[string][]int{}}
	for i := range g.Nodes {
		if node(&g.Nodes[i]) {
			part.node(g.Nodes[i].Name)
		}
	}
	for _, e := range g.Edges {
		_, from := part.index[e.From]
		_, to := part.index[e.To]
		if from && to && edge(&e) {
			part.add(e)
		}
	}
	return part
}

// Plain is the graph as a person wants it drawn: without the ways that nearly
// every screen has, and without the engine's own ends.
func (g *Graph) Plain() *Graph {
	return g.Only(
		func(n *Node) bool { return !n.Builtin() || n.Name == engine.Idle },
		func(e *Edge) bool { return !e.Implied },
	)
}

// Around is a screen with all that leads to it and all it leads to: the
// neighbourhood on both sides. Silent steps between two screens are passed
// through, so that it reaches from one screen shown to the next.
func (g *Graph) Around(name string) *Graph {
	near := map[string]bool{name: true}
	g.spread(name, near, func(e *Edge) (string, string) { return e.From, e.To })
	g.spread(name, near, func(e *Edge) (string, string) { return e.To, e.From })
	return g.Only(
		func(n *Node) bool { return near[n.Name] },
		func(e *Edge) bool { return e.From == name || e.To == name || g.silent(e.From) || g.silent(e.To) },
	)
}

// spread adds what lies one step from a screen in a direction, going on through
// silent steps.
func (g *Graph) spread(name string, near map[string]bool, ends func(*Edge) (from, to string)) {
	done := map[string]bool{name: true}
	for next := []string{name}; len(next) > 0; {
		at := next[0]
		next = next[1:]
		for i := range g.Edges {
			from, to := ends(&g.Edges[i])
			if from != at || done[to] {
				continue
			}
			near[to], done[to] = true, true
			if g.silent(to) {
				next = append(next, to)
			}
		}
	}
}

func (g *Graph) silent(name string) bool {
	n, ok := g.Node(name)
	return ok && !n.Shown() && name != engine.Idle
}
