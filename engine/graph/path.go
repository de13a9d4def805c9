package graph

import (
	"container/heap"
	"strings"

	"github.com/paytrace/paytrace/engine"
)

// A Path leads from the start of a call to a screen, with the fewest inputs.
type Path struct {
	To    string
	Edges []*Edge
}

// Inputs returns what is typed on the path, in order.
func (p Path) Inputs() []string {
	var in []string
	for _, e := range p.Edges {
		for range e.Tries {
			in = append(in, e.Input)
		}
	}
	return in
}

// Keys returns the inputs as a gateway sends them, joined with stars.
func (p Path) Keys() string { return strings.Join(p.Inputs(), "*") }

// Needs returns what else must be true on the path, in order.
func (p Path) Needs() []string {
	var needs []string
	for _, e := range p.Edges {
		if e.Needs != "" {
			needs = append(needs, e.Needs)
		}
	}
	return needs
}

// Paths returns the shortest path to every screen that a call can reach, in the
// menu's order. Of paths with the same number of inputs it takes the one that
// needs least. It takes one through a fault, or past a skipped question, only if
// there is no other. It does not compare conditions: a path may need two that
// can't be true together.
func (g *Graph) Paths() []Path {
	best := g.shortest()
	var list []Path
	for i := range g.Nodes {
		n := &g.Nodes[i]
		if at, ok := best[n.Name]; ok && n.Name != engine.Idle {
			list = append(list, at.path(best))
		}
	}
	return list
}

// Unreached returns the menu's screens that no call can reach.
func (g *Graph) Unreached() []string {
	best := g.shortest()
	var list []string
	for i := range g.Nodes {
		if n := &g.Nodes[i]; !n.Builtin() && best[n.Name] == nil {
			list = append(list, n.Name)
		}
	}
	return list
}

// A cost compares paths: by faults first, then inputs, conditions and steps.
type cost struct{ faults, inputs, needs, steps int }

func (c cost) less(d cost) bool {
	switch {
	case c.faults != d.faults:
		return c.faults < d.faults
	case c.inputs != d.inputs:
		return c.inputs < d.inputs
	case c.needs != d.needs:
		return c.needs < d.needs
	default:
		return c.steps < d.steps
	}
}

func (c cost) plus(e *Edge) cost {
	c.inputs += e.Tries
	c.steps++
	// A skipped question was answered before, on a longer path.
	if e.Kind == Fault || e.Kind == Retry || e.Trigger.Kind == engine.TriggerSkip {
		c.faults++
	}
	if e.Needs != "" {
		c.needs++
	}
	return c
}

// reached holds the best known path to a node: its last edge, and its cost.
type reached struct {
	name string
	by   *Edge
	cost cost
	at   int // in the heap
}

func (r *reached) path(best map[string]*reached) Path {
	p := Path{To: r.name}
	for ; r.by != nil; r = best[r.by.From] {
		p.Edges = append(p.Edges, r.by)
	}
	for i, j := 0, len(p.Edges)-1; i < j; i, j = i+1, j-1 {
		p.Edges[i], p.Edges[j] = p.Edges[j], p.Edges[i]
	}
	return p
}

// shortest runs Dijkstra's algorithm from the start of the call.
func (g *Graph) shortest() map[string]*reached {
	best := map[string]*reached{engine.Idle: {name: engine.Idle}}
	open := &frontier{best[engine.Idle]}
	for open.Len() > 0 {
		at := heap.Pop(open).(*reached)
		for _, i := range g.out[at.name] {
			e := &g.Edges[i]
			c := at.cost.plus(e)
			to := best[e.To]
			switch {
			case to == nil:
				to = &reached{name: e.To, by: e, cost: c}
				best[e.To] = to
				heap.Push(open, to)
			case to.at >= 0 && c.less(to.cost):
				to.by, to.cost = e, c
				heap.Fix(open, to.at)
			}
		}
	}
	return best
}

// A frontier is a heap of nodes, the cheapest first. A node outside has at -1.
type frontier []*reached

func (f frontier) Len() int           { return len(f) }
func (f frontier) Less(i, j int) bool { return f[i].cost.less(f[j].cost) }
func (f frontier) Swap(i, j int) {
	f[i], f[j] = f[j], f[i]
	f[i].at, f[j].at = i, j
}

func (f *frontier) Push(x any) {
	r := x.(*reached)
	r.at = len(*f)
	*f = append(*f, r)
}

func (f *frontier) Pop() any {
	last := len(*f) - 1
	r := (*f)[last]
	*f = (*f)[:last]
	r.at = -1
	return r
}
