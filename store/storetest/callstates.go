package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/store"
)

var callStateCases = []testCase{
	{name: "a state is read as saved", run: callSaved},
	{name: "a state that is behind is refused", run: callBehind},
	{name: "money stays money", run: callKept},
	{name: "a refused save takes the transaction with it", run: callRefused},
	{name: "a save needs the lock and a state", run: callUnlocked},
	{name: "a rollback leaves the earlier state", run: callUndone},
	{name: "a locked call that is not saved leaves nothing", run: callOnlyLocked},
	{name: "a save whose answer was lost is found by locking again", run: callAnswerLost},
	{name: "a transaction saves a call twice and sees it", run: callTwice},
	{name: "of twelve writers eleven wait", run: callWriters},
	{name: "a writer waits for the one before", run: callWaits},
	{name: "a large state is read as saved", run: callLarge},
	{name: "old states go and money stays", run: callPurge},
	{name: "a forgotten caller's state goes and the call stays", run: callForgotten},
	{name: "the time of the table's migration is known", run: callStatesSince},
}

// callState returns a state that differs from others of the same epoch in nothing that
// the store compares.
func callState(generation, epoch, length int) store.CallState {
	return store.CallState{
		Generation: generation, Epoch: epoch, Length: length, Program: "abc", Caller: "254711000001",
		State: fmt.Appendf(nil, `{"at":"%d.%d.%d"}`, generation, epoch, length),
	}
}

// save locks and saves a call in one transaction.
func (s *subject) save(id string, state store.CallState) error {
	return s.Within(s.ctx, func(ctx context.Context, tx store.Tx) error {
		if _, err := tx.LockCall(ctx, id); err != nil {
			return err
		}
		return tx.SaveCall(ctx, id, state)
	})
}

// wantCall locks a call and compares its state.
func (s *subject) wantCall(id string, want store.CallState) {
	s.t.Helper()
	var got store.CallState
	s.in(func(ctx context.Context, tx store.Tx) (err error) {
		got, err = tx.LockCall(ctx, id)
		return err
	})
	if diff := cmp.Diff(want, got); diff != "" {
		s.t.Fatalf("the state of %q (-want +got):\n%s", id, diff)
	}
}

func callSaved(s *subject) {
	s.wantCall("c1", store.CallState{})
	first, other := callState(0, 1, 3), callState(2, 7, 0)
	first.State = []byte{'{', 0, 255, '}'} // opaque
	s.want(s.save("c1", first), nil)
	s.want(s.save("c2", other), nil)
	twice(func(int) {
		s.wantCall("c1", first)
		s.wantCall("c2", other)
	})
	next := callState(0, 2, 3)
	next.Program, next.Caller = "def", "254711000002"
	s.want(s.save("c1", next), nil)
	s.wantCall("c1", next)
	s.wantCall("c2", other)
}

func callBehind(s *subject) {
	for i, c := range []struct {
		name         string
		stored, next store.CallState
		want         error
	}{
		{"the first epoch", store.CallState{}, callState(0, 1, 0), nil},
		{"no epoch", store.CallState{}, callState(0, 0, 0), store.ErrCallBehind},
		{"a first generation without an epoch", store.CallState{}, callState(1, 0, 0), store.ErrCallBehind},
		{"a negative generation", store.CallState{}, callState(-1, 1, 0), store.ErrCallBehind},
		{"a negative length", store.CallState{}, callState(0, 1, -1), store.ErrCallBehind},
		{"the next epoch", callState(1, 3, 5), callState(1, 4, 5), nil},
		{"an epoch that skips some", callState(1, 3, 5), callState(1, 9, 6), nil},
		{"the same epoch", callState(1, 3, 5), callState(1, 3, 5), store.ErrCallBehind},
		{"the same epoch with more text", callState(1, 3, 5), callState(1, 3, 9), store.ErrCallBehind},
		{"a lower epoch", callState(1, 3, 5), callState(1, 2, 5), store.ErrCallBehind},
		{"less text", callState(1, 3, 5), callState(1, 4, 4), store.ErrCallBehind},
		{"a higher generation", callState(1, 3, 5), callState(2, 1, 0), nil},
		{"a generation that skips some", callState(1, 3, 5), callState(7, 2, 1), nil},
		{"a higher generation without an epoch", callState(1, 3, 5), callState(2, 0, 0), store.ErrCallBehind},
		{"a lower generation", callState(1, 3, 5), callState(0, 9, 9), store.ErrCallBehind},
	} {
		id, want := fmt.Sprint("c", i), c.stored
		if c.stored.Epoch > 0 {
			s.want(s.save(id, c.stored), nil)
		}
		err := s.save(id, c.next)
		if !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
			s.t.Errorf("%s: error is %v, want %v", c.name, err, c.want)
		}
		if c.want == nil {
			want = c.next
		}
		s.wantCall(id, want)
	}
}

func callKept(s *subject) {
	paid := callState(0, 1, 1)
	paid.Kept = true
	s.want(s.save("c1", paid), nil)
	s.wantCall("c1", paid)
	for _, next := range []store.CallState{callState(0, 2, 1), callState(1, 1, 0)} {
		s.want(s.save("c1", next), nil)
		next.Kept = true
		s.wantCall("c1", next)
	}
	s.want(s.save("c2", callState(0, 1, 1)), nil)
	paid.Epoch = 2
	s.want(s.save("c2", paid), nil)
	s.wantCall("c2", paid)
}

// beside runs an effect, and then fn, whose error the transaction ignores.
func (s *subject) beside(fn func(ctx context.Context, tx store.Tx) error) error {
	return s.Within(s.ctx, func(ctx context.Context, tx store.Tx) error {
		if err := tx.AddWorker(ctx, worker(1)); err != nil {
			return err
		}
		if err := fn(ctx, tx); err == nil {
			s.t.Error("the save was accepted")
		}
		return nil
	})
}

func callRefused(s *subject) {
	s.want(s.save("c1", callState(0, 2, 2)), nil)
	s.want(s.beside(func(ctx context.Context, tx store.Tx) error {
		if _, err := tx.LockCall(ctx, "c1"); err != nil {
			return err
		}
		return tx.SaveCall(ctx, "c1", callState(0, 2, 2))
	}), store.ErrCallBehind)
	_, err := s.Worker(s.ctx, worker(1).Phone)
	s.want(err, store.ErrNotFound)
	s.wantCall("c1", callState(0, 2, 2))
}

func callUnlocked(s *subject) {
	s.want(s.save("c1", callState(0, 1, 1)), nil)
	for name, save := range map[string]func(ctx context.Context, tx store.Tx) error{
		"a call that was not locked": func(ctx context.Context, tx store.Tx) error {
			return tx.SaveCall(ctx, "c1", callState(0, 2, 1))
		},
		"another call than the locked one": func(ctx context.Context, tx store.Tx) error {
			if _, err := tx.LockCall(ctx, "c2"); err != nil {
				return err
			}
			return tx.SaveCall(ctx, "c1", callState(0, 2, 1))
		},
		"an empty state": func(ctx context.Context, tx store.Tx) error {
			if _, err := tx.LockCall(ctx, "c1"); err != nil {
				return err
			}
			empty := callState(0, 2, 1)
			empty.State = []byte{}
			return tx.SaveCall(ctx, "c1", empty)
		},
	} {
		if err := s.beside(save); err == nil || errors.Is(err, store.ErrCallBehind) || errors.Is(err, store.ErrUnknown) {
			s.t.Errorf("%s: error is %v, want a certain one of another kind", name, err)
		}
		_, err := s.Worker(s.ctx, worker(1).Phone)
		s.want(err, store.ErrNotFound)
		s.wantCall("c1", callState(0, 1, 1))
	}
}

func callUndone(s *subject) {
	for _, stored := range []store.CallState{{}, callState(0, 1, 1)} {
		if stored.Epoch > 0 {
			s.want(s.save("c1", stored), nil)
		}
		twice(func(int) {
			s.undone(func(ctx context.Context, tx store.Tx) error {
				if _, err := tx.LockCall(ctx, "c1"); err != nil {
					return err
				}
				return tx.SaveCall(ctx, "c1", callState(0, 5, 5))
			})
			s.wantCall("c1", stored)
		})
	}
}

func callOnlyLocked(s *subject) {
	s.in(func(ctx context.Context, tx store.Tx) error {
		for range 2 {
			if _, err := tx.LockCall(ctx, "c1"); err != nil {
				return err
			}
		}
		return tx.AddWorker(ctx, worker(1))
	})
	_, err := s.Worker(s.ctx, worker(1).Phone)
	s.want(err, nil)
	if p := s.purged(2 * store.Retention); p.CallStates != 0 {
		s.t.Errorf("%d rows of calls that were never saved", p.CallStates)
	}
}

func callAnswerLost(s *subject) {
	save := func(w store.Worker) error {
		return s.Within(s.ctx, func(ctx context.Context, tx store.Tx) error {
			if _, err := tx.LockCall(ctx, "c1"); err != nil {
				return err
			}
			if err := tx.AddWorker(ctx, w); err != nil {
				return err
			}
			return tx.SaveCall(ctx, "c1", callState(0, 1, 4))
		})
	}
	_ = save(worker(1)) // whatever it returned
	s.wantCall("c1", callState(0, 1, 4))
	twice(func(int) { s.want(save(worker(2)), store.ErrCallBehind) })
	_, err := s.Worker(s.ctx, worker(1).Phone)
	s.want(err, nil)
	_, err = s.Worker(s.ctx, worker(2).Phone)
	s.want(err, store.ErrNotFound)
}

func callTwice(s *subject) {
	s.in(func(ctx context.Context, tx store.Tx) error {
		if _, err := tx.LockCall(ctx, "c1"); err != nil {
			return err
		}
		for epoch := range 3 {
			next := callState(0, epoch+1, epoch)
			if err := tx.SaveCall(ctx, "c1", next); err != nil {
				return err
			}
			got, err := tx.LockCall(ctx, "c1")
			if diff := cmp.Diff(next, got); diff != "" {
				s.t.Errorf("the transaction's own state (-want +got):\n%s", diff)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	s.want(s.beside(func(ctx context.Context, tx store.Tx) error {
		if _, err := tx.LockCall(ctx, "c1"); err != nil {
			return err
		}
		s.want(tx.SaveCall(ctx, "c1", callState(0, 4, 3)), nil)
		return tx.SaveCall(ctx, "c1", callState(0, 4, 3))
	}), store.ErrCallBehind)
	s.wantCall("c1", callState(0, 3, 2))
}

// patiently repeats a transaction that another one kept from a row for too long.
func (s *subject) patiently(fn func(ctx context.Context, tx store.Tx) error) error {
	for {
		if err := s.Within(s.ctx, fn); !errors.Is(err, store.ErrBusy) || s.ctx.Err() != nil {
			return err
		}
	}
}

func callWriters(s *subject) {
	const writers = 12
	for _, first := range []store.CallState{{}, callState(3, 40, 2)} {
		id := fmt.Sprint("c", first.Generation)
		if first.Epoch > 0 {
			s.want(s.save(id, first), nil)
		}
		var all sync.WaitGroup
		epochs := make([]int, writers)
		for w := range writers {
			all.Go(func() {
				err := s.patiently(func(ctx context.Context, tx store.Tx) error {
					stored, err := tx.LockCall(ctx, id)
					if err != nil {
						return err
					}
					epochs[w] = stored.Epoch + 1
					return tx.SaveCall(ctx, id, callState(stored.Generation, stored.Epoch+1, stored.Length+1))
				})
				if err != nil {
					s.t.Errorf("writer %d: %v", w, err)
				}
			})
		}
		all.Wait()
		slices.Sort(epochs)
		for i, epoch := range epochs {
			if want := first.Epoch + i + 1; epoch != want {
				s.t.Fatalf("the writers had the epochs %v, want each from %d once", epochs, first.Epoch+1)
			}
		}
		s.wantCall(id, callState(first.Generation, first.Epoch+writers, first.Length+writers))
	}
}

func callWaits(s *subject) {
	for _, c := range []struct {
		id            string
		before, after store.CallState
		how           error
	}{
		{"new", store.CallState{}, callState(0, 1, 1), nil},
		{"new, taken back", store.CallState{}, store.CallState{}, errBack},
		{"stored", callState(0, 1, 1), callState(0, 2, 1), nil},
		{"stored, taken back", callState(0, 1, 1), callState(0, 1, 1), errBack},
	} {
		if c.before.Epoch > 0 {
			s.want(s.save(c.id, c.before), nil)
		}
		if diff := cmp.Diff(c.after, s.second(c.id, c.how)); diff != "" {
			s.t.Errorf("%s: the second writer did not wait (-want +got):\n%s", c.id, diff)
		}
	}
}

// second locks a call while another transaction has it locked, saves its next epoch and
// then ends with how. It returns the state that the second writer found.
func (s *subject) second(id string, how error) (found store.CallState) {
	started, end := make(chan struct{}), make(chan error, 1)
	err := s.Within(s.ctx, func(ctx context.Context, tx store.Tx) error {
		stored, err := tx.LockCall(ctx, id)
		if err != nil {
			return err
		}
		go func() {
			var once sync.Once
			end <- s.patiently(func(ctx context.Context, tx store.Tx) (err error) {
				once.Do(func() { close(started) })
				found, err = tx.LockCall(ctx, id)
				return err
			})
			once.Do(func() { close(started) })
		}()
		// If writers go one after the other, the second starts only after this one has
		// ended, so this must not wait for it without a limit.
		select {
		case <-started:
		case <-s.soon():
		}
		if err := tx.SaveCall(ctx, id, callState(0, stored.Epoch+1, 1)); err != nil {
			return err
		}
		return how
	})
	s.want(err, how)
	s.want(<-end, nil)
	return found
}

func callLarge(s *subject) {
	large := callState(0, 1, 1)
	for epoch := range 3 {
		large.Epoch = epoch + 1
		large.State = bytes.Repeat([]byte{'{', byte(epoch), '"'}, 200<<10/3)
		s.want(s.save("c1", large), nil)
		s.wantCall("c1", large)
	}
}

func callPurge(s *subject) {
	paid, looked := callState(0, 1, 1), callState(0, 1, 1)
	paid.Kept = true
	s.want(s.save("paid", paid), nil)
	s.want(s.save("looked", looked), nil)
	if p := s.purged(store.StateRetention - time.Hour); p.Any() {
		s.t.Errorf("within a day %+v is gone", p)
	}
	// What callers answered goes soon. That a call has acted is known for longer.
	twice(func(round int) {
		if p := s.purged(store.StateRetention + time.Hour); p != (store.Purged{Emptied: int64(2 * (1 - round))}) {
			s.t.Errorf("round %d: %+v is gone, want two states of calls in the first", round, p)
		}
	})
	looked.State, looked.Epoch = nil, 2
	s.wantCall("looked", looked)
	paid.State, paid.Epoch = nil, 2
	twice(func(round int) {
		if p := s.purged(store.Retention + time.Hour); p != (store.Purged{CallStates: int64(1 - round)}) {
			s.t.Errorf("round %d: %+v is gone, want one call in the first", round, p)
		}
	})
	s.wantCall("paid", paid)
	s.wantCall("looked", store.CallState{})
}

func callForgotten(s *subject) {
	other, paid := callState(0, 3, 1), callState(1, 4, 2)
	other.Caller, paid.Kept = "254711000002", true
	s.want(s.save("paid", paid), nil)
	s.want(s.save("looked", callState(0, 1, 1)), nil)
	s.want(s.save("other", other), nil)
	for _, dry := range []bool{true, false} {
		s.wantCall("paid", paid)
		f, err := s.Forget(s.ctx, "254711000001", "amina", noon, dry)
		s.want(err, nil)
		if got := f.Removed["states of calls"]; got != 2 {
			s.t.Errorf("dry %v: %d states of calls, want 2", dry, got)
		}
	}
	f, err := s.Forget(s.ctx, "254711000001", "amina", noon, false)
	s.want(err, nil)
	if f.Any() {
		s.t.Errorf("forgetting again removes %+v", f)
	}
	s.wantCall("other", other)
	// What remains says only that the call acted. An instance that has the old state in
	// memory is behind.
	s.wantCall("looked", store.CallState{Epoch: 2, Length: 1, Program: "abc"})
	s.wantCall("paid", store.CallState{Generation: 1, Epoch: 5, Length: 2, Program: "abc", Kept: true})
	s.want(s.save("paid", callState(1, 5, 2)), store.ErrCallBehind)
	s.want(s.save("looked", callState(0, 3, 1)), nil)
	s.wantCall("looked", callState(0, 3, 1))
}

func callStatesSince(s *subject) {
	text, err := s.Setting(s.ctx, store.CallStatesSince)
	s.want(err, nil)
	at, err := time.Parse(time.RFC3339Nano, text)
	s.want(err, nil)
	// The server's clock may differ from this one's, but not by a day.
	if age := time.Since(at); age.Abs() > day {
		s.t.Errorf("%s is %q, which is %s ago", store.CallStatesSince, text, age)
	}
}

// CallsBeside tests a store that serves concurrent callers: a call does not wait for
// another one.
func CallsBeside(t *testing.T, open Open) {
	t.Helper()
	s := newSubject(t, open, store.JobRules{})
	for epoch := range 2 { // new calls, then stored ones
		s.in(func(ctx context.Context, tx store.Tx) error {
			if _, err := tx.LockCall(ctx, "c1"); err != nil {
				return err
			}
			if err := tx.SaveCall(ctx, "c1", callState(0, epoch+1, 1)); err != nil {
				return err
			}
			s.want(s.save("c2", callState(0, epoch+1, 2)), nil)
			return nil
		})
		s.wantCall("c1", callState(0, epoch+1, 1))
		s.wantCall("c2", callState(0, epoch+1, 2))
	}
}
