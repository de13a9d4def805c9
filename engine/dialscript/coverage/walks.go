package coverage

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/dialscript"
)

// longestWalk bounds a random call. A session of three minutes has about as many
// screens.
const longestWalk = 20

// triesAWalk is how often a walk is drawn again that was drawn before. A small menu has
// few different calls.
const triesAWalk = 20

// Walks returns up to count random calls to a menu, without the texts of their screens.
// The same seed gives the same calls.
func Walks(p *engine.Program, people *engine.Personas, count int, seed uint64) ([]dialscript.Call, error) {
	x := newSearch(p, people, MaxStates)
	sources, err := x.sources()
	if err != nil {
		return nil, err
	}
	w := &walker{search: x, sources: sources, rand: rand.New(rand.NewPCG(seed, seed))} //nolint:gosec // a seed repeats a walk; nothing here is secret
	var calls []dialscript.Call
	seen := map[string]bool{}
	for i := range count {
		for range triesAWalk {
			n := w.walk()
			if n == nil || seen[w.written(n)] {
				continue
			}
			seen[w.written(n)] = true
			call := x.callTo(&Item{found: n})
			call.Title = fmt.Sprintf("Walk %d", i+1)
			calls = append(calls, call)
			break
		}
	}
	return calls, nil
}

// A walker makes random calls.
type walker struct {
	*search
	sources []*source
	rand    *rand.Rand
}

// walk makes one call and returns its last node.
func (w *walker) walk() *node {
	n := drawn(w.rand, w.begin(drawn(w.rand, w.sources)))
	for range longestWalk {
		if n == nil || n.session.Ended {
			break
		}
		if w.program.Resume() > 0 && !n.after() && w.resumable(n) && w.rand.IntN(longestWalk) == 0 {
			n = drawn(w.rand, w.drop(n))
			continue
		}
		typed := drawn(w.rand, w.inputs(n))
		next := w.children(n, typed, false, engine.Event{Kind: engine.EventInput, Input: typed, Digest: "of " + typed})
		if len(next) == 0 {
			break // the runner ends such a call with an error screen
		}
		n = drawn(w.rand, next)
	}
	return n
}

// written returns what tells the call to a node from others.
func (w *walker) written(n *node) string {
	path := w.path(n)
	return strings.Join(append(path.Given, path.Keys...), "\n")
}

// drawn returns an element at random, the zero value of an empty list.
func drawn[T any](r *rand.Rand, list []T) (none T) {
	if len(list) == 0 {
		return none
	}
	return list[r.IntN(len(list))]
}

// Passing returns the calls of results that have passed.
func Passing(results []dialscript.Result) []dialscript.Call {
	var calls []dialscript.Call
	for i := range results {
		if results[i].Status == dialscript.Passed {
			calls = append(calls, *results[i].Call)
		}
	}
	return slices.Clip(calls)
}
