package storetest

import (
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
