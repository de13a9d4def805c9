package wallettest

import (
	"testing"

	"github.com/paytrace/paytrace/wallet"
)

// Status is a number as one of HTTP's three digits, for fuzzing: those from 100
// to 999 stay as they are.
func Status(n int) int {
	const first, all = 100, 900
	return first + int(uint(n-first)%all) //nolint:gosec // any bits will do
}

// Told holds what an adapter makes of a service's answer against the fates that
// the answer lets it tell. An error tells nothing.
func Told(t *testing.T, what string, a wallet.Answer, err error, may map[wallet.Fate]bool) {
	t.Helper()
	switch {
	case err != nil && (a.Fate != wallet.FateUnknown || a.Code != ""):
		t.Errorf("%s: %+v with the error %v", what, a, err)
	case a.Fate != wallet.FateUnknown && !may[a.Fate]:
		t.Errorf("%s takes it for %+v", what, a)
	case a.Fate != wallet.FateNotFound && !a.AsOf.IsZero():
		t.Errorf("%s: %+v says as of when", what, a)
	}
}
