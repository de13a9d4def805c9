// Package journal stores a note on each callback, apart from the calls: a callback
// only puts its note into a bounded queue, and one writer stores notes by the hundred.
// A caller never waits for it. If the writer can't keep up, notes are dropped and
// counted.
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
	// queue bounds the waiting notes: a second of some thousand callbacks, in a megabyte
	// or two.
	queue = 4096
	// batch is how many notes one statement stores at most.
	batch = 512
	// patience is how long a note may wait for others.
	patience = time.Second
	// writeTimeout bounds the storing of one batch: a database that hangs costs notes
	// and not memory.
	writeTimeout = 5 * time.Second
	// sweepEvery is how often old notes are removed, and sweepRows how many at a time:
	// SQLite's writer waits for each delete.
	sweepEvery = time.Hour
	sweepRows  = 2000
	// sweepFirst delays the first removal, since callers wait for a start.
	sweepFirst = time.Minute
	// maxFault bounds the stored text of an error, in bytes.
	maxFault = 200
)

// Config says where a Journal stores notes, and for how long.
type Config struct {
	Calls store.Calls
	// Retention is how long a note is stored.
	Retention time.Duration
	// Now is the clock; time.Now if nil.
	Now func() time.Time
	// Log gets the number of lost notes.
	Log *slog.Logger
}

// Journal takes notes on callbacks. New makes one, and Run stores the notes.
type Journal struct {
	config  Config
	notes   chan store.CallNote
	dropped atomic.Int64
	// gathered is Run's buffer for one batch.
	gathered []store.CallNote
}

// New returns a journal with an empty queue.
func New(config Config) *Journal {
	if config.Now == nil {
		config.Now = time.Now
	}
	config.Log = cmp.Or(config.Log, slog.New(slog.DiscardHandler))
	return &Journal{config: config, notes: make(chan store.CallNote, queue), gathered: make([]store.CallNote, 0, batch)}
}

// Handle answers callbacks.
type Handle = func(context.Context, engine.Request) engine.Reply

// Around returns handle with a note taken on each reply.
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
		Program: reply.Program, Screen: reply.Screen, Input: reply.Input, Shown: reply.Text, Ended: reply.End,
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

// Dropped returns how many notes were lost since the start.
func (j *Journal) Dropped() int64 { return j.dropped.Load() }

// Run stores notes until ctx ends, and then the waiting ones. It drops notes that the
// database does not store in time.
func (j *Journal) Run(ctx context.Context) error {
	sweep := time.NewTimer(sweepFirst)
	defer sweep.Stop()
	reported := int64(0)
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
		if lost := j.dropped.Load(); lost > reported {
			j.config.Log.Warn("notes on calls were lost: \"paytrace calls\" will not show them", "lost", lost-reported, "since_start", lost)
			reported = lost
		}
	}
}

// gather returns the first note with those that follow it within patience.
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

// store stores one batch, also while the service stops.
func (j *Journal) store(ctx context.Context, notes []store.CallNote) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
	defer cancel()
	if err := j.config.Calls.AddCalls(ctx, notes); err != nil {
		j.dropped.Add(int64(len(notes)))
		j.config.Log.Warn("notes on calls could not be stored", "notes", len(notes), "error", err)
	}
	clear(notes) // the texts of screens stay in memory no longer than needed
}

// sweep removes notes older than the retention.
func (j *Journal) sweep(ctx context.Context) {
	before := j.config.Now().Add(-j.config.Retention)
	for ctx.Err() == nil {
		n, err := j.config.Calls.DropCalls(ctx, before, sweepRows)
		if err != nil && ctx.Err() == nil {
			j.config.Log.Warn("old notes on calls could not be removed; will retry in an hour", "error", err)
		}
		if err != nil || n < sweepRows {
			return
		}
	}
}
