package engine_test

import (
	"testing"

	"github.com/paytrace/paytrace/engine"
)

// A session ID shows no number of its caller, and any other ID stays as it is.
func TestShownSession(t *testing.T) {
	for _, c := range []struct{ session, caller, want string }{
		{"ATUid_1", "254711223344", "ATUid_1"},
		{"MSISDN-254711223344-7", "254711223344", "MSISDN-254711****44-7"},
		{"0711223344", "254711223344", "0711****44"},
		{"254711223345", "254711223344", "254711223345"},
		{"711223344.711223344", "254711223344", "711****44.711****44"},
		{"112", "112", "112"},
		{"x", "", "x"},
	} {
		if got := engine.ShownSession(c.session, c.caller); got != c.want {
			t.Errorf("%q of %s: got %q, want %q", c.session, c.caller, got, c.want)
		}
	}
	if n := testing.AllocsPerRun(100, func() { engine.ShownSession("ATUid_0123456789abcdef", "254711223344") }); n > 0 {
		t.Errorf("a usual ID allocates %v times", n)
	}
}
