package storetest

import (
	"context"
	"errors"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet"
)

// repeatCases repeats calls whose first answer may have been lost: the repeat changes
// nothing more. The other groups do so for their own subjects.
var repeatCases = []testCase{
	{name: "the steps of a funding", run: fundingRepeated},
	{name: "secrets and what is remembered", run: secretsRepeated},
}

// again runs a step twice and compares what looks reads after each.
func again[T any](s *subject, what string, step func() error, look func() T) {
	s.t.Helper()
	var first T
	twice(func(round int) {
		if err := step(); err != nil && (round == 0 || !errors.Is(err, wallet.ErrConflict)) {
			s.t.Fatalf("%s, round %d: %v", what, round, err)
		}
		if round == 0 {
			first = look()
			return
		}
		if diff := cmp.Diff(first, look()); diff != "" {
			s.t.Errorf("%s a second time (-once +twice):\n%s", what, diff)
		}
	})
}

// books returns all that can be read about fundings and channels.
type books struct {
	Fundings []wallet.Funding
	Channels []wallet.Channel
	InFlight wallet.Transaction
}

func (s *subject) books(addresses []string) (b books) {
	s.t.Helper()
	for _, address := range addresses {
		f, err := s.Funding(s.ctx, address)
		s.want(err, nil)
		b.Fundings = append(b.Fundings, f)
	}
	var err error
	b.Channels, err = s.Channels(s.ctx, funderAddress)
	s.want(err, nil)
	if b.InFlight, err = s.InFlight(s.ctx, funderAddress); !errors.Is(err, wallet.ErrNoTransaction) {
		s.want(err, nil)
	}
	return b
}

func fundingRepeated(s *subject) {
	addresses := s.wallets(3)
	look := func() books { return s.books(addresses) }
	again(s, "a note", func() error { return s.NoteFunding(s.ctx, addresses[0], "no money", noon) }, look)
	again(s, "a decision", func() error {
		return s.DecideFundings(s.ctx, map[string]wallet.Verdict{addresses[2]: {State: wallet.FundingFailed, Problem: "gone"}}, noon)
	}, look)
	again(s, "a channel", func() error {
		return s.AddChannel(s.ctx, wallet.Channel{Address: "GOTHER", Funder: funderAddress, Place: 1})
	}, look)
	again(s, "opening it", func() error { return s.SetChannelOpen(s.ctx, "GOTHER", true) }, look)
	lease := s.lease("first", noon)
	again(s, "storing a transaction", func() error {
		return s.Record(s.ctx, lease, transaction("aa"), addresses[:2], noon)
	}, look)
	again(s, "its end", func() error {
		return s.Settle(s.ctx, wallet.Settlement{
			Hash: transaction("aa").Hash, State: wallet.TransactionFailed, Result: "tx_failed", At: noon,
			Rest: wallet.Verdict{State: wallet.FundingFunded},
			Each: map[string]wallet.Verdict{addresses[1]: {State: wallet.FundingPending, Problem: "no trust", DueAt: noon, Blamed: true}},
		})
	}, look)
	again(s, "giving the channel back", func() error { return s.ReturnChannel(s.ctx, lease, noon) }, look)
}

func secretsRepeated(s *subject) {
	const phone = "254700000001"
	type kept struct {
		Code    store.Code
		Guesses store.Guesses
		Setting string
		Keys    []store.APIKey
	}
	look := func() (k kept) {
		s.in(func(ctx context.Context, tx store.Tx) (err error) {
			if k.Code, err = tx.Code(ctx, phone); errors.Is(err, store.ErrNotFound) {
				err = nil
			}
			var errGuesses error
			k.Guesses, errGuesses = tx.LockGuesses(ctx, "code", phone)
			return errors.Join(err, errGuesses)
		})
		var err error
		if k.Setting, err = s.Setting(s.ctx, "tag"); !errors.Is(err, store.ErrNotFound) {
			s.want(err, nil)
		}
		k.Keys, err = s.ListAPIKeys(s.ctx)
		s.want(err, nil)
		return k
	}
	within := func(fn func(ctx context.Context, tx store.Tx) error) func() error {
		return func() error { return s.Within(s.ctx, fn) }
	}
	again(s, "a code", within(func(ctx context.Context, tx store.Tx) error {
		return tx.SetCode(ctx, store.Code{Phone: phone, Hash: []byte{1}, CreatedAt: noon, ExpiresAt: noon.Add(day)})
	}), look)
	again(s, "what a guess left", within(func(ctx context.Context, tx store.Tx) error {
		if _, err := tx.LockGuesses(ctx, "code", phone); err != nil {
			return err
		}
		return tx.SetGuesses(ctx, "code", phone, store.Guesses{Misses: 5, LockedUntil: noon.Add(day)})
	}), look)
	again(s, "a setting", func() error {
		_, err := s.SetSettingOnce(s.ctx, "tag", "first")
		return err
	}, look)
	again(s, "another value of a setting", func() error { return s.SetSetting(s.ctx, "tag", "second") }, look)
	s.want(s.AddAPIKey(s.ctx, apiKey("a")), nil)
	again(s, "a use of a key", func() error { return s.UseAPIKey(s.ctx, "a", noon) }, look)
	again(s, "a key's end", func() error { return s.RevokeAPIKey(s.ctx, "a", noon) }, look)
	again(s, "a used code", within(func(ctx context.Context, tx store.Tx) error { return tx.DropCode(ctx, phone) }), look)
}
