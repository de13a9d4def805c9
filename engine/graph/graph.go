// Package graph shows a program as screens and the edges between them: it finds
// which screens a call reaches and by which keys, and draws the menu.
package graph

import (
	"strings"

	"github.com/paytrace/paytrace/engine"
)

// A Graph holds the screens and edges of a program. It never changes.
type Graph struct {
	Program *engine.Program
	// Nodes lists the screens in the menu's order, then the engine's own.
	Nodes []Node
	// Edges lists all rows of the program's machine, in its order.
	Edges []Edge

	lang  int
	index map[string]int
	out   map[string][]int // edges by the node they leave
}

// A Node is one screen.
type Node struct {
	// Name is the screen's name. Names of the engine's own screens are in
	// parentheses.
	Name string
	Kind engine.ScreenKind
	// Screen is nil for engine.Idle.
	Screen *engine.Screen
}

// Shown reports whether callers see the screen.
func (n *Node) Shown() bool { return n.Name != engine.Idle && !n.Kind.Silent() }

// Builtin reports whether the node is one of the engine's own screens.
func (n *Node) Builtin() bool { return builtin(n.Name) }

func builtin(name string) bool { return strings.HasPrefix(name, "(") }

// An EdgeKind says what makes a call take an edge.
type EdgeKind uint8

// These are the kinds of edges.
const (
	Start   EdgeKind = iota + 1 // a code is dialled
	Key                         // the caller chooses an option, a row, a language, Yes or No
	Answer                      // the caller answers a question
	Home                        // the caller types the key that leads home
	GiveUp                      // the caller's last answer was wrong, too
	Onward                      // the caller is not asked: choose, set, skip, an empty list
	Outcome                     // an action has ended
	Retry                       // an action asks the question again
	Fault                       // an action failed, is pending or was refused, or data could not be read
)

// An Edge is one row of the machine, with what it means to a caller.
type Edge struct {
	// From, Trigger and To are the machine's row. From and Trigger identify it.
	From, To string
	Trigger  engine.Trigger
	Kind     EdgeKind
	// Label names the edge for a person: "1 Create account", "phone",
	// "created", "if worker is set".
	Label string
	// Input is one input that takes the edge: a key, or an invented answer that
	// fits the question. Tries says how often it is typed, 0 if nothing is typed.
	Input string
	Tries int
	// Needs says what else must be true: a condition, or an action's outcome, such
	// as "create_account: created". It is "" if nothing else is needed.
	Needs string
	// Implied says that the menu does not write this edge: the key home, and
	// where on_failed and similar settings lead.
	Implied bool
	Pos     engine.Pos
}

// Of returns the graph of a program, with the texts of its first language.
func Of(p *engine.Program) *Graph { return In(p, 0) }

// In returns the graph of a program, with the texts of a language; lang is its
// index in the program. If no call can be resumed, the question whether to resume
// is left out.
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

// resumes reports whether a row belongs to the question about a dropped call.
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

// Node returns a screen by name; ok is false if there is none.
func (g *Graph) Node(name string) (n *Node, ok bool) {
	i, ok := g.index[name]
	if !ok {
		return nil, false
	}
	return &g.Nodes[i], true
}

// Out returns the edges that leave a screen.
func (g *Graph) Out(name string) []*Edge {
	list := make([]*Edge, len(g.out[name]))
	for i, at := range g.out[name] {
		list[i] = &g.Edges[at]
	}
	return list
}

// Reach returns all screens that can be reached from a screen, itself included.
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

// Only returns the part of the graph for which the functions return true. An
// edge stays only if both its ends do.
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

// Plain returns the graph as a person wants to see it: without the edges that
// nearly every screen has, and without the engine's own screens.
func (g *Graph) Plain() *Graph {
	return g.Only(
		func(n *Node) bool { return !n.Builtin() || n.Name == engine.Idle },
		func(e *Edge) bool { return !e.Implied },
	)
}

// Around returns a screen with its neighbours on both sides: the screens that
// lead to it, and those that it leads to. It passes through silent steps to the
// next screen that is shown.
func (g *Graph) Around(name string) *Graph {
	near := map[string]bool{name: true}
	g.spread(name, near, func(e *Edge) (string, string) { return e.From, e.To })
	g.spread(name, near, func(e *Edge) (string, string) { return e.To, e.From })
	return g.Only(
		func(n *Node) bool { return near[n.Name] },
		func(e *Edge) bool { return e.From == name || e.To == name || g.silent(e.From) || g.silent(e.To) },
	)
}

// spread adds the screens one step away in a direction, through silent steps.
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
