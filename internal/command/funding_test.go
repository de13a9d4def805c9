package command

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/paytrace/paytrace/wallet"
	"github.com/paytrace/paytrace/wallet/stellar"
	"github.com/paytrace/paytrace/wallet/wallettest"
)

// network starts a Stellar network with a funding account, and sets it for
// serve.
func network(t *testing.T, faults wallettest.Faults) (*wallettest.Ledger, *wallettest.Horizon) {
	t.Helper()
	account, err := stellar.Keys{}.New(bytes.NewReader(bytes.Repeat([]byte{7}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	ledger := wallettest.NewLedger(stellar.Passphrase("TESTNET"), time.Now)
	ledger.Open(account.Address, 10_000)
	h := &wallettest.Horizon{Ledger: ledger, Faults: faults}
	horizon := httptest.NewServer(h)
	t.Cleanup(horizon.Close)
	t.Setenv("STELLAR_HORIZON_URL", horizon.URL)
	t.Setenv("STELLAR_FUNDING_SECRET", account.Secret.Reveal())
	return ledger, h
}

// wallets returns what "wallets --json" prints.
func wallets(t *testing.T) walletsJSON {
	t.Helper()
	var out bytes.Buffer
	if status := run(t.Context(), []string{"wallets", "--json"}, streams{in: strings.NewReader(""), out: &out, err: &out}); status != exitFine {
		t.Fatalf("wallets: status %d: %s", status, &out)
	}
	var found walletsJSON
	if err := json.Unmarshal(out.Bytes(), &found); err != nil {
		t.Fatalf("%v: %s", err, &out)
	}
	return found
}

// untilWallets waits until this many wallets are in a state.
func untilWallets(t *testing.T, n int, state wallet.FundingState) {
	t.Helper()
	until(t, func() (bool, string) {
		found := wallets(t)
		return found.States[state] == n, fmt.Sprintf("%d wallets are not %s: %+v", n, state, found)
	})
}

// until waits for something in the background; the text describes the present
// state.
func until(t *testing.T, so func() (bool, string)) {
	t.Helper()
	ticks := time.NewTicker(100 * time.Millisecond)
	defer ticks.Stop()
	patience := time.After(2 * time.Minute)
	for {
		ok, instead := so()
		if ok {
			return
		}
		select {
		case <-ticks.C:
		case <-patience:
			t.Fatal(instead)
		}
	}
}

// A caller's wallet is on the network soon after the call, also where the first
// answer is lost. The wallet of a number that was only typed waits.
func TestServeFundsWallets(t *testing.T) {
	t.Chdir(t.TempDir())
	lost := true
	ledger, _ := network(t, func(r wallettest.Request) wallettest.Fault {
		if r.Submits && lost {
			lost = false
			return wallettest.Fault{Kind: wallettest.Silent, Status: 504}
		}
		return wallettest.Fault{}
	})
	s := serve(t)
	if !strings.Contains(s.banner, "1 native each, through Horizon") {
		t.Errorf("the banner does not say that wallets are funded:\n%s", s.banner)
	}
	s.calls("a", "+254711000111", "1*254711000111")
	s.calls("b", "+254711000111", "1*254711000222")
	untilWallets(t, 1, wallet.FundingFunded)
	if found := wallets(t); found.States[wallet.FundingHeld] != 1 || found.Never != 0 {
		t.Errorf("besides the funded one there are %+v", found)
	}
	if succeeded, failed := ledger.Applied(); succeeded != 1 || failed != 0 {
		t.Errorf("%d transactions succeeded and %d failed, want one", succeeded, failed)
	}
	// The typed number calls: its wallet is funded too.
	s.calls("c", "+254711000222", "2*254711000222")
	untilWallets(t, 2, wallet.FundingFunded)
	s.stop()
}

// After a reset of the test network the wallets that the database calls funded are
// missing there. "wallets fund" finds them, and they are funded again, once.
func TestWalletsFundAfterAReset(t *testing.T) {
	t.Chdir(t.TempDir())
	ledger, _ := network(t, nil)
	s := serve(t)
	phones := []string{"254711000111", "254711000112", "254711000113"}
	for _, phone := range phones[:2] {
		s.calls(phone, "+"+phone, "1*"+phone)
	}
	untilWallets(t, 2, wallet.FundingFunded)
	ledger.Reset()
	account, err := stellar.Keys{}.New(bytes.NewReader(bytes.Repeat([]byte{7}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	ledger.Open(account.Address, 10_000)
	s.calls(phones[2], "+"+phones[2], "1*"+phones[2])
	untilWallets(t, 3, wallet.FundingFunded)
	for _, c := range []struct{ older, want string }{
		{"1h", "funding requested for 0 wallets;"}, // a server that lags may not know them yet
		{"0s", "funding requested for 2 wallets, of which 2 were funded before and are missing on the network"},
	} {
		if got := says(t, exitFine, "wallets", "fund", "--older", c.older); !strings.Contains(got, c.want) {
			t.Errorf("--older %s: %s", c.older, got)
		}
	}
	untilWallets(t, 3, wallet.FundingFunded)
	s.stop()
	if got := says(t, exitFine, "wallets", "fund", "--older", "0s"); !strings.Contains(got, "funding requested for 0 wallets;") {
		t.Errorf("when all are funded again: %s", got)
	}
}

// Wallets from before there was a funding account are funded on request.
func TestWalletsFund(t *testing.T) {
	t.Chdir(t.TempDir())
	s := serve(t)
	if !strings.Contains(s.banner, "not funded: STELLAR_FUNDING_SECRET is not set") {
		t.Errorf("the banner does not say that no wallet is funded:\n%s", s.banner)
	}
	for _, phone := range []string{"254711000111", "254711000112", "254711000113"} {
		s.calls(phone, "+"+phone, "1*"+phone)
	}
	s.stop()
	untilWallets(t, 3, wallet.FundingPending)
	ask := func() (int, string) {
		var out bytes.Buffer
		status := run(t.Context(), []string{"wallets", "fund"}, streams{in: strings.NewReader(""), out: &out, err: &out})
		return status, out.String()
	}
	if status, said := ask(); status != exitMisuse || !strings.Contains(said, "STELLAR_FUNDING_SECRET is not set") {
		t.Errorf("without the setting: status %d, %s", status, said)
	}
	network(t, nil)
	for range 2 {
		if status, said := ask(); status != exitFine || !strings.Contains(said, "funding requested for 3 wallets") {
			t.Errorf("status %d, %s", status, said)
		}
	}
	s = serve(t)
	untilWallets(t, 3, wallet.FundingFunded)
	s.stop()
	if status, said := ask(); status != exitFine || !strings.Contains(said, "funding requested for 0 wallets") {
		t.Errorf("when all are funded: status %d, %s", status, said)
	}
}
