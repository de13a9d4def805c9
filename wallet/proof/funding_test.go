package proof_test

import (
	"context"
	"errors"
	"maps"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/postgres"
	"github.com/paytrace/paytrace/store/storetest/servers"
	"github.com/paytrace/paytrace/wallet"
)

func TestMain(m *testing.M) { servers.Main(m) }

// wallets returns the number of wallets to fund. PROOF_WALLETS replaces it.
func wallets(t *testing.T) int {
	t.Helper()
	text := os.Getenv("PROOF_WALLETS")
	if text == "" {
		return usualWallets
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("PROOF_WALLETS is %q, expected a number of wallets", text)
	}
	return n
}

// Every wallet is funded once, with all faults of the network and deaths at any
// point. Half of the wallets get lumens, the others a credit. Half of these exist
// before, where the network itself would accept a second payment.
func TestEveryWalletIsFundedOnce(t *testing.T) {
	t.Parallel()
	for _, kind := range []struct {
		name   string
		credit bool
	}{{"native", false}, {"credit", true}} {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 7, kind.credit)
			exists := func(i int) bool { return kind.credit && i%2 == 0 }
			w.openChannels(exists)
			w.faults, w.tap = w.horizonFaults, w.disturb
			w.run(wallets(t)/2-len(w.made), 40, 3, exists)
			double, lost := w.audit()
			succeeded, failed := w.ledger.Applied()
			t.Logf("%d wallets; %d transactions succeeded, %d failed; of the submissions %d ended unknown or untrue; "+
				"%d kills, %d overtakings; successes by channel %v", len(w.made), succeeded, failed, w.unknown, w.killed, w.interleaved,
				slices.Sorted(maps.Values(w.ledger.Sources())))
			if double+lost > 0 {
				t.Errorf("%d wallets were funded twice and %d not at all", double, lost)
			}
			w.settled()
			w.wantDisturbed()
		})
	}
}

func TestWalletsAreFunded(t *testing.T) {
	t.Parallel()
	for name, credit := range map[string]bool{"native": false, "credit": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 1, credit)
			w.run(300, 300, 2, func(i int) bool { return i%3 == 0 })
			double, lost := w.audit()
			succeeded, failed := w.ledger.Applied()
			t.Logf("%d succeeded, %d failed, by channel %v", succeeded, failed, w.ledger.Sources())
			if double > 0 {
				t.Errorf("%d wallets were funded twice", double)
			}
			if want := 0; lost != want && credit {
				t.Errorf("%d wallets got nothing", lost)
			}
			w.settled()
		})
	}
}

// The same holds on Postgres, with fewer wallets.
func TestEveryWalletIsFundedOnceOnPostgres(t *testing.T) {
	t.Parallel()
	url := servers.Database(t)
	w := newWorldOn(t, 11, true, func(now func() time.Time) (store.Store, error) {
		return postgres.Open(t.Context(), postgres.Config{URL: url, Now: now})
	})
	exists := func(i int) bool { return i%2 == 0 }
	w.openChannels(exists)
	w.faults, w.tap = w.horizonFaults, w.disturb
	w.run(max(postgresWallets, wallets(t)/100), 40, 3, exists)
	if double, lost := w.audit(); double+lost > 0 {
		t.Errorf("%d wallets were funded twice and %d not at all", double, lost)
	}
	t.Logf("%d wallets; of %d submissions %d ended unknown or untrue; %d kills", len(w.made), w.submissions, w.unknown, w.killed)
	w.settled()
}

// wantDisturbed fails the test if the disturbances did not reach every point.
func (w *world) wantDisturbed() {
	w.t.Helper()
	for _, label := range []string{
		"a lease", "a return", "the storing of a transaction", "a submission", "the storing of an end", "a look",
	} {
		for _, when := range []string{"before ", "after "} {
			if len(w.made) >= 1000 && w.points[when+label] == 0 {
				w.t.Errorf("no process died %s", when+label)
			}
		}
	}
	if least := w.submissions / submissionDeck * unknownOfDeck; w.unknown < least {
		w.t.Errorf("of %d submissions %d ended unknown, want at least %d", w.submissions, w.unknown, least)
	}
}

// Each control breaks one rule. The same schedule must then see wallets that are
// paid twice; otherwise it could not see that fault in our client either.
func TestWithoutTheRulesWalletsAreFundedTwice(t *testing.T) {
	t.Parallel()
	for name, wrong := range map[string]func(p *process, f *wallet.Funder){
		"a time-out counts as a failure":          func(_ *process, f *wallet.Funder) { f.Network = impatient{f.Network} },
		"not found counts as never":               func(_ *process, f *wallet.Funder) { f.Network = hasty{f.Network} },
		"a transaction is stored with its answer": storedAfter,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 7, true)
			exists := func(int) bool { return true }
			w.openChannels(exists)
			w.faults = w.horizonFaults
			w.tap = func(p *process, f *wallet.Funder) {
				w.disturb(p, f)
				wrong(p, f)
			}
			w.run(400, 6, 3, exists)
			double, _ := w.audit()
			t.Logf("%d of %d wallets were paid twice", double, len(w.made))
			if double == 0 {
				t.Error("no wallet was paid twice: this schedule can't see the fault it is for")
			}
		})
	}
}

// impatient builds another transaction when no answer comes, as after a refused fee.
type impatient struct{ wallet.Network }

func (n impatient) Submit(ctx context.Context, t wallet.Transaction) (wallet.Answer, error) {
	a, err := n.Network.Submit(ctx, t)
	if err != nil {
		return wallet.Answer{Fate: wallet.FateFailed, Code: "tx_insufficient_fee"}, nil //nolint:nilerr // its very mistake
	}
	return a, nil
}

// hasty treats the first "not found" as final.
type hasty struct{ wallet.Network }

func (n hasty) Look(ctx context.Context, t wallet.Transaction) (wallet.Answer, error) {
	a, err := n.Network.Look(ctx, t)
	if a.Fate == wallet.FateNotFound {
		a.AsOf, a.Sure = a.AsOf.AddDate(1, 0, 0), true
	}
	return a, err
}

// storedAfter stores a transaction only after its answer.
func storedAfter(_ *process, f *wallet.Funder) {
	late := &lateBook{Book: f.Book}
	f.Book, f.Network = late, lateNetwork{f.Network, late}
}

type lateBook struct {
	wallet.Book
	store func(ctx context.Context) error
}

func (b *lateBook) Record(_ context.Context, l wallet.Lease, t wallet.Transaction, addresses []string, now time.Time) error {
	b.store = func(ctx context.Context) error { return b.Book.Record(ctx, l, t, addresses, now) }
	return nil
}

type lateNetwork struct {
	wallet.Network
	book *lateBook
}

func (n lateNetwork) Submit(ctx context.Context, t wallet.Transaction) (wallet.Answer, error) {
	a, err := n.Network.Submit(ctx, t)
	store := n.book.store
	n.book.store = nil
	if store != nil && err == nil {
		if failed := store(ctx); failed != nil {
			return wallet.Answer{}, errors.Join(err, failed)
		}
	}
	return a, err
}
