package payments_test

import (
	"crypto/rand"
	"testing"

	desk "github.com/paytrace/paytrace/actions/payments"
)

// A payment's name is no flag of a command.
func TestNamesAreNoFlags(t *testing.T) {
	d := desk.Desk{Rand: rand.Reader}
	for id, want := range map[string]string{"-2b_c": "_2b_c", "a-b": "a-b"} {
		if n, err := d.Name(id); err != nil || n.ID != want {
			t.Errorf("%s: got %q, %v; want %q", id, n.ID, err, want)
		}
	}
}
