package dialscript

import "testing"

func TestStandsIn(t *testing.T) {
	for _, c := range []struct {
		entry, secret string
		want          bool
	}{
		{"pin=1234", "1234", true},
		{"text=1*500*1234", "1234", true},
		{"caller=254712345678", "1234", false},
		{"caller=254712345678 pin=1234", "1234", true},
		{"12345 1234", "1234", true},
		{"91234", "1234", false},
		{"", "1234", false},
		{"xNWx", "NW", true},
		{"NW-00C0FFEE1", "NW-00C0FFEE", true},
	} {
		if got := standsIn(c.entry, c.secret); got != c.want {
			t.Errorf("%q in %q: %v", c.secret, c.entry, got)
		}
	}
}
