package proof_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/paytrace/paytrace/wallet"
	"github.com/paytrace/paytrace/wallet/wallettest"
)

// An account that can't be read holds up its own wallet, and no other of the round.
func TestOneUnreadAccountHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 9, true)
	w.register(6, func(i int) bool { return i%2 == 0 })
	unread := w.made[2]
	w.faults = func(r wallettest.Request) wallettest.Fault {
		if strings.HasSuffix(r.Path, unread) {
			return wallettest.Fault{Kind: wallettest.Lost, Status: 503}
		}
		return wallettest.Fault{}
	}
	p := w.start()
	p.Batch = 0
	if _, err := p.Fund(context.Background(), w.made[0]); err != nil {
		t.Fatal(err)
	}
	for i, address := range w.made {
		want := 1
		if address == unread {
			want = 0
		}
		if got := w.ledger.Received(address).Gifts(); got != want {
			t.Errorf("wallet %d got %d gifts, want %d", i, got, want)
		}
	}
	w.faults = nil
	if f, err := p.Fund(context.Background(), unread); err != nil || f.State != wallet.FundingFunded {
		t.Errorf("when it can be read: %+v, %v", f, err)
	}
}

// A cause that keeps every wallet waiting is logged once, not for each wallet and
// try, and again when it lasts.
func TestACauseIsLoggedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 9, false)
	w.register(5, func(int) bool { return false })
	w.faults = func(wallettest.Request) wallettest.Fault { return wallettest.Fault{Kind: wallettest.Lost, Status: 503} }
	var log bytes.Buffer
	p := w.start()
	p.Log = slog.New(slog.NewTextHandler(&log, nil))
	try := func(want int) {
		t.Helper()
		for _, address := range append(w.made, w.made...) {
			if _, err := p.Fund(context.Background(), address); err != nil {
				t.Fatal(err)
			}
			w.at = w.at.Add(time.Second)
		}
		if got := strings.Count(log.String(), "can't be funded now"); got != want {
			t.Errorf("%d warnings, want %d:\n%s", got, want, &log)
		}
	}
	try(1)
	w.at = w.at.Add(10 * time.Minute)
	try(2)
}
