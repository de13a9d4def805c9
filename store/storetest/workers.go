package storetest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/store"
)

var workerCases = []testCase{
	{name: "an account is read as written", run: workerRoundTrip},
	{name: "each taken value has its own error", run: workerTaken},
	{name: "one of many wins a phone number", run: phoneRace},
	{name: "an account is verified once", run: verifyOnce},
}

func workerRoundTrip(s *subject) {
	full := worker(1)
	full.VerifiedAt = noon.Add(time.Hour)
	full.Name = "Wanjikũ O'Brien 😀"
	bare := worker(2)
	bare.Name, bare.SealedSecret = "", "x"
	for _, w := range []store.Worker{full, bare} {
		_, err := s.Worker(s.ctx, w.Phone)
		s.want(err, store.ErrNotFound)
		s.in(func(ctx context.Context, tx store.Tx) error { return tx.AddWorker(ctx, w) })
		twice(func(int) {
			got, err := s.Worker(s.ctx, w.Phone)
			s.want(err, nil)
			if diff := cmp.Diff(w, got); diff != "" {
				s.t.Errorf("worker (-written +read):\n%s", diff)
			}
		})
	}
}

func workerTaken(s *subject) {
	s.in(func(ctx context.Context, tx store.Tx) error { return tx.AddWorker(ctx, worker(1)) })
	samePhone, sameID, sameWallet := worker(2), worker(3), worker(4)
	samePhone.Phone = worker(1).Phone
	sameID.WorkerID = worker(1).WorkerID
	sameWallet.PublicKey = worker(1).PublicKey
	// One transaction, which continues after each refusal.
	s.in(func(ctx context.Context, tx store.Tx) error {
		twice(func(int) {
			s.want(tx.AddWorker(ctx, samePhone), store.ErrPhoneTaken)
			s.want(tx.AddWorker(ctx, sameID), store.ErrWorkerIDTaken)
			s.want(tx.AddWorker(ctx, worker(1)), store.ErrPhoneTaken)
			if tx.AddWorker(ctx, sameWallet) == nil {
				s.t.Error("two accounts have one wallet")
			}
		})
		return tx.AddWorker(ctx, worker(5))
	})
	_, err := s.Worker(s.ctx, worker(5).Phone)
	s.want(err, nil)
}

func phoneRace(s *subject) {
	const callers = 8
	var won, lost atomic.Int32
	var all sync.WaitGroup
	for n := range callers {
		w := worker(n)
		w.Phone = "254712345678"
		all.Go(func() {
			err := s.Within(s.ctx, func(ctx context.Context, tx store.Tx) error { return tx.AddWorker(ctx, w) })
			switch {
			case err == nil:
				won.Add(1)
			case errors.Is(err, store.ErrPhoneTaken):
				lost.Add(1)
			default:
				s.t.Errorf("AddWorker: %v", err)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 || lost.Load() != callers-1 {
		s.t.Errorf("%d won and %d lost the number, want 1 and %d", won.Load(), lost.Load(), callers-1)
	}
}

func verifyOnce(s *subject) {
	s.in(func(ctx context.Context, tx store.Tx) error { return tx.AddWorker(ctx, worker(1)) })
	twice(func(round int) {
		at := noon.Add(time.Duration(round) * time.Hour)
		s.in(func(ctx context.Context, tx store.Tx) error {
			first, err := tx.Verify(ctx, worker(1).Phone, at)
			if err == nil && first != (round == 0) {
				s.t.Errorf("round %d: first is %v", round, first)
			}
			return err
		})
		got, err := s.Worker(s.ctx, worker(1).Phone)
		s.want(err, nil)
		if !got.VerifiedAt.Equal(noon) {
			s.t.Errorf("verified at %s, want the first time, %s", got.VerifiedAt, noon)
		}
		err = s.Within(s.ctx, func(ctx context.Context, tx store.Tx) error {
			_, err := tx.Verify(ctx, "254799999999", at)
			return err
		})
		s.want(err, store.ErrNotFound)
	})
}
