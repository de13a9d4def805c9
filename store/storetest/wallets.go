package storetest

import (
	"context"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet"
)

var walletCases = []testCase{
	{name: "wallets are listed in pages", run: walletPages},
	{name: "a token is replaced only if it is still the one that was read", run: resealCompares},
}

func fill(s *subject, n int) {
	s.in(func(ctx context.Context, tx store.Tx) error {
		for i := range n {
			if err := tx.AddWorker(ctx, worker(i)); err != nil {
				return err
			}
		}
		return nil
	})
}

func walletPages(s *subject) {
	const all = 25
	fill(s, all)
	after := int64(0)
	var paged []wallet.Sealed
	for {
		page, err := s.SealedWallets(s.ctx, after, 10)
		s.want(err, nil)
		if len(page) == 0 {
			break
		}
		paged, after = append(paged, page...), page[len(page)-1].Row
	}
	if len(paged) != all {
		s.t.Fatalf("%d wallets in pages, want %d", len(paged), all)
	}
	for i, w := range paged {
		if want := worker(i); w.WorkerID != want.WorkerID || w.Address != want.PublicKey || w.Token != want.SealedSecret {
			s.t.Errorf("wallet %d is %+v", i, w)
		}
	}
}

func resealCompares(s *subject) {
	fill(s, 3)
	list, err := s.SealedWallets(s.ctx, 0, 10)
	s.want(err, nil)
	changes := []wallet.Resealed{
		{Row: list[0].Row, OldToken: list[0].Token, NewToken: "new 0"},
		{Row: list[1].Row, OldToken: "what it held before", NewToken: "new 1"},
		{Row: list[2].Row + 100, OldToken: list[2].Token, NewToken: "new 2"},
	}
	for _, want := range []int{1, 0} {
		changed, err := s.Reseal(s.ctx, changes)
		s.want(err, nil)
		if changed != want {
			s.t.Errorf("%d changed, want %d", changed, want)
		}
	}
	now, err := s.SealedWallets(s.ctx, 0, 10)
	s.want(err, nil)
	for i, want := range []string{"new 0", list[1].Token, list[2].Token} {
		if now[i].Token != want {
			s.t.Errorf("wallet %d has %q, want %q", i, now[i].Token, want)
		}
	}
}
