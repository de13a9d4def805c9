package horizon_test

import (
	"strings"
	"testing"
	"time"

	"github.com/paytrace/paytrace/wallet"
	"github.com/paytrace/paytrace/wallet/stellar"
	"github.com/paytrace/paytrace/wallet/stellar/horizon"
	"github.com/paytrace/paytrace/wallet/wallettest"
)

func open(t *testing.T, h *wallettest.Horizon) wallet.Network {
	t.Helper()
	client, err := horizon.New(horizon.Config{
		URL: "https://horizon.example/", Passphrase: stellar.Passphrase("TESTNET"), Transport: wallettest.InProcess{Handler: h},
	})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func TestConformance(t *testing.T) {
	t.Parallel()
	wallettest.Run(t, func(t *testing.T, ledger *wallettest.Ledger, faults wallettest.Faults) wallet.Network {
		return open(t, &wallettest.Horizon{Ledger: ledger, Faults: faults})
	})
}

// A Horizon without GET /, GET /ledgers and GET /fee_stats works, but its "not
// found" proves nothing.
func TestBareHorizon(t *testing.T) {
	t.Parallel()
	ledger := wallettest.NewLedger(stellar.Passphrase("TESTNET"), time.Now)
	n := open(t, &wallettest.Horizon{Ledger: ledger, Bare: true})
	if terms, err := n.Terms(t.Context()); err != nil || terms != (wallet.Terms{}) {
		t.Errorf("terms are %+v, %v", terms, err)
	}
	a, err := n.Look(t.Context(), wallet.Transaction{Hash: strings.Repeat("ab", 32)})
	if err != nil || a.Fate != wallet.FateNotFound || !a.AsOf.IsZero() || a.Sure {
		t.Errorf("a look gives %+v, %v", a, err)
	}
}

// Only a Horizon that says which ledger it had is sure that it does not know a
// transaction.
func TestNotFoundIsSure(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		undated bool
		behind  time.Duration
		sure    bool
	}{{false, 0, true}, {true, 0, false}, {false, 20 * time.Second, false}, {true, 20 * time.Second, false}} {
		at := now
		ledger := wallettest.NewLedger(stellar.Passphrase("TESTNET"), func() time.Time { return at })
		n := open(t, &wallettest.Horizon{Ledger: ledger, Undated: c.undated, Lag: func(endpoint string) time.Duration {
			if endpoint == wallettest.EndpointTransactions {
				return c.behind
			}
			return 0
		}})
		for ; at.Before(now.Add(time.Minute)); at = at.Add(5 * time.Second) { // ledgers close
			ledger.Open("G"+at.String(), 1)
		}
		a, err := n.Look(t.Context(), wallet.Transaction{Hash: strings.Repeat("ab", 32)})
		if err != nil || a.Fate != wallet.FateNotFound || a.Sure != c.sure || !a.AsOf.Equal(at) {
			t.Errorf("%+v: %+v, %v", c, a, err)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"", "horizon.example", "ftp://horizon.example", "https://", "https://h.example/?key=secret"} {
		if _, err := horizon.New(horizon.Config{URL: url}); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", url, err)
		}
	}
}
