package storetest

import (
	"bytes"
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/paytrace/paytrace/store"
)

// Bench measures the cost of a callback: an action with all the effects of creating an
// account, its repeat, and reads.
func Bench(b *testing.B, open func(b *testing.B) store.Store) {
	b.Run("action", func(b *testing.B) { benchAction(b, open(b)) })
	b.Run("action without a job", func(b *testing.B) { benchPlain(b, open(b)) })
	b.Run("call state", func(b *testing.B) { benchNewCall(b, open(b)) })
	b.Run("call state again", func(b *testing.B) { benchCallAgain(b, open(b)) })
	b.Run("transfer", func(b *testing.B) { benchTransfer(b, open(b)) })
	b.Run("repeat", func(b *testing.B) { benchRepeat(b, open(b)) })
	b.Run("lookup", func(b *testing.B) { benchLookup(b, open(b)) })
	b.Run("remembered", func(b *testing.B) { benchRemembered(b, open(b)) })
}

// parallel is how many callers wait at the same time, per processor.
const parallel = 8

// each runs fn with numbers that no other call gets.
func each(b *testing.B, fn func(ctx context.Context, n int) error) {
	b.Helper()
	b.ReportAllocs()
	b.SetParallelism(parallel)
	var next atomic.Int64
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := fn(context.Background(), int(next.Add(1))); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

func account(ctx context.Context, tx store.Tx, n int, job bool) error {
	id := fmt.Sprintf("action-%d", n)
	if _, done, err := tx.Begin(ctx, id, fingerprint); err != nil || done {
		return err
	}
	if err := tx.AddWorker(ctx, worker(n)); err != nil {
		return err
	}
	if err := tx.AddMessage(ctx, message(n)); err != nil {
		return err
	}
	if job {
		if err := tx.Enqueue(ctx, store.Job{Kind: "sms", Key: id, Args: []byte(`{"message":"` + id + `"}`)}); err != nil {
			return err
		}
	}
	return tx.Finish(ctx, id, []byte(`{"outcome":"created"}`))
}

func benchAction(b *testing.B, s store.Store) {
	each(b, func(ctx context.Context, n int) error {
		return s.Within(ctx, func(ctx context.Context, tx store.Tx) error { return account(ctx, tx, n, true) })
	})
}

func benchPlain(b *testing.B, s store.Store) {
	each(b, func(ctx context.Context, n int) error {
		return s.Within(ctx, func(ctx context.Context, tx store.Tx) error { return account(ctx, tx, n, false) })
	})
}

// usualState is the size of most states of calls, in bytes.
const usualState = 600

// saveCall locks a call and saves its next state.
func saveCall(ctx context.Context, s store.Store, id, caller string) error {
	return s.Within(ctx, func(ctx context.Context, tx store.Tx) error {
		stored, err := tx.LockCall(ctx, id)
		if err != nil {
			return err
		}
		return tx.SaveCall(ctx, id, store.CallState{
			Epoch: stored.Epoch + 1, Length: stored.Length + 2, Program: "abc", Caller: caller,
			State: bytes.Repeat([]byte{'x'}, usualState),
		})
	})
}

func benchNewCall(b *testing.B, s store.Store) {
	each(b, func(ctx context.Context, n int) error {
		return saveCall(ctx, s, fmt.Sprint("call-", n), worker(n).Phone)
	})
}

// benchCallAgain saves a thousand calls in turn, so that no two callers wait for one.
func benchCallAgain(b *testing.B, s store.Store) {
	const calls = 1000
	for n := range calls {
		if err := saveCall(context.Background(), s, fmt.Sprint("call-", n), worker(n).Phone); err != nil {
			b.Fatal(err)
		}
	}
	each(b, func(ctx context.Context, n int) error {
		return saveCall(ctx, s, fmt.Sprint("call-", n%calls), worker(n%calls).Phone)
	})
}

// filled stores a thousand accounts.
func filled(b *testing.B, s store.Store) {
	b.Helper()
	err := s.Within(context.Background(), func(ctx context.Context, tx store.Tx) error {
		for n := range 1000 {
			if err := account(ctx, tx, n, false); err != nil {
				return err
			}
			if err := tx.Remember(ctx, "*1#", worker(n).Phone, raw("lang", `"sw"`, "n", "1")); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

// benchTransfer moves money between a clearing account and a thousand callers, as deposits
// do.
func benchTransfer(b *testing.B, s store.Store) {
	const callers = 1000
	each(b, func(ctx context.Context, n int) error {
		return s.Within(ctx, func(ctx context.Context, tx store.Tx) error {
			return tx.Move(ctx, paidIn(fmt.Sprint("d", n), n%callers, 100))
		})
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "transfers/s")
}

func benchRepeat(b *testing.B, s store.Store) {
	filled(b, s)
	each(b, func(ctx context.Context, n int) error {
		return s.Within(ctx, func(ctx context.Context, tx store.Tx) error { return account(ctx, tx, n%1000, true) })
	})
}

func benchLookup(b *testing.B, s store.Store) {
	filled(b, s)
	each(b, func(ctx context.Context, n int) error {
		_, err := s.Worker(ctx, worker(n%1000).Phone)
		return err
	})
}

func benchRemembered(b *testing.B, s store.Store) {
	filled(b, s)
	each(b, func(ctx context.Context, n int) error {
		_, err := s.Remembered(ctx, "*1#", worker(n%1000).Phone)
		return err
	})
}
