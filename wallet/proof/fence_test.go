package proof_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/paytrace/paytrace/wallet"
	"github.com/paytrace/paytrace/wallet/wallettest"
)

// A lost transaction holds its wallets only as long as it may still happen, whatever
// has become of its channel.
func TestALostTransactionIsReplaced(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		undated, bare bool
		meanwhile     func(w *world)
		within        time.Duration
	}{
		"nothing else happens": {undated: true, within: 5 * time.Minute},
		"without any ledgers":  {bare: true, within: 5 * time.Minute},
		"another program uses the account": {
			undated: true, within: 20 * time.Minute,
			meanwhile: func(w *world) { w.ledger.Spend(w.account.Address) },
		},
		"the network is reset": {
			undated: true, within: 5 * time.Minute,
			meanwhile: func(w *world) {
				w.ledger.Reset()
				w.at = w.at.Add(time.Minute)
				w.ledger.Open(w.account.Address, 1000)
			},
		},
		"the network is reset, and the account is missing for a while": {
			undated: true, within: 20 * time.Minute, meanwhile: func(w *world) { w.ledger.Reset() },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 3, false)
			w.horizon.Undated, w.horizon.Bare = c.undated, c.bare
			w.register(1, func(int) bool { return false })
			p, ctx := w.start(), context.Background()
			w.faults = func(r wallettest.Request) wallettest.Fault {
				if r.Submits {
					return wallettest.Fault{Kind: wallettest.Lost, Status: http.StatusGatewayTimeout}
				}
				return wallettest.Fault{}
			}
			if _, err := p.Fund(ctx, w.made[0]); err != nil {
				t.Fatal(err)
			}
			w.faults = nil
			if c.meanwhile != nil {
				c.meanwhile(w)
			}
			lost, err := w.store.InFlight(ctx, w.account.Address)
			if err != nil {
				t.Fatal(err)
			}
			w.at = lost.Until.Add(2 * time.Second)
			for end := w.at.Add(c.within); w.at.Before(end); w.at = w.at.Add(10 * time.Second) {
				if _, exists := w.ledger.Balance(w.account.Address); !exists && w.at.After(end.Add(-c.within/3)) {
					w.ledger.Open(w.account.Address, 1000)
				}
				if f, err := p.Fund(ctx, w.made[0]); err != nil || f.State == wallet.FundingFunded {
					if got := w.ledger.Received(w.made[0]).Gifts(); err != nil || got != 1 {
						t.Errorf("%d gifts, %v", got, err)
					}
					return
				}
			}
			f, err := w.store.Funding(ctx, w.made[0])
			t.Errorf("after %s: %+v, %v", c.within, f, err)
		})
	}
}
