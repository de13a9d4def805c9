package graph

import (
	"slices"

	"github.com/paytrace/paytrace/engine"
)

// Lost is a way that callers know and a new version has no more: what they type
// on a screen leads elsewhere.
type Lost struct {
	// Path is the shortest way to the screen, in the old version, and By what is
	// typed there.
	Path Path
	By   *Edge
	// Was is the screen that this could come to. It is still there.
	Was string
	// Now are the screens it comes to in the new version; none where it is no
	// answer any more.
	Now []string
	// Pos is the screen's place in the new version.
	Pos engine.Pos
}

// Losses are the ways of an old version that a new one has no more, in the old
// menu's order, each at the screen where it goes astray. Silent steps between two
// screens don't count, only where they can come out. moved gives the new name of
// an old screen. Ways from or to screens that are gone, and options that lead
// elsewhere at once, are left to those who compare screen by screen.
func Losses(old, next *Graph, moved func(string) string) []Lost {
	var list []Lost
	for _, path := range old.Paths() {
		from, _ := old.Node(path.To)
		there, kept := next.Node(moved(path.To))
		if !from.Shown() || from.Builtin() || !kept {
			continue
		}
		for _, by := range old.Out(from.Name) {
			if !typed(by) {
				continue
			}
			same := next.same(there.Name, by)
			if by.Kind == Key && from.Kind == engine.ScreenMenu && (same == nil || same.To != moved(by.To)) {
				continue // the option itself is another
			}
			now := next.comesTo(same)
			for _, was := range old.comesTo(by) {
				if _, still := next.Node(moved(was)); still && !slices.Contains(now, moved(was)) {
					list = append(list, Lost{Path: path, By: by, Was: was, Now: now, Pos: there.Screen.Pos})
				}
			}
		}
	}
	return list
}

// typed reports an edge that a caller takes by an answer to the screen.
func typed(e *Edge) bool {
	return !e.Implied && (e.Kind == Key || e.Kind == Answer || e.Kind == GiveUp)
}

// same is the edge of a screen that is taken by what takes another graph's edge;
// nil for none.
func (g *Graph) same(from string, as *Edge) *Edge {
	for _, e := range g.Out(from) {
		if typed(e) && e.Kind == as.Kind && (e.Kind != Key || e.Input == as.Input) {
			return e
		}
	}
	return nil
}

// comesTo are the screens that callers can see next by an edge, faults left out.
func (g *Graph) comesTo(by *Edge) []string {
	if by == nil {
		return nil
	}
	var list []string
	seen := map[string]bool{by.To: true}
	for todo := []string{by.To}; len(todo) > 0; todo = todo[1:] {
		n, ok := g.Node(todo[0])
		switch {
		case !ok || n.Builtin():
			continue
		case n.Shown():
			list = append(list, n.Name)
			continue
		}
		for _, e := range g.Out(n.Name) {
			if e.Kind != Fault && !seen[e.To] {
				seen[e.To] = true
				todo = append(todo, e.To)
			}
		}
	}
	return list
}
