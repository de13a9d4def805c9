package runner

import (
	"sync"
	"time"

	"github.com/paytrace/paytrace/engine"
)

// A saved is a session as it was saved. It is never modified.
type saved struct {
	point
	head engine.RecordHead
	// until bounds how long it may replace a lost record.
	until time.Time
}

// of reports whether a request belongs to this session and its caller.
func (s *saved) of(r *engine.Request) bool {
	of := &s.s
	return of.ID == r.Session && of.Provider == r.Provider && of.Caller == r.Caller && of.Service == r.Service
}

// Recent remembers the sessions that this instance saved last, in two halves:
// when the newer half is full, the older one is dropped.
type Recent struct {
	mu         sync.Mutex
	most       int
	young, old map[string]*saved
}

// DefaultRecent is how many sessions an instance remembers. One takes about a
// kilobyte.
const DefaultRecent = 32_768

// NewRecent returns a memory for at most that many sessions.
func NewRecent(most int) *Recent {
	return &Recent{most: max(2, most), young: map[string]*saved{}, old: map[string]*saved{}}
}

func (r *Recent) get(session string) *saved {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s, ok := r.young[session]; ok {
		return s
	}
	return r.old[session]
}

func (r *Recent) put(s *saved) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.young) >= r.most/2 {
		clear(r.old)
		r.old, r.young = r.young, r.old // reuse the memory of the old half
	}
	r.young[s.s.ID] = s
}
