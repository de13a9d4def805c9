// Package journal writes down what happened at each callback, aside from the
// calls: a callback only puts a note into a bounded queue, and one writer stores
// notes by the hundred. A caller never waits for it, and where it can't keep up
// notes are dropped and counted.
package journal

import (
	"cmp"
	"context"
	"log/slog"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/store"
)

const (
	// queue is how many notes wait at most: a second of some thousand callbacks
	// a second, in a megabyte or two.
	queue = 4096
	// batch is how many notes one statement stores.
	batch = 512
	// patience is how long a note may wait for others.
	patience = time.Second
	// writeTimeout bounds one batch, so that a database that hangs costs notes
	// and not memory.
	writeTimeout = 5 * time.Second
	// sweepEvery is how often old notes are removed, and sweepRows how many at
	// a time: a delete holds the writer of SQLite for that long.
	sweepEvery = time.Hour
	sweepRows  = 2000
	// sweepFirst leaves a start to the callers who wait for it.
	sweepFirst = time.Minute
	// maxFault is the most that is kept of an error's text.
	maxFault = 200
)

// Config is what a Journal needs.
type Config struct {
	Calls store.Calls
	// Keep is how long a note is kept.
	Keep time.Duration
	// Now is the clock; time.Now if nil.
	Now func() time.Time
	// Log hears of notes that were lost, as numbers.
	Log *slog.Logger
}

// Journal takes notes of callbacks. Make one with New; Run stores them.
type Journal struct {
	config  Config
	notes   chan store.CallNote
	dropped atomic.Int64
	// gathered is Run's memory for one batch, used again.
	gathered []store.CallNote
}

// New makes a journal with an empty queue.
func New(config Config) *Journal {
	if config.Now == nil {
		config.Now = time.Now
	}
	config.Log = cmp.Or(config.Log, slog.New(slog.DiscardHandler))
	return &Journal{config: config, notes: make(chan store.CallNote, queue), gathered: make([]store.CallNote, 0, batch)}
}

// Handle is what answers callbacks.
type Handle = func(context.Context, engine.Request) engine.Reply

// Around answers by handle, and notes what came of it.
func (j *Journal) Around(handle Handle) Handle {
	return func(ctx context.Context, req engine.Request) engine.Reply {
		began := j.config.Now()
		reply := handle(ctx, req)
		j.note(&req, &reply, began)
		return reply
	}
}

func (j *Journal) note(req *engine.Request, reply *engine.Reply, began time.Time) {
	n := store.CallNote{
		At: began, Caller: req.Caller, Session: req.Session, Provider: req.Provider, Service: req.Service,
		Program: reply.Program, Screen: reply.Screen, Heard: reply.Input, Shown: reply.Text, Ended: reply.End,
		Took: j.config.Now().Sub(began),
	}
	if reply.Fault != nil {
		n.Fault = cut(reply.Fault.Error())
	}
	select {
	case j.notes <- n:
	default:
		j.dropped.Add(1)
	}
}

func cut(text string) string {
	if len(text) <= maxFault {
		return text
	}
	for text = text[:maxFault]; !utf8.ValidString(text); {
		text = text[:len(text)-1]
	}
	return text
}

// Dropped counts the notes that were lost since the start.
func (j *Journal) Dropped() int64 { return j.dropped.Load() }

// Run stores notes until ctx ends, and then those that still wait. What the
// database does not take in time is dropped.
func (j *Journal) Run(ctx context.Context) error {
	sweep := time.NewTimer(sweepFirst)
	defer sweep.Stop()
	told := int64(0)
	for {
		select {
		case n := <-j.notes:
			j.store(ctx, j.gather(ctx, n))
		case <-sweep.C:
			j.sweep(ctx)
			sweep.Reset(sweepEvery)
		case <-ctx.Done():
			for len(j.notes) > 0 {
				j.store(ctx, j.gather(ctx, <-j.notes))
			}
			return nil
		}
		if lost := j.dropped.Load(); lost > told {
			j.config.Log.Warn("notes of calls were lost: \"paytrace calls\" will not show them", "lost", lost-told, "since_start", lost)
			told = lost
		}
	}
}

// gather waits for more notes, for as long as the first may wait.
func (j *Journal) gather(ctx context.Context, first store.CallNote) []store.CallNote {
	notes := append(j.gathered[:0], first)
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for len(notes) < batch {
		select {
		case n := <-j.notes:
			notes = append(notes, n)
			continue
		default:
		}
		select {
		case n := <-j.notes:
			notes = append(notes, n)
		case <-timer.C:
			return notes
		case <-ctx.Done():
			return notes
		}
	}
	return notes
}

// store writes one batch, also while the service stops.
func (j *Journal) store(ctx context.Context, notes []store.CallNote) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
	defer cancel()
	if err := j.config.Calls.AddCalls(ctx, notes); err != nil {
		j.dropped.Add(int64(len(notes)))
		j.config.Log.Warn("notes of calls could not be stored", "notes", len(notes), "error", err)
	}
	clear(notes) // what screens said is not held longer than needed
}

// sweep removes what is older than it may be.
func (j *Journal) sweep(ctx context.Context) {
	before := j.config.Now().Add(-j.config.Keep)
	for ctx.Err() == nil {
		n, err := j.config.Calls.DropCalls(ctx, before, sweepRows)
		if err != nil && ctx.Err() == nil {
			j.config.Log.Warn("old notes of calls could not be removed; it is tried again in an hour", "error", err)
		}
		if err != nil || n < sweepRows {
			return
		}
	}
}
