package proof_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/paytrace/paytrace/wallet/wallettest"
)

// lagging lets the replicas for accounts and transactions lag, while that for
// ledgers is up to date, and no answer says which ledger its replica has.
func (w *world) lagging(behind time.Duration) {
	w.horizon.Undated = true
	w.horizon.Lag = func(endpoint string) time.Duration {
		switch endpoint {
		case wallettest.EndpointAccounts, wallettest.EndpointTransactions:
			return behind
		default:
			return 0
		}
	}
}

// late lets every third transaction get into a ledger just before its time bound,
// without an answer.
func (w *world) late(r wallettest.Request) wallettest.Fault {
	if !r.Submits || w.rng.IntN(3) > 0 {
		return wallettest.Fault{}
	}
	w.unknown++
	after := time.Duration(52+w.rng.IntN(8)) * time.Second
	return wallettest.Fault{Kind: wallettest.Late, After: after, Status: http.StatusGatewayTimeout}
}

// A transaction that is applied just before its time bound is found by no replica
// that lags. Its wallets exist and lack a trustline, so the network itself would
// accept a second payment.
func TestLaggingReplicasFakeNoExpiry(t *testing.T) {
	t.Parallel()
	for name, behind := range map[string]time.Duration{"20 s": 20 * time.Second, "5 min": 5 * time.Minute} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 5, true)
			exists := func(int) bool { return true }
			w.openChannels(exists)
			w.lagging(behind)
			w.faults = w.late
			w.run(60, 6, 3, exists)
			w.at = w.at.Add(behind)
			double, lost := w.audit()
			t.Logf("%d wallets; %d transactions late", len(w.made), w.unknown)
			if double+lost > 0 {
				t.Errorf("%d wallets were funded twice and %d not at all", double, lost)
			}
			if w.unknown == 0 {
				t.Error("no transaction was late")
			}
			w.settled()
		})
	}
}
