package runner

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/paytrace/paytrace/engine"
)

// A Retention says how long a catalogue retains programs that were replaced:
// sessions finish on the version they began with.
type Retention struct {
	// Load compiles a program from its stored source. An error that wraps
	// ErrNoProgram says that there is none.
	Load func(ctx context.Context, hash string) (*engine.Program, error)
	// TTL is how long a session's record lives after its last callback.
	TTL time.Duration
	Now func() time.Time
}

const (
	// MaxReplaced is how many replaced programs stay in memory if Load can
	// compile them again: far more than a day of work on menus produces.
	MaxReplaced = 64
	// LoadBudget bounds one Load within a callback.
	LoadBudget = 2 * time.Second
)

// For returns how long after its last use a session may need p.
func (r *Retention) For(p *engine.Program) time.Duration { return max(r.TTL, p.Resume()) }

// A retained is a program in memory, in force or replaced.
type retained struct {
	program  *engine.Program
	used     atomic.Int64 // last use by a session, in Unix nanoseconds
	replaced time.Time    // when it left force here; zero if it did not
}

func (r *retained) touch(now time.Time) { r.used.Store(now.UnixNano()) }

func (r *retained) lastUse() time.Time { return time.Unix(0, r.used.Load()) }
