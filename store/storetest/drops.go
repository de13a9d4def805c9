package storetest

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/store"
)

var dropCases = []testCase{
	{name: "a call that drops is due after its time", run: dropDue},
	{name: "the end of the session makes it due", run: dropEnded},
	{name: "a call that goes on is not due", run: dropGoesOn},
	{name: "of several instances one sends", run: dropRace},
	{name: "an SMS that can't be queued waits", run: dropFails},
	{name: "forgetting removes it, and a purge what is over", run: dropForgotten},
}

const (
	dropMenu   = "shop"
	dropCaller = "254700000001"
	dropLasts  = 3 * time.Minute
)

// drops notes that a session shows a screen.
func (s *subject) dropShown(session string, l engine.Leaving, at time.Time) {
	s.t.Helper()
	err := s.NoteDrop(s.ctx, dropMenu, dropCaller, at, func(d engine.Drop) engine.Drop { return d.Shown(session, &l, at, dropLasts) })
	s.want(err, nil)
}

// dropsSent sends what is due and returns the texts.
func (s *subject) dropsSent(at time.Time) (texts []string) {
	s.t.Helper()
	n, err := s.SendDrops(s.ctx, at, 10, func(_ context.Context, _ store.Tx, d store.DroppedCaller) error {
		if d.Menu != dropMenu || d.Caller != dropCaller {
			s.t.Errorf("the SMS is for %+v", d)
		}
		texts = append(texts, d.Session+": "+d.Text)
		return nil
	})
	s.want(err, nil)
	if n != len(texts) {
		s.t.Errorf("%d were counted, and %d sent", n, len(texts))
	}
	return texts
}

func (s *subject) wantDrops(at time.Time, want ...string) {
	s.t.Helper()
	got := s.dropsSent(at)
	if len(got) != len(want) || len(want) > 0 && got[0] != want[0] {
		s.t.Errorf("%q was sent, want %q", got, want)
	}
}

var waits = engine.Leaving{Menu: dropMenu, Text: "It waits."}

func dropDue(s *subject) {
	now := time.Now().UTC().Truncate(time.Second)
	twice(func(int) { s.dropShown("a", waits, now) })
	s.wantDrops(now.Add(dropLasts-time.Second), nothing...)
	s.wantDrops(now.Add(dropLasts), "a: It waits.")
	s.wantDrops(now.Add(dropLasts), nothing...)
	later := now.Add(time.Hour)
	s.dropShown("b", waits, later)
	s.wantDrops(later.Add(dropLasts), nothing...) // once a day
	nextDay := now.Add(dropLasts + engine.DropPause)
	s.dropShown("c", waits, nextDay)
	s.wantDrops(nextDay.Add(dropLasts), "c: It waits.")
}

var nothing []string

func dropEnded(s *subject) {
	now := time.Now().UTC().Truncate(time.Second)
	s.dropShown("a", waits, now)
	s.want(s.EndDrop(s.ctx, "another", now), nil)
	s.wantDrops(now, nothing...)
	twice(func(int) { s.want(s.EndDrop(s.ctx, "a", now.Add(time.Second)), nil) })
	s.wantDrops(now.Add(time.Second), "a: It waits.")
}

func dropGoesOn(s *subject) {
	now := time.Now().UTC().Truncate(time.Second)
	s.dropShown("a", waits, now)
	s.dropShown("a", engine.Leaving{Menu: dropMenu, Done: true}, now)
	s.wantDrops(now.Add(dropLasts), nothing...)
	s.dropShown("a", waits, now) // the call has reached its goal
	s.wantDrops(now.Add(dropLasts), nothing...)
	s.dropShown("b", waits, now)
	s.dropShown("c", engine.Leaving{Menu: dropMenu}, now) // the caller has dialled again
	s.wantDrops(now.Add(dropLasts), nothing...)
}

func dropRace(s *subject) {
	now := time.Now().UTC().Truncate(time.Second)
	s.dropShown("a", waits, now)
	var mu sync.Mutex
	sent := 0
	var instances sync.WaitGroup
	for range 4 {
		instances.Go(func() {
			_, err := s.SendDrops(s.ctx, now.Add(dropLasts), 10, func(ctx context.Context, tx store.Tx, d store.DroppedCaller) error {
				return tx.AddMessage(ctx, store.Message{ID: "dropped " + d.Session, To: d.Caller, Text: d.Text, CreatedAt: now})
			})
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				s.t.Errorf("one instance failed: %v", err)
			}
		})
	}
	instances.Wait()
	list, err := s.Messages(s.ctx, 10)
	s.want(err, nil)
	for _, m := range list {
		if m.Text == waits.Text {
			sent++
		}
	}
	if sent != 1 {
		s.t.Errorf("%d messages are queued, want 1", sent)
	}
}

func dropFails(s *subject) {
	now := time.Now().UTC().Truncate(time.Second)
	s.dropShown("a", waits, now)
	lost := errors.New("no")
	_, err := s.SendDrops(s.ctx, now.Add(dropLasts), 10, func(context.Context, store.Tx, store.DroppedCaller) error { return lost })
	s.want(err, lost)
	s.wantDrops(now.Add(dropLasts), "a: It waits.")
}

func dropForgotten(s *subject) {
	now := time.Now().UTC().Truncate(time.Second)
	s.dropShown("a", waits, now)
	if p := s.purged(2 * day); p.Drops != 0 {
		s.t.Errorf("%d calls were purged whose SMS is still due", p.Drops)
	}
	s.wantDrops(now.Add(dropLasts), "a: It waits.")
	if p := s.purged(2 * day); p.Drops != 1 {
		s.t.Errorf("%d calls were purged, want the one that is over", p.Drops)
	}
	s.dropShown("b", waits, now)
	f, err := s.Forget(s.ctx, dropCaller, "test", now, false)
	if s.want(err, nil); f.Removed["notes of dropped calls"] != 1 {
		s.t.Errorf("forgetting removed %v", f.Removed)
	}
	s.wantDrops(now.Add(dropLasts), nothing...)
}
