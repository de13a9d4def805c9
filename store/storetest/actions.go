package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/paytrace/paytrace/store"
)

var actionCases = []testCase{
	{name: "a repeat gets the stored result", run: repeatGetsResult},
	{name: "an empty result is a result", run: emptyResult},
	{name: "another fingerprint is refused", run: otherFingerprint},
	{name: "a rollback leaves nothing", run: rollbackLeavesNothing},
	{name: "an action without a result is not committed", run: unfinished},
	{name: "finish needs begin", run: finishWithoutBegin},
	{name: "a duplicate waits and gets the result", run: duplicateWaits},
	{name: "a duplicate of a failed action runs", run: duplicateOfFailed},
	{name: "many duplicates have one effect", run: manyDuplicates},
	{name: "a transaction leaves nothing if its context has ended", run: contextEnded},
	{name: "the store refuses a transaction's own context", run: ownContext},
}

var fingerprint = []byte{0, 1, 2, 255}

// act runs an action once. Its effect is one worker, and its result the worker's ID.
func (s *subject) act(id string, w store.Worker) (string, error) {
	var answer string
	err := s.Within(s.ctx, func(ctx context.Context, tx store.Tx) error {
		stored, done, err := tx.Begin(ctx, id, fingerprint)
		if err != nil || done {
			answer = string(stored)
			return err
		}
		if err := tx.AddWorker(ctx, w); err != nil {
			return err
		}
		answer = w.WorkerID
		return tx.Finish(ctx, id, []byte(answer))
	})
	return answer, err
}

func (s *subject) wantResult(id, want string) {
	s.t.Helper()
	got, err := s.Result(s.ctx, id)
	s.want(err, nil)
	if string(got) != want || (want == "" && got != nil) {
		s.t.Fatalf("the result of %q is %q, want %q", id, got, want)
	}
}

func repeatGetsResult(s *subject) {
	s.wantResult("a1", "")
	twice(func(round int) {
		// The second call has another worker, as from a program that made a new ID.
		// The first one stays.
		answer, err := s.act("a1", worker(1+round))
		s.want(err, nil)
		if want := worker(1).WorkerID; answer != want {
			s.t.Errorf("round %d answered %q, want %q", round, answer, want)
		}
	})
	s.wantResult("a1", worker(1).WorkerID)
	_, err := s.Worker(s.ctx, worker(2).Phone)
	s.want(err, store.ErrNotFound)
}

func emptyResult(s *subject) {
	s.in(func(ctx context.Context, tx store.Tx) error {
		if _, _, err := tx.Begin(ctx, "empty", fingerprint); err != nil {
			return err
		}
		return tx.Finish(ctx, "empty", nil)
	})
	got, err := s.Result(s.ctx, "empty")
	s.want(err, nil)
	if got == nil || len(got) > 0 {
		s.t.Errorf("the result is %#v, want an empty one, not nil", got)
	}
	s.in(func(ctx context.Context, tx store.Tx) error {
		result, done, err := tx.Begin(ctx, "empty", fingerprint)
		if !done || result == nil {
			s.t.Errorf("a repeat gets done=%v result=%#v, want true and an empty one", done, result)
		}
		return err
	})
}

func otherFingerprint(s *subject) {
	_, err := s.act("a1", worker(1))
	s.want(err, nil)
	twice(func(int) {
		err := s.Within(s.ctx, func(ctx context.Context, tx store.Tx) error {
			_, _, err := tx.Begin(ctx, "a1", []byte("another"))
			return err
		})
		s.want(err, store.ErrMismatch)
	})
	s.wantResult("a1", worker(1).WorkerID)
}

// everything has one of each effect in a transaction.
func everything(ctx context.Context, tx store.Tx) error {
	if _, _, err := tx.Begin(ctx, "all", fingerprint); err != nil {
		return err
	}
	if err := tx.AddWorker(ctx, worker(1)); err != nil {
		return err
	}
	if _, err := tx.Verify(ctx, worker(1).Phone, noon); err != nil {
		return err
	}
	if err := tx.Remember(ctx, "*1#", worker(1).Phone, raw("lang", `"sw"`)); err != nil {
		return err
	}
	if _, err := tx.Count(ctx, "lookup", "254700000001", day, noon); err != nil {
		return err
	}
	if err := tx.AddMessage(ctx, message(1)); err != nil {
		return err
	}
	if err := tx.Enqueue(ctx, store.Job{Kind: "fund", Key: "1"}); err != nil {
		return err
	}
	if _, err := tx.LockCall(ctx, "all"); err != nil {
		return err
	}
	if err := tx.SaveCall(ctx, "all", callState(0, 1, 1)); err != nil {
		return err
	}
	return tx.Finish(ctx, "all", []byte("done"))
}

func rollbackLeavesNothing(s *subject) {
	twice(func(int) { s.undone(everything) })
	s.wantResult("all", "")
	_, err := s.Worker(s.ctx, worker(1).Phone)
	s.want(err, store.ErrNotFound)
	_, err = s.Message(s.ctx, message(1).ID)
	s.want(err, store.ErrNotFound)
	values, err := s.Remembered(s.ctx, "*1#", worker(1).Phone)
	s.want(err, nil)
	if len(values) != 0 {
		s.t.Errorf("remembered %v, want nothing", values)
	}
	s.wantJobs()
	s.wantCall("all", store.CallState{})
	s.in(everything)
	s.in(func(ctx context.Context, tx store.Tx) error {
		n, err := tx.Count(ctx, "lookup", "254700000001", day, noon)
		if n != 2 {
			s.t.Errorf("the second committed count is %d, want 2", n)
		}
		return err
	})
	s.wantResult("all", "done")
}

func unfinished(s *subject) {
	twice(func(int) {
		err := s.Within(s.ctx, func(ctx context.Context, tx store.Tx) error {
			_, done, err := tx.Begin(ctx, "half", fingerprint)
			if done {
				s.t.Error("an action that was never finished is reported as done")
			}
			return err
		})
		if err == nil {
			s.t.Fatal("an action without a result was committed: a repeat would get no answer")
		}
	})
}

func finishWithoutBegin(s *subject) {
	err := s.Within(s.ctx, func(ctx context.Context, tx store.Tx) error {
		return tx.Finish(ctx, "never", []byte("x"))
	})
	if err == nil {
		s.t.Error("an action was finished that was not begun")
	}
	err = s.Within(s.ctx, func(ctx context.Context, tx store.Tx) error {
		if _, _, err := tx.Begin(ctx, "again", fingerprint); err != nil {
			return err
		}
		_, _, err := tx.Begin(ctx, "again", fingerprint)
		return err
	})
	if err == nil {
		s.t.Error("an action was begun twice in one transaction")
	}
	s.wantResult("never", "")
	s.wantResult("again", "")
}

// keptOpen begins an action and keeps its transaction open until release is closed.
// Then the transaction ends with how.
func (s *subject) keptOpen(id, result string, release <-chan struct{}, how error) (ended <-chan error) {
	begun := make(chan struct{})
	var once sync.Once
	end := make(chan error, 1)
	go func() {
		end <- s.Within(s.ctx, func(ctx context.Context, tx store.Tx) error {
			if _, _, err := tx.Begin(ctx, id, fingerprint); err != nil {
				return err
			}
			once.Do(func() { close(begun) })
			select {
			case <-release:
			case <-ctx.Done():
				return ctx.Err()
			}
			if how != nil {
				return how
			}
			return tx.Finish(ctx, id, []byte(result))
		})
	}()
	select {
	case <-begun:
	case <-s.ctx.Done():
		s.t.Fatal("the first transaction did not begin")
	}
	return end
}

// duplicate starts a second call of an action, and lets the first one end after the
// second has started.
func (s *subject) duplicate(how error) (done bool, result string) {
	release := make(chan struct{})
	first := s.keptOpen("duplicate", "first", release, how)
	started := make(chan struct{})
	second := make(chan error, 1)
	var once sync.Once
	go func() {
		second <- s.Within(s.ctx, func(ctx context.Context, tx store.Tx) error {
			once.Do(func() { close(started) })
			stored, already, err := tx.Begin(ctx, "duplicate", fingerprint)
			done, result = already, string(stored)
			if err != nil || already {
				return err
			}
			return tx.Finish(ctx, "duplicate", []byte("second"))
		})
		once.Do(func() { close(started) })
	}()
	// If writers go one after the other, the second starts only after the first has
	// ended, so this must not wait for it without a limit.
	select {
	case <-started:
	case <-s.soon():
	}
	close(release)
	s.want(<-first, how)
	s.want(<-second, nil)
	return done, result
}

func duplicateWaits(s *subject) {
	done, result := s.duplicate(nil)
	if !done || result != "first" {
		s.t.Errorf("the duplicate gets done=%v %q, want true and the first result", done, result)
	}
	s.wantResult("duplicate", "first")
}

func duplicateOfFailed(s *subject) {
	done, _ := s.duplicate(errBack)
	if done {
		s.t.Error("the duplicate gets done=true, but the first call was rolled back")
	}
	s.wantResult("duplicate", "second")
}

func manyDuplicates(s *subject) {
	const callers, actions = 8, 5
	var effects atomic.Int32
	for a := range actions {
		answers := make([]string, callers)
		var all sync.WaitGroup
		for c := range callers {
			all.Go(func() {
				answer, err := s.act(fmt.Sprintf("many-%d", a), worker(100*a+c))
				if err != nil {
					s.t.Errorf("a duplicate failed: %v", err)
				}
				answers[c] = answer
			})
		}
		all.Wait()
		for c, answer := range answers {
			if answer != answers[0] {
				s.t.Errorf("action %d: duplicate %d got %q and duplicate 0 %q", a, c, answer, answers[0])
			}
			if _, err := s.Worker(s.ctx, worker(100*a+c).Phone); err == nil {
				effects.Add(1)
			}
		}
	}
	if got := effects.Load(); got != actions {
		s.t.Errorf("%d effects of %d actions", got, actions)
	}
}

func contextEnded(s *subject) {
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	err := s.Within(ctx, func(ctx context.Context, tx store.Tx) error {
		if err := everything(ctx, tx); err != nil {
			return err
		}
		cancel()
		return nil
	})
	s.want(err, context.Canceled)
	s.wantResult("all", "")
	_, err = s.Worker(s.ctx, worker(1).Phone)
	s.want(err, store.ErrNotFound)
	// The store still works.
	s.in(everything)
	s.wantResult("all", "done")
}

func ownContext(s *subject) {
	s.in(func(ctx context.Context, tx store.Tx) error {
		for name, call := range map[string]func() error{
			"Worker":         func() error { _, err := s.Worker(ctx, "254700000001"); return err },
			"Result":         func() error { _, err := s.Result(ctx, "a1"); return err },
			"Messages":       func() error { _, err := s.Messages(ctx, 1); return err },
			"Setting":        func() error { _, err := s.Setting(ctx, "a"); return err },
			"ListJobs":       func() error { _, err := s.ListJobs(ctx, 1); return err },
			"CountJobs":      func() error { _, err := s.CountJobs(ctx); return err },
			"RetryJob":       func() error { return s.RetryJob(ctx, 1) },
			"SetMessage":     func() error { return s.SetMessage(ctx, message(1)) },
			"Within":         func() error { return s.Within(ctx, everything) },
			"Ping":           func() error { return s.Ping(ctx) },
			"Work":           func() error { return s.Work(ctx, map[string]store.JobHandler{"sms": nil}, 0) },
			"SetSetting":     func() error { return s.SetSetting(ctx, "a", "b") },
			"SetSettingOnce": func() error { _, err := s.SetSettingOnce(ctx, "a", "b"); return err },
		} {
			if err := call(); err == nil || errors.Is(err, store.ErrNotFound) {
				s.t.Errorf("%s accepted the context of a transaction (%v): it can wait for itself", name, err)
			}
		}
		_, err := tx.Worker(ctx, "254700000001")
		s.want(err, store.ErrNotFound)
		return nil
	})
	s.wantResult("all", "")
}

// ReadBeside tests a store that serves concurrent callers: a read does not wait for an
// open transaction, and sees what was committed.
func ReadBeside(t *testing.T, open Open) {
	t.Helper()
	s := newSubject(t, open, store.JobRules{})
	s.in(func(ctx context.Context, tx store.Tx) error {
		if err := tx.AddWorker(ctx, worker(1)); err != nil {
			return err
		}
		if _, err := tx.Worker(ctx, worker(1).Phone); err != nil {
			t.Errorf("a transaction does not see its own worker: %v", err)
		}
		_, err := s.Worker(s.ctx, worker(1).Phone)
		s.want(err, store.ErrNotFound)
		return nil
	})
	_, err := s.Worker(s.ctx, worker(1).Phone)
	s.want(err, nil)
}
