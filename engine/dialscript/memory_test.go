package dialscript_test

import (
	"testing"

	"github.com/paytrace/paytrace/engine/dialscript"
)

// TestWhatASessionKeepsIsKnownToTheNext: a language chosen in a call is that of
// the call's next session, and of no other call's.
func TestWhatASessionKeepsIsKnownToTheNext(t *testing.T) {
	local, player := walletService(t)
	f, found := dialscript.Parse("m.dial", []byte(`=== Chosen
> *384*8481*1#
> 2
(language is sw)
(redials after 10 min)
(language is sw)
=== Another call
> *384*8481#
(language is en)
`))
	if len(found) > 0 {
		t.Fatal(found)
	}
	for _, r := range dialscript.Run(t.Context(), player, local, walletPeople(), callsOf(f), dialscript.Options{}) {
		if r.Status != dialscript.Passed {
			t.Errorf("%s: %+v", r.Call.Title, r.Problems)
		}
	}
}
