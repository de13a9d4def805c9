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
	a, err := n.Look(t.Context(), strings.Repeat("ab", 32))
	if err != nil || a.Fate != wallet.FateNotFound || !a.AsOf.IsZero() {
		t.Errorf("a look gives %+v, %v", a, err)
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
