package actions_test

import (
	"context"
	"crypto/rand"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/paytrace/paytrace/actions"
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/postgres"
	"github.com/paytrace/paytrace/store/sqlite"
	"github.com/paytrace/paytrace/store/storetest"
	"github.com/paytrace/paytrace/store/storetest/servers"
	"github.com/paytrace/paytrace/wallet"
	"github.com/paytrace/paytrace/wallet/stellar"
)

const (
	amina = "254711000001"
	brian = "254711000002"
)

func newClock() *storetest.Clock {
	return storetest.NewClock(time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC))
}

// bench is a table with its own database and clock.
type bench struct {
	*actions.Table
	store store.Store
	clock *storetest.Clock
	// accounts holds the shipped actions after withAccounts.
	accounts *actions.Accounts
}

func openStore(t testing.TB, now func() time.Time) store.Store {
	t.Helper()
	s, err := sqlite.OpenMemory(context.Background(), sqlite.Config{Now: now})
	return closing(t, s, err)
}

func openPostgres(t testing.TB, now func() time.Time) store.Store {
	t.Helper()
	url := servers.Clone(t, "migrated", func(ctx context.Context, url string) error {
		s, err := postgres.Open(ctx, postgres.Config{URL: url})
		if err != nil {
			return err
		}
		return s.Close()
	})
	s, err := postgres.Open(context.Background(), postgres.Config{URL: url, Connections: 8, Now: now})
	return closing(t, s, err)
}

func closing[S store.Store](t testing.TB, s S, err error) store.Store {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestMain(m *testing.M) { servers.Main(m) }

// onStores runs a test of concurrent calls on each kind of database. SQLite has
// a single writer, Postgres has many.
func onStores(t *testing.T, test func(t *testing.T, open func(testing.TB, func() time.Time) store.Store)) {
	t.Run("sqlite", func(t *testing.T) { test(t, openStore) })
	t.Run("postgres", func(t *testing.T) { test(t, openPostgres) })
}

func newBench(t testing.TB) *bench { return newBenchOn(t, openStore) }

func newBenchOn(t testing.TB, open func(testing.TB, func() time.Time) store.Store) *bench {
	t.Helper()
	c := newClock()
	s := open(t, c.Now)
	return &bench{Table: actions.New(s, c.Now), store: s, clock: c}
}

// withAccounts registers the shipped actions.
func withAccounts(t testing.TB, b *bench, random io.Reader) *bench {
	t.Helper()
	sealer, err := wallet.NewSealer(stellar.Keys{}, b.clock.Now, "a key for tests")
	if err != nil {
		t.Fatal(err)
	}
	if random == nil {
		random = rand.Reader
	}
	accounts := &actions.Accounts{Keys: stellar.Keys{}, Sealer: sealer, Rand: random, CodeKey: make([]byte, runner.KeySize)}
	if err := accounts.Register(b.Table); err != nil {
		t.Fatal(err)
	}
	b.accounts = accounts
	return b
}

// call makes a call of an action on one phone number.
func call(id, action, caller, phone string) engine.Call {
	return engine.Call{ID: id, Action: action, Caller: caller, Service: "*384*8481#", Args: []engine.Value{engine.PhoneValue(phone)}}
}

// must runs a call and fails the test on an error.
func (b *bench) must(t testing.TB, c engine.Call) engine.Outcome {
	t.Helper()
	out, err := b.Do(context.Background(), c)
	if err != nil {
		t.Fatalf("Do(%s, %s): %v", c.ID, c.Action, err)
	}
	return out
}

// first runs a call as the first action of the call named by its ID.
func (b *bench) first(t testing.TB, c engine.Call) (engine.Outcome, error) {
	t.Helper()
	at, err := runner.FirstPlace(runner.RowKey{Name: c.ID}, &c)
	if err != nil {
		t.Fatal(err)
	}
	return b.Act(context.Background(), c, &at)
}

// mustAct is first for a call that must not fail.
func (b *bench) mustAct(t testing.TB, c engine.Call) engine.Outcome {
	t.Helper()
	out, err := b.first(t, c)
	if err != nil {
		t.Fatalf("Act(%s, %s): %v", c.ID, c.Action, err)
	}
	return out
}

// atOnce runs n calls concurrently and returns their outcomes.
func atOnce(t testing.TB, b *bench, n int, calls func(i int) engine.Call) []engine.Outcome {
	t.Helper()
	outs := make([]engine.Outcome, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			var err error
			if outs[i], err = b.Do(context.Background(), calls(i)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	return outs
}

// value returns one value of an outcome.
func value(out engine.Outcome, name string) engine.Value {
	for _, n := range out.Values {
		if n.Name == name {
			return n.Value
		}
	}
	return engine.Value{}
}
