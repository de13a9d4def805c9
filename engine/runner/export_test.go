package runner

import "github.com/paytrace/paytrace/engine"

// PutRecent and LenRecent let a test see that the memory is bounded.
func PutRecent(r *Recent, session string) {
	r.put(&saved{point: point{s: engine.Session{ID: session}}})
}

// LenRecent returns how many records are remembered.
func LenRecent(r *Recent) int { return len(r.young) + len(r.old) }
