package proof_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/sqlite"
	"github.com/paytrace/paytrace/wallet"
	"github.com/paytrace/paytrace/wallet/stellar"
	"github.com/paytrace/paytrace/wallet/stellar/horizon"
	"github.com/paytrace/paytrace/wallet/wallettest"
)

var passphrase = stellar.Passphrase("TESTNET")

// world has a store with wallets to fund, a network and one clock for both.
type world struct {
	t       testing.TB
	rng     *rand.Rand
	at      time.Time
	store   store.Store
	ledger  *wallettest.Ledger
	horizon *wallettest.Horizon
	network wallet.Network
	faults  wallettest.Faults
	sealer  *wallet.Sealer
	account wallet.KeyPair
	asset   wallet.Asset
	serial  uint64

	// made lists the wallets to fund.
	made []string
	// tap wraps the ports of a process.
	tap func(p *process, f *wallet.Funder)
	// These count the disturbances, and the deaths at each point.
	killed, unknown, interleaved, submissions int
	points                                    map[string]int
	// decks holds the cards that draw has not given yet.
	decks map[string][]int
}

func (w *world) now() time.Time { return w.at }

// inMemory opens a database for one world.
func inMemory(now func() time.Time) (store.Store, error) {
	return sqlite.OpenMemory(context.Background(), sqlite.Config{Now: now})
}

// newWorld makes a world in memory. The same seed gives the same world.
func newWorld(t testing.TB, seed uint64, credit bool) *world {
	t.Helper()
	return newWorldOn(t, seed, credit, inMemory)
}

// newWorldOn makes a world on the database that open opens.
func newWorldOn(t testing.TB, seed uint64, credit bool, open func(now func() time.Time) (store.Store, error)) *world {
	t.Helper()
	w := &world{t: t, rng: rand.New(rand.NewPCG(seed, 1)), points: map[string]int{}, decks: map[string][]int{}, at: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
	s, err := open(w.now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	w.store = s
	if w.sealer, err = wallet.NewSealer(stellar.Keys{}, w.now, "a key"); err != nil {
		t.Fatal(err)
	}
	w.ledger = wallettest.NewLedger(passphrase, w.now)
	w.account = w.pair()
	w.ledger.Open(w.account.Address, 1_000_000)
	if credit {
		issuer := w.pair()
		w.ledger.Open(issuer.Address, 100)
		w.asset = wallet.Asset{Code: "KSH", Issuer: issuer.Address}
		w.ledger.Trust(w.account.Address, w.asset.Code, w.asset.Issuer, 1_000_000)
	}
	w.horizon = &wallettest.Horizon{Ledger: w.ledger, Faults: func(r wallettest.Request) wallettest.Fault {
		if w.faults == nil {
			return wallettest.Fault{}
		}
		return w.faults(r)
	}}
	w.network, err = horizon.New(horizon.Config{
		URL: "http://horizon", Passphrase: passphrase, Transport: wallettest.InProcess{Handler: w.horizon},
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) pair() wallet.KeyPair {
	w.t.Helper()
	var seed [32]byte
	w.serial++
	binary.BigEndian.PutUint64(seed[:], w.serial)
	pair, err := stellar.Keys{}.New(bytes.NewReader(seed[:]))
	if err != nil {
		w.t.Fatal(err)
	}
	return pair
}

// register makes accounts with wallets to fund, until there are n. If exists(i), the
// wallet is on the network already, but without the asset.
func (w *world) register(n int, exists func(i int) bool) {
	w.t.Helper()
	const together = 100
	for len(w.made) < n {
		err := w.store.Within(context.Background(), func(ctx context.Context, tx store.Tx) error {
			for range min(together, n-len(w.made)) {
				if err := w.add(ctx, tx, exists(len(w.made))); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *world) add(ctx context.Context, tx store.Tx, exists bool) error {
	pair := w.pair()
	sealed, err := w.sealer.Seal(pair.Secret, pair.Address)
	if err != nil {
		return err
	}
	i := len(w.made)
	err = tx.AddWorker(ctx, store.Worker{
		WorkerID: fmt.Sprintf("NW-%08X", i), Phone: fmt.Sprintf("2547%08d", i), PublicKey: pair.Address, SealedSecret: sealed,
	})
	if err != nil {
		return err
	}
	if _, err := tx.QueueFunding(ctx, pair.Address, false); err != nil {
		return err
	}
	if exists {
		w.ledger.Open(pair.Address, 1)
	}
	w.made = append(w.made, pair.Address)
	return nil
}

// openChannels lets wallets wait for a free channel until all channels are made.
func (w *world) openChannels(exists func(i int) bool) {
	w.t.Helper()
	ctx, p := context.Background(), w.start()
	p.Batch = 1
	const most = 50
	for range most {
		known, err := w.store.Channels(ctx, w.account.Address)
		if err != nil {
			w.t.Fatal(err)
		}
		open := 0
		for _, c := range known {
			if c.Open {
				open++
			}
		}
		if open == p.Channels {
			return
		}
		w.register(len(w.made)+1, exists)
		last := w.made[len(w.made)-1]
		w.at = w.at.Add(20 * time.Second)
		w.allLeased(open, func() {
			if _, err := p.Fund(ctx, last); err != nil {
				w.t.Fatal(err)
			}
		})
		if _, err := p.Fund(ctx, last); err != nil {
			w.t.Fatal(err)
		}
	}
	w.t.Fatal("the channels were not made")
}

// allLeased runs fn while every channel is leased.
func (w *world) allLeased(open int, fn func()) {
	w.t.Helper()
	var leases []wallet.Lease
	for range open {
		l, err := w.store.LeaseChannel(context.Background(), w.account.Address, "a test", w.at, w.at.Add(time.Hour))
		if err != nil {
			w.t.Fatal(err)
		}
		leases = append(leases, l)
	}
	fn()
	for _, l := range leases {
		if err := w.store.ReturnChannel(context.Background(), l, w.at); err != nil {
			w.t.Fatal(err)
		}
	}
}

// process is one instance that funds wallets, until it is killed.
type process struct {
	*wallet.Funder
	depth int
}

func (w *world) start() *process {
	p := &process{}
	p.Funder = &wallet.Funder{
		Book: w.store, Network: w.network, Builder: stellar.NewBuilder(passphrase), Keys: stellar.Keys{}, Sealed: w.sealer,
		Account: w.account, Asset: w.asset, Channels: 3, Batch: 1 + w.rng.IntN(6), Now: w.now,
		Log:  slog.New(slog.NewTextHandler(io.Discard, nil)),
		Tick: func(time.Duration) (<-chan time.Time, func()) { return nil, func() {} }, // this world's clock jumps
	}
	if w.tap != nil {
		w.tap(p, p.Funder)
	}
	return p
}

// kill is the panic value of a killed process.
type kill struct{ point string }

var errKilled = errors.New("the process was killed")

// fund runs a wallet's job once.
func (p *process) fund(ctx context.Context, address string) (f wallet.Funding, err error) {
	defer func() {
		if x := recover(); x != nil {
			if _, ok := x.(kill); !ok {
				panic(x)
			}
			err = errKilled
		}
	}()
	return p.Fund(ctx, address)
}

// run makes and funds n more wallets, in waves of at most wave wallets. The
// processes live from wave to wave.
func (w *world) run(n, wave, processes int, exists func(i int) bool) {
	w.t.Helper()
	all := make([]*process, processes)
	for i := range all {
		all[i] = w.start()
	}
	for n += len(w.made); len(w.made) < n; {
		before := len(w.made)
		w.register(min(n, before+1+w.rng.IntN(wave)), exists)
		w.jobs(context.Background(), all, w.made[before:])
	}
	// The wallets have ended, but a transaction may still be in flight.
	w.jobs(context.Background(), all, w.made)
}

// jobs runs the jobs of wallets until all have ended.
func (w *world) jobs(ctx context.Context, all []*process, addresses []string) {
	w.t.Helper()
	// A run that needs more turns than this never ends.
	most := 200 * (len(addresses) + 100)
	queue := append([]string(nil), addresses...)
	for range most {
		if len(queue) == 0 {
			return
		}
		address := queue[0]
		queue = queue[1:]
		w.at = w.at.Add(time.Duration(w.rng.IntN(3000)) * time.Millisecond)
		i := w.rng.IntN(len(all))
		f, err := all[i].fund(ctx, address)
		switch {
		case errors.Is(err, errKilled):
			all[i] = w.start()
			queue = append(queue, address)
		case errors.Is(err, store.ErrUnknown):
			queue = append(queue, address) // the job is tried again
		case err != nil:
			w.t.Fatalf("fund %s: %v", address, err)
		case !f.Ended():
			queue = append(queue, address)
		}
	}
	w.t.Fatalf("after %d turns %d wallets have not ended", most, len(queue))
}

// audit counts the wallets that were funded more than once, and not at all.
func (w *world) audit() (double, lost int) {
	w.t.Helper()
	for _, address := range w.made {
		switch gifts := w.ledger.Received(address).Gifts(); {
		case gifts > 1:
			double++
		case gifts < 1:
			lost++
		}
	}
	return double, lost
}

// settled fails the test unless the store has all wallets funded and nothing in
// flight.
func (w *world) settled() {
	w.t.Helper()
	ctx := context.Background()
	counts, none, err := w.store.CountFundings(ctx)
	if err != nil || none != 0 || counts[wallet.FundingFunded] != len(w.made) {
		w.t.Errorf("the store has %v, %d without, %v; want %d funded", counts, none, err, len(w.made))
	}
	channels, err := w.store.Channels(ctx, w.account.Address)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, c := range channels {
		if t, err := w.store.InFlight(ctx, c.Address); !errors.Is(err, wallet.ErrNoTransaction) {
			w.t.Errorf("channel %d still has %s in flight (%v)", c.Place, t.Hash, err)
		}
	}
}
