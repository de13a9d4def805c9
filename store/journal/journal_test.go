package journal_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/journal"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// kept stores notes; it can refuse them, or hang until the test releases it.
type kept struct {
	mu      sync.Mutex
	notes   []store.CallNote
	batches int
	err     error
	hang    chan struct{}
	dropped chan time.Time
}

func (k *kept) AddCalls(_ context.Context, notes []store.CallNote) error {
	if k.hang != nil {
		<-k.hang
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.batches++
	if k.err != nil {
		return k.err
	}
	k.notes = append(k.notes, notes...)
	return nil
}

func (k *kept) stored() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.notes)
}

func (k *kept) CallsOf(context.Context, string, int) ([]store.CallNote, error) { return nil, nil }

func (k *kept) CallsIn(context.Context, string, int) ([]store.CallNote, error) { return nil, nil }

func (k *kept) EachCall(context.Context, time.Time, time.Time, func(store.CallNote) error) error {
	return nil
}

func (k *kept) DropCalls(_ context.Context, before time.Time, _ int) (int, error) {
	if k.dropped != nil {
		k.dropped <- before
	}
	return 0, nil
}

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

func reply(_ context.Context, req engine.Request) engine.Reply {
	r := engine.Reply{Text: "Welcome", Screen: "start", Program: "hash", Input: "1", Goals: []string{"seen", "paid"}, Refused: true}
	if req.Text == "broken" {
		r.End, r.Fault = true, errors.New(strings.Repeat("é", 200))
	}
	return r
}

func run(j *journal.Journal) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- j.Run(ctx) }()
	return func() { cancel(); <-done }
}

func TestNotesAreStoredInBatches(t *testing.T) {
	const callbacks = 2000
	k := &kept{}
	j := journal.New(journal.Config{Calls: k, Now: func() time.Time { return noon }})
	handle := j.Around(reply)
	for n := range callbacks {
		if got := handle(t.Context(), engine.Request{Session: fmt.Sprint(n), Caller: "254711000111", Network: "63902", Text: "1*0711"}); got.Text != "Welcome" {
			t.Fatalf("the caller sees %+v", got)
		}
	}
	handle(t.Context(), engine.Request{Session: "last", Text: "broken"})
	stop := run(j)
	stop() // Run stores the waiting notes before it ends
	if len(k.notes) != callbacks+1 || k.batches > 10 || j.Dropped() != 0 {
		t.Errorf("%d notes in %d batches, %d dropped", len(k.notes), k.batches, j.Dropped())
	}
	want := store.CallNote{At: noon, Caller: "254711000111", Session: "0", Program: "hash", Screen: "start", Input: "1", Shown: "Welcome", Network: "63902", Goals: "seen paid", Wrong: true, Turn: 2}
	if k.notes[0] != want {
		t.Errorf("a note is %+v, want %+v", k.notes[0], want)
	}
	if last := k.notes[callbacks]; !last.Ended || last.Fault != strings.Repeat("é", 100)+"…" {
		t.Errorf("the note of a fault is %+v", last)
	}
}

// A note waits a second for others, and no longer than for a whole batch.
func TestNotesWaitForOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &kept{}
		j := journal.New(journal.Config{Calls: k})
		stop := run(j)
		defer stop()
		handle := j.Around(reply)
		for _, step := range []struct {
			notes  int
			wait   time.Duration
			stored int
		}{
			{1, 0, 0},
			{1, time.Second - 1, 0},
			{0, 1, 2},
			{1, time.Hour, 3},
			{journal.Batch - 1, 0, 3},
			{1, 0, 3 + journal.Batch},
			{journal.Batch, 0, 3 + 2*journal.Batch},
			{1, time.Second, 4 + 2*journal.Batch},
		} {
			for range step.notes {
				handle(t.Context(), engine.Request{})
			}
			time.Sleep(step.wait)
			synctest.Wait()
			if n := k.stored(); n != step.stored {
				t.Fatalf("%d notes are stored after %+v", n, step)
			}
		}
	})
}

// A database that hangs costs notes, not the callers' time.
func TestNotesAreDroppedRatherThanWaitedFor(t *testing.T) {
	const callbacks = 5 * journal.Queue
	k := &kept{hang: make(chan struct{})}
	var log bytes.Buffer
	j := journal.New(journal.Config{Calls: k, Log: slog.New(slog.NewTextHandler(&log, nil))})
	stop := run(j)
	handle := j.Around(reply)
	for range callbacks {
		handle(t.Context(), engine.Request{Caller: "254711000111"}) // would hang here
	}
	lost := j.Dropped()
	close(k.hang)
	stop()
	if lost == 0 || int64(len(k.notes))+lost != callbacks {
		t.Errorf("%d stored and %d lost, want %d in all", len(k.notes), lost, callbacks)
	}
	if told := fmt.Sprintf("since_start=%d", lost); !strings.Contains(log.String(), told) {
		t.Errorf("the log lacks %s: %s", told, &log)
	}
	if strings.Contains(log.String(), "254711000111") {
		t.Errorf("the log has a number: %s", &log)
	}
}

func TestWhatIsRefusedIsCounted(t *testing.T) {
	k := &kept{err: errors.New("no such table")}
	var log bytes.Buffer
	j := journal.New(journal.Config{Calls: k, Log: slog.New(slog.NewTextHandler(&log, nil))})
	j.Around(reply)(t.Context(), engine.Request{})
	stop := run(j)
	stop()
	if j.Dropped() != 1 || !strings.Contains(log.String(), "no such table") {
		t.Errorf("%d dropped; the log:\n%s", j.Dropped(), &log)
	}
}

func TestOldNotesAreDroppedSoonAndThenEveryHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &kept{dropped: make(chan time.Time, 1)}
		j := journal.New(journal.Config{Calls: k, Retention: 24 * time.Hour})
		stop := run(j)
		defer stop()
		for _, wait := range []time.Duration{time.Minute, time.Hour, time.Hour} {
			began := time.Now()
			if before := <-k.dropped; !before.Equal(time.Now().Add(-24 * time.Hour)) {
				t.Errorf("dropped before %s", before)
			}
			if waited := time.Since(began); waited != wait {
				t.Errorf("dropped after %s, want %s", waited, wait)
			}
		}
	})
}

// BenchmarkNote measures what a note costs a callback.
func BenchmarkNote(b *testing.B) {
	j := journal.New(journal.Config{Calls: &kept{}})
	stop := run(j)
	defer stop()
	answer := engine.Reply{Text: "Welcome", Screen: "start"}
	plain := func(context.Context, engine.Request) engine.Reply { return answer }
	for name, handle := range map[string]journal.Handle{"without": plain, "with": j.Around(plain)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			ctx := context.Background()
			for b.Loop() {
				handle(ctx, engine.Request{Session: "s", Caller: "254711000111", Service: "*384*8481#"})
			}
		})
	}
}
