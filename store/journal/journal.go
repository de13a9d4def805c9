// Package journal stores a note on each callback, apart from the calls: a callback
// only leaves its note in a bounded memory, and one writer stores notes by the
// thousand. A caller never waits for it. If the writer can't keep up, notes are
// dropped and counted.
package journal

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/secret"
	"github.com/paytrace/paytrace/store"
)

const (
	// queue bounds the waiting notes: a second of some thousand callbacks, in about two
	// megabytes and the texts. As many may be with the writer.
	queue = 8192
	// batch is how many notes are stored together at most. SQLite takes one to two
	// milliseconds for them; an action that writes waits for that.
	batch = 1024
	// patience is how long a note may wait for others.
	patience = time.Second
	// writeTimeout bounds the storing of one batch: a database that hangs costs notes
	// and not memory.
	writeTimeout = 5 * time.Second
	// sweepEvery is how often old notes are removed, and sweepRows about how many at a
	// time: SQLite's writer waits for each delete.
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
	// ShownCode returns what may be stored of a dialled code; nil stores all of it.
	ShownCode func(code string) string
	// Now is the clock; time.Now if nil.
	Now func() time.Time
	// Log gets the number of lost notes.
	Log *slog.Logger
}

// Journal takes notes on callbacks. New makes one, and Run stores the notes.
type Journal struct {
	config Config
	// some and full receive when the first note waits, and when a batch does. The
	// writer does not wake for every note: that would cost more than storing it.
	some, full chan struct{}

	mu      sync.Mutex
	waiting []store.CallNote
	dropped int64

	// Run alone uses these: the memory that waiting had before, and how many lost notes
	// the log tells of.
	spare    []store.CallNote
	reported int64
}

// New returns a journal without notes.
func New(config Config) *Journal {
	if config.Now == nil {
		config.Now = time.Now
	}
	config.Log = cmp.Or(config.Log, slog.New(slog.DiscardHandler))
	return &Journal{config: config, some: make(chan struct{}, 1), full: make(chan struct{}, 1)}
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
	fault := ""
	if reply.Fault != nil {
		fault = secret.Foreign(reply.Fault.Error(), maxFault)
	}
	service, shown := j.withoutTyped(req, reply)
	took := j.config.Now().Sub(began)
	j.mu.Lock()
	n := len(j.waiting)
	if n == queue {
		j.dropped++
	} else {
		j.waiting = append(j.waiting, store.CallNote{
			At: began, Caller: req.Caller, Session: req.Session, Provider: req.Provider, Service: service,
			Program: reply.Program, Screen: reply.Screen, Input: reply.Input, Shown: shown, Ended: reply.End,
			Took: took, Fault: fault, Network: req.Network, Goals: strings.Join(reply.Goals, " "), Wrong: reply.Refused, Turn: turnOf(req),
		})
	}
	j.mu.Unlock()
	switch n + 1 {
	case 1:
		signal(j.some)
	case batch:
		signal(j.full)
	}
}

// turnOf counts the inputs of a call so far. A repeat has the same count.
func turnOf(req *engine.Request) int {
	switch {
	case !req.LastInput && req.Text == "":
		return 0
	case !req.LastInput:
		return 1 + strings.Count(req.Text, "*")
	case req.Sequence > 0:
		return req.Sequence - 1
	}
	return store.NoTurn
}

// signal sends unless a signal waits already.
func signal(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Dropped returns how many notes were lost since the start.
func (j *Journal) Dropped() int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.dropped
}

// Run stores notes until ctx ends, and then the waiting ones. It drops notes that the
// database does not store in time.
func (j *Journal) Run(ctx context.Context) error {
	sweep := time.NewTimer(sweepFirst)
	defer sweep.Stop()
	for {
		select {
		case <-j.some:
			j.await(ctx)
			j.store(ctx)
		case <-sweep.C:
			j.sweep(ctx)
			sweep.Reset(sweepEvery)
		case <-ctx.Done():
			j.store(ctx)
			return nil
		}
	}
}

// await returns when there is a whole batch, when the first note has waited long
// enough, or when ctx ends.
func (j *Journal) await(ctx context.Context) {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-j.full:
	case <-timer.C:
	case <-ctx.Done():
	}
}

// store stores the waiting notes, also while the service stops.
func (j *Journal) store(ctx context.Context) {
	notes := j.take()
	for part := range slices.Chunk(notes, batch) {
		j.storeBatch(ctx, part)
	}
	clear(notes) // the texts of screens stay in memory no longer than needed
	j.spare = notes[:0]
	if lost := j.Dropped(); lost > j.reported {
		j.config.Log.Warn("notes on calls were lost: \"paytrace calls\" will not show them", "lost", lost-j.reported, "since_start", lost)
		j.reported = lost
	}
}

// take returns the waiting notes, and lets the next ones use the spare memory.
func (j *Journal) take() []store.CallNote {
	j.mu.Lock()
	defer j.mu.Unlock()
	select {
	case <-j.full: // it told of the notes that are taken now
	default:
	}
	notes := j.waiting
	j.waiting, j.spare = j.spare, nil
	return notes
}

func (j *Journal) storeBatch(ctx context.Context, notes []store.CallNote) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
	defer cancel()
	err := j.config.Calls.AddCalls(ctx, notes)
	if err == nil {
		return
	}
	j.config.Log.Warn("notes on calls could not be stored", "notes", len(notes), "error", err)
	j.mu.Lock()
	defer j.mu.Unlock()
	j.dropped += int64(len(notes))
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
