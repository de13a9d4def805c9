package rpc_test

import (
	"testing"
	"time"

	"github.com/paytrace/paytrace/wallet"
	"github.com/paytrace/paytrace/wallet/stellar"
	"github.com/paytrace/paytrace/wallet/stellar/rpc"
	"github.com/paytrace/paytrace/wallet/wallettest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	wallettest.Run(t, func(t *testing.T, ledger *wallettest.Ledger, faults wallettest.Faults) wallet.Network {
		t.Helper()
		client, err := rpc.New(rpc.Config{
			URL: "https://rpc.example", Passphrase: stellar.Passphrase("TESTNET"), Pause: time.Millisecond,
			Transport: wallettest.InProcess{Handler: &wallettest.RPC{Ledger: ledger, Faults: faults}},
		})
		if err != nil {
			t.Fatal(err)
		}
		return client
	})
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"", "rpc.example", "ftp://rpc.example", "https://"} {
		if _, err := rpc.New(rpc.Config{URL: url}); err == nil {
			t.Errorf("%q is taken", url)
		}
	}
}
