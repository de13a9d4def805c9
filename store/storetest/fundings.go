package storetest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet"
)

var fundingCases = []testCase{
	{name: "a queued funding is read", run: fundingAsked},
	{name: "a held funding waits until it is asked for again", run: fundingHeld},
	{name: "one of many leases a channel", run: channelRace},
	{name: "an expired lease can go to another holder", run: leaseOver},
	{name: "a lease can be extended by its holder alone", run: leaseExtended},
	{name: "a transaction is recorded once, with all its wallets or none", run: recordedOnce},
	{name: "settling a transaction settles its wallets", run: settledOnce},
	{name: "the used sequence number of a channel is known", run: sequenceUsed},
	{name: "unfunded wallets are listed", run: unfundedListed},
	{name: "funded wallets can be funded again", run: fundedAgain},
}

const funderAddress = "GFUNDER"

// wallets stores n accounts with queued fundings, and a channel.
func (s *subject) wallets(n int) (addresses []string) {
	s.t.Helper()
	s.in(func(ctx context.Context, tx store.Tx) error {
		addresses = nil
		for i := range n {
			if err := tx.AddWorker(ctx, worker(i)); err != nil {
				return err
			}
			if _, err := tx.QueueFunding(ctx, worker(i).PublicKey, false); err != nil {
				return err
			}
			addresses = append(addresses, worker(i).PublicKey)
		}
		return nil
	})
	twice(func(int) {
		s.want(s.AddChannel(s.ctx, wallet.Channel{Address: funderAddress, Funder: funderAddress, Open: true}), nil)
	})
	return addresses
}

func (s *subject) lease(holder string, at time.Time) wallet.Lease {
	s.t.Helper()
	l, err := s.LeaseChannel(s.ctx, funderAddress, holder, at, at.Add(time.Minute))
	s.want(err, nil)
	return l
}

func (s *subject) wantFundings(want ...string) {
	s.t.Helper()
	var got []string
	for _, state := range []wallet.FundingState{
		wallet.FundingHeld, wallet.FundingPending, wallet.FundingSubmitted, wallet.FundingFunded, wallet.FundingFailed,
	} {
		list, err := s.ListFundings(s.ctx, state, 100)
		s.want(err, nil)
		for _, f := range list {
			got = append(got, strings.TrimSpace(fmt.Sprintf("%s %s %s %s %d", f.Address[len(f.Address)-5:], f.State, f.Transaction, f.Problem, f.Tries)))
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		s.t.Fatalf("fundings (-want +got):\n%s", diff)
	}
}

func fundingAsked(s *subject) {
	address := s.wallets(1)[0]
	f, err := s.Funding(s.ctx, address)
	s.want(err, nil)
	if f.State != wallet.FundingPending || f.Asked != 1 || f.SealedSecret != worker(0).SealedSecret || f.CreatedAt.IsZero() {
		s.t.Errorf("read %+v", f)
	}
	_, err = s.Funding(s.ctx, "G of nobody")
	s.want(err, wallet.ErrNoFunding)
	due, err := s.DueFundings(s.ctx, f.DueAt, 10)
	s.want(err, nil)
	if len(due) != 1 || due[0].Address != address {
		s.t.Errorf("due are %+v", due)
	}
	early, err := s.DueFundings(s.ctx, f.DueAt.Add(-time.Second), 10)
	s.want(err, nil)
	if len(early) != 0 {
		s.t.Errorf("due too early: %+v", early)
	}
	s.want(s.NoteFunding(s.ctx, address, "no money", noon), nil)
	s.undone(func(ctx context.Context, tx store.Tx) error {
		_, err := tx.QueueFunding(ctx, "G taken back", false)
		return err
	})
	_, err = s.Funding(s.ctx, "G taken back")
	s.want(err, wallet.ErrNoFunding)
	f, err = s.Funding(s.ctx, address)
	s.want(err, nil)
	if f.Problem != "no money" {
		s.t.Errorf("the problem reads %q", f.Problem)
	}
}

func fundingHeld(s *subject) {
	ask := func(held bool) (asked int) {
		s.in(func(ctx context.Context, tx store.Tx) (err error) {
			asked, err = tx.QueueFunding(ctx, worker(1).PublicKey, held)
			return err
		})
		return asked
	}
	for i, held := range []bool{true, true, false, true} {
		if asked := ask(held); asked != i+1 {
			s.t.Errorf("call %d returned asked = %d", i+1, asked)
		}
		want := wallet.FundingPending
		if i < 2 {
			want = wallet.FundingHeld
		}
		if f, err := s.Funding(s.ctx, worker(1).PublicKey); err != nil || f.State != want {
			s.t.Errorf("after call %d it is %s (%v), want %s", i+1, f.State, err, want)
		}
	}
}

func channelRace(s *subject) {
	s.wallets(0)
	const holders = 8
	var won, lost atomic.Int32
	var all sync.WaitGroup
	for i := range holders {
		all.Go(func() {
			switch _, err := s.LeaseChannel(s.ctx, funderAddress, fmt.Sprint("holder ", i), noon, noon.Add(time.Minute)); {
			case err == nil:
				won.Add(1)
			case err == wallet.ErrBusy:
				lost.Add(1)
			default:
				s.t.Errorf("LeaseChannel: %v", err)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 || lost.Load() != holders-1 {
		s.t.Errorf("%d leased the one channel and %d did not", won.Load(), lost.Load())
	}
}

func leaseExtended(s *subject) {
	s.wallets(1)
	l := s.lease("me", noon)
	s.want(s.ExtendLease(s.ctx, l, noon.Add(time.Hour)), nil)
	_, err := s.LeaseChannel(s.ctx, funderAddress, "other", noon.Add(59*time.Minute), noon.Add(2*time.Hour))
	s.want(err, wallet.ErrBusy)
	other := l
	other.Holder = "nobody"
	s.want(s.ExtendLease(s.ctx, other, noon.Add(3*time.Hour)), nil)
	_, err = s.LeaseChannel(s.ctx, funderAddress, "other", noon.Add(61*time.Minute), noon.Add(2*time.Hour))
	s.want(err, nil)
	// The first holder has lost it.
	s.want(s.ExtendLease(s.ctx, l, noon.Add(9*time.Hour)), nil)
	_, err = s.LeaseChannel(s.ctx, funderAddress, "third", noon.Add(2*time.Hour+time.Minute), noon.Add(3*time.Hour))
	s.want(err, nil)
}

func leaseOver(s *subject) {
	addresses := s.wallets(1)
	first := s.lease("first", noon)
	_, err := s.LeaseChannel(s.ctx, funderAddress, "second", noon.Add(time.Minute), noon.Add(2*time.Minute))
	s.want(err, wallet.ErrBusy)
	second := s.lease("second", noon.Add(time.Minute+time.Second))
	s.want(s.ReturnChannel(s.ctx, first, noon), nil) // no effect: the lease has expired
	_, err = s.LeaseChannel(s.ctx, funderAddress, "third", noon.Add(time.Minute+2*time.Second), noon.Add(3*time.Minute))
	s.want(err, wallet.ErrBusy)
	s.want(s.Record(s.ctx, first, transaction("aa"), addresses, noon), wallet.ErrConflict)
	s.want(s.Record(s.ctx, second, transaction("bb"), addresses, noon), nil)
	s.want(s.ReturnChannel(s.ctx, second, noon), nil)
	s.lease("third", noon)
	s.want(s.SetChannelOpen(s.ctx, funderAddress, false), nil)
	_, err = s.LeaseChannel(s.ctx, funderAddress, "fourth", noon.Add(time.Hour), noon.Add(2*time.Hour))
	s.want(err, wallet.ErrBusy)
}

func transaction(hash string) wallet.Transaction {
	return wallet.Transaction{
		Hash: hash, Channel: funderAddress, Sequence: 1<<32 + 7, Envelope: "AAAA" + hash, Until: noon.Truncate(time.Second),
	}
}

func recordedOnce(s *subject) {
	addresses := s.wallets(3)
	l := s.lease("me", noon)
	_, err := s.InFlight(s.ctx, funderAddress)
	s.want(err, wallet.ErrNoTransaction)
	// One of the wallets has no funding, so nothing is stored.
	s.want(s.Record(s.ctx, l, transaction("aa"), append([]string{"G of nobody"}, addresses...), noon), wallet.ErrConflict)
	_, err = s.InFlight(s.ctx, funderAddress)
	s.want(err, wallet.ErrNoTransaction)
	s.want(s.Record(s.ctx, l, transaction("bb"), addresses[:2], noon), nil)
	// The channel already has a transaction in flight, also for the same hash.
	s.want(s.Record(s.ctx, l, transaction("cc"), addresses[2:], noon), wallet.ErrConflict)
	s.want(s.Record(s.ctx, l, transaction("bb"), addresses[2:], noon), wallet.ErrConflict)
	got, err := s.InFlight(s.ctx, funderAddress)
	s.want(err, nil)
	if diff := cmp.Diff(transaction("bb"), got); diff != "" {
		s.t.Errorf("in flight (-stored +read):\n%s", diff)
	}
	s.wantFundings("00002 pending   0", "00000 submitted bb  0", "00001 submitted bb  0")
}

func settledOnce(s *subject) {
	addresses := s.wallets(4)
	l := s.lease("me", noon)
	s.want(s.Record(s.ctx, l, transaction("aa"), addresses, noon), nil)
	failed := wallet.Settlement{
		Hash: "aa", State: wallet.TransactionFailed, Result: "tx_failed op_line_full", At: noon,
		Rest: wallet.Verdict{State: wallet.FundingPending, DueAt: noon},
		Each: map[string]wallet.Verdict{
			addresses[1]:  {State: wallet.FundingFunded},
			addresses[2]:  {State: wallet.FundingPending, Problem: "op_line_full", DueAt: noon.Add(time.Hour), Blamed: true},
			"G of nobody": {State: wallet.FundingFunded},
		},
	}
	twice(func(int) { s.want(s.Settle(s.ctx, failed), nil) })
	s.wantFundings("00000 pending aa  0", "00002 pending aa op_line_full 1", "00003 pending aa  0", "00001 funded aa  0")
	due, err := s.DueFundings(s.ctx, noon, 10)
	s.want(err, nil)
	if len(due) != 2 {
		s.t.Errorf("%d are due, want 2: %+v", len(due), due)
	}
	// The channel is free for the next transaction, and the first can't end again.
	s.want(s.Record(s.ctx, l, transaction("bb"), []string{addresses[0], addresses[3]}, noon), nil)
	s.want(s.Settle(s.ctx, wallet.Settlement{
		Hash: "aa", State: wallet.TransactionExpired, At: noon,
		Rest: wallet.Verdict{State: wallet.FundingFailed},
	}), nil)
	done := wallet.Settlement{Hash: "bb", State: wallet.TransactionSucceeded, At: noon, Rest: wallet.Verdict{State: wallet.FundingFunded}}
	s.want(s.Settle(s.ctx, done), nil)
	s.want(s.DecideFundings(s.ctx, map[string]wallet.Verdict{
		addresses[0]: {State: wallet.FundingFailed, Problem: "too late"}, // it is funded and stays so
		addresses[2]: {State: wallet.FundingFailed, Problem: "gone"},
	}, noon), nil)
	s.wantFundings("00000 funded bb  0", "00001 funded aa  0", "00003 funded bb  0", "00002 failed aa gone 1")
}

// sequenceUsed ends transactions: some use up their number, and others may not.
func sequenceUsed(s *subject) {
	s.wallets(1)
	l := s.lease("me", noon)
	for i, c := range []struct {
		state  wallet.TransactionState
		result string
		used   bool
	}{
		{wallet.TransactionExpired, "", false},
		{wallet.TransactionFailed, "tx_insufficient_fee", false},
		{wallet.TransactionSucceeded, "", true},
		{wallet.TransactionExpired, "something else used its sequence number", false},
		{wallet.TransactionFailed, "tx_failed op_underfunded", true},
		{wallet.TransactionExpired, wallet.Fenced, true},
		{wallet.TransactionFailed, "tx_no_source_account", false},
	} {
		before, err := s.UsedSequence(s.ctx, funderAddress, 1, 100)
		s.want(err, nil)
		t := transaction(fmt.Sprintf("%02x", i))
		t.Sequence = int64(i + 1)
		s.want(s.Record(s.ctx, l, t, nil, noon), nil)
		s.want(s.Settle(s.ctx, wallet.Settlement{Hash: t.Hash, State: c.state, Result: c.result, At: noon}), nil)
		want := before
		if c.used {
			want = t.Sequence
		}
		if used, err := s.UsedSequence(s.ctx, funderAddress, 1, 100); used != want || err != nil {
			s.t.Errorf("after %s %q: %d, %v; want %d", c.state, c.result, used, err, want)
		}
	}
	if used, err := s.UsedSequence(s.ctx, funderAddress, 1, 5); used != 5 || err != nil {
		s.t.Errorf("up to 5: %d, %v", used, err)
	}
	if used, err := s.UsedSequence(s.ctx, "another channel", 1, 100); used != 0 || err != nil {
		s.t.Errorf("another channel: %d, %v", used, err)
	}
}

func fundedAgain(s *subject) {
	addresses := s.wallets(4)
	funded := wallet.Verdict{State: wallet.FundingFunded}
	s.want(s.DecideFundings(s.ctx, map[string]wallet.Verdict{addresses[0]: funded, addresses[1]: funded}, noon), nil)
	s.want(s.DecideFundings(s.ctx, map[string]wallet.Verdict{addresses[2]: funded}, noon.Add(time.Hour)), nil)
	before := noon.Add(time.Minute)
	var got []string
	for after := ""; ; after = got[len(got)-1] {
		list, err := s.FundedBefore(s.ctx, before, after, 1)
		s.want(err, nil)
		if len(list) == 0 {
			break
		}
		got = append(got, list...)
	}
	if diff := cmp.Diff(addresses[:2], got); diff != "" {
		s.t.Errorf("funded before (-want +got):\n%s", diff)
	}
	// One was funded later, and one never: neither changes.
	s.want(s.FundAgain(s.ctx, []string{addresses[0], addresses[2], addresses[3], "G of nobody"}, before, noon.Add(2*time.Hour)), nil)
	for i, want := range []wallet.FundingState{wallet.FundingPending, wallet.FundingFunded, wallet.FundingFunded, wallet.FundingPending} {
		if f, err := s.Funding(s.ctx, addresses[i]); f.State != want || err != nil {
			s.t.Errorf("wallet %d is %s, %v; want %s", i, f.State, err, want)
		}
	}
}

func unfundedListed(s *subject) {
	addresses := s.wallets(3)
	s.in(func(ctx context.Context, tx store.Tx) error {
		if _, err := tx.QueueFunding(ctx, worker(8).PublicKey, true); err != nil {
			return err
		}
		if err := tx.AddWorker(ctx, worker(8)); err != nil {
			return err
		}
		return tx.AddWorker(ctx, worker(9)) // as in the legacy service's database
	})
	s.want(s.DecideFundings(s.ctx, map[string]wallet.Verdict{
		addresses[0]: {State: wallet.FundingFunded}, addresses[1]: {State: wallet.FundingFailed},
	}, noon), nil)
	var got []string
	for after := ""; ; after = got[len(got)-1] {
		list, err := s.Unfunded(s.ctx, after, 2)
		s.want(err, nil)
		if len(list) == 0 {
			break
		}
		got = append(got, list...)
	}
	if diff := cmp.Diff([]string{addresses[1], addresses[2], worker(9).PublicKey}, got); diff != "" {
		s.t.Errorf("to ask for (-want +got):\n%s", diff)
	}
	counts, none, err := s.CountFundings(s.ctx)
	s.want(err, nil)
	want := map[wallet.FundingState]int{wallet.FundingFunded: 1, wallet.FundingFailed: 1, wallet.FundingPending: 1, wallet.FundingHeld: 1}
	if diff := cmp.Diff(want, counts); diff != "" || none != 1 {
		s.t.Errorf("%d never asked for, want 1; counts (-want +got):\n%s", none, diff)
	}
}
