package wallet_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/paytrace/paytrace/wallet"
	"github.com/paytrace/paytrace/wallet/stellar"
)

// vault holds wallets in memory, and counts the reads of them.
type vault struct {
	list    []wallet.Sealed
	reads   int
	largest int // of the limits that were asked for
	fails   error
}

func (v *vault) SealedWallets(_ context.Context, after int64, limit int) ([]wallet.Sealed, error) {
	v.reads++
	v.largest = max(v.largest, limit)
	rest := v.list[min(int(after), len(v.list)):]
	if v.fails != nil && after > 0 {
		return nil, v.fails
	}
	return rest[:min(limit, len(rest))], nil
}

func (v *vault) Reseal(_ context.Context, changes []wallet.Resealed) (int, error) {
	for _, c := range changes {
		v.list[c.Row-1].Token = c.NewToken
	}
	return len(changes), nil
}

// seal adds n wallets that s seals.
func (v *vault) seal(t *testing.T, s *wallet.Sealer, n int) {
	t.Helper()
	for range n {
		row := int64(len(v.list) + 1)
		seed := [32]byte{byte(row), byte(row >> 8), 1}
		pair, err := stellar.Keys{}.New(bytes.NewReader(seed[:]))
		if err != nil {
			t.Fatal(err)
		}
		token, err := s.Seal(pair.Secret, pair.Address)
		if err != nil {
			t.Fatal(err)
		}
		v.list = append(v.list, wallet.Sealed{Row: row, WorkerID: fmt.Sprintf("NW-%08X", row), Address: pair.Address, Token: token})
	}
}

// A census reads pages. One read of all wallets, with their opening in its midst,
// held a transaction open for as long as the machine needed.
func TestCensusReadsPages(t *testing.T) {
	var v vault
	v.seal(t, sealer(t, "old"), 2450)
	v.seal(t, sealer(t, "new"), 10)
	v.seal(t, sealer(t, "lost"), 5)
	c, err := sealer(t, "new", "old").Census(t.Context(), &v)
	if err != nil || c.Wallets != 2465 || c.Old != 2450 || c.Current != 10 || c.BrokenCount != 5 || c.Broken[0].WorkerID != v.list[2460].WorkerID {
		t.Errorf("%+v, %v", c, err)
	}
	if v.largest > 1000 || v.reads < 3 {
		t.Errorf("%d reads of at most %d wallets", v.reads, v.largest)
	}
	v.fails = errors.New("the database is away")
	if _, err := sealer(t, "new").Census(t.Context(), &v); !errors.Is(err, v.fails) {
		t.Errorf("a read failed on the way: %v", err)
	}
}

func TestTry(t *testing.T) {
	var v vault
	v.seal(t, sealer(t, "old"), 3)
	v.seal(t, sealer(t, "new"), 2)
	v.list[1].Token = "no token"
	v.list[4].Token = v.list[4].Token[:40]
	for _, c := range []struct {
		keys []string
		want wallet.Trial
	}{
		{[]string{"new", "old"}, wallet.Trial{Wallets: 5}},
		{[]string{"old"}, wallet.Trial{Wallets: 5, Locked: 1, FirstLocked: v.list[3].WorkerID}},
		{[]string{"new"}, wallet.Trial{Wallets: 5, Locked: 2, FirstLocked: v.list[0].WorkerID}},
		{[]string{"another"}, wallet.Trial{Wallets: 5, Locked: 3, FirstLocked: v.list[0].WorkerID}},
	} {
		c.want.Damaged, c.want.FirstDamaged = 2, v.list[1].WorkerID
		got, err := sealer(t, c.keys[0], c.keys[1:]...).Try(t.Context(), &v)
		if err != nil || got != c.want {
			t.Errorf("%v: %+v, %v; want %+v", c.keys, got, err, c.want)
		}
	}
}
