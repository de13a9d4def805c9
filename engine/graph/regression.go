package graph

import (
	"slices"

	"github.com/paytrace/paytrace/engine"
)

// A Regression is a path that callers know and that a new version lacks: the same
// input on a screen leads elsewhere.
type Regression struct {
	// Path is the shortest path to the screen in the old version. By is the edge
	// that the caller takes there.
	Path Path
	By   *Edge
	// Was is a screen that the edge could reach before. The new version has it.
	Was string
	// Now lists the screens that the same input reaches in the new version. It is
	// empty if the input is no answer there.
	Now []string
	// Pos is the position of the screen in the new version.
	Pos engine.Pos
}

// Regressions returns the paths of an old version that a new one lacks, in the old
// menu's order, each at the screen where it leads elsewhere. Of silent steps, only
// the screens behind them count. moved returns the new name of an old screen.
// Screens that are gone, and options whose own target changed, are left to a
// comparison screen by screen.
func Regressions(old, next *Graph, moved func(string) string) []Regression {
	var list []Regression
	for _, path := range old.Paths() {
		from, _ := old.Node(path.To)
		there, stays := next.Node(moved(path.To))
		if !from.Shown() || from.Builtin() || !stays {
			continue
		}
		for _, by := range old.Out(from.Name) {
			if !typed(by) {
				continue
			}
			same := next.same(there.Name, by)
			if by.Kind == Key && from.Kind == engine.ScreenMenu && (same == nil || same.To != moved(by.To)) {
				continue // the option itself has changed
			}
			now := next.reaches(same)
			for _, was := range old.reaches(by) {
				if _, still := next.Node(moved(was)); still && !slices.Contains(now, moved(was)) {
					list = append(list, Regression{Path: path, By: by, Was: was, Now: now, Pos: there.Screen.Pos})
				}
			}
		}
	}
	return list
}

// typed reports whether a caller takes the edge by an answer to the screen.
func typed(e *Edge) bool {
	return !e.Implied && (e.Kind == Key || e.Kind == Answer || e.Kind == GiveUp)
}

// same returns the edge that the input of another graph's edge takes from a
// screen, or nil.
func (g *Graph) same(from string, as *Edge) *Edge {
	for _, e := range g.Out(from) {
		if typed(e) && e.Kind == as.Kind && (e.Kind != Key || e.Input == as.Input) {
			return e
		}
	}
	return nil
}

// reaches returns the screens that callers can see next by an edge, without
// faults.
func (g *Graph) reaches(by *Edge) []string {
	if by == nil {
		return nil
	}
	return g.Seen(by.To)
}

// Seen returns the screens that callers can see next when a call comes to a target,
// without faults: the target itself, or the screens behind it if it is silent.
func (g *Graph) Seen(target string) []string {
	var list []string
	seen := map[string]bool{target: true}
	for todo := []string{target}; len(todo) > 0; todo = todo[1:] {
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
