package gateway_test

import (
	"errors"
	"strings"
	"testing"
	"unicode"

	"github.com/paytrace/paytrace/gateway"
	"github.com/paytrace/paytrace/internal/fuzz"
)

// FuzzFields checks that each accepted field is accepted again and as the same, has no
// control character, and that a refusal of what was typed repeats nothing of it.
func FuzzFields(tf *testing.F) {
	f := fuzz.New(tf)
	checks := []struct {
		name  string
		check func(name, value string) (string, error)
		// hash says that one "#" at an end is removed at each reading.
		hash bool
	}{
		{"text", gateway.Text, true},
		{"input", gateway.Input, true},
		{"caller", gateway.Caller, false},
		{"session", gateway.Session, false},
		{"service", gateway.Service, false},
		{"network", gateway.Network, false},
	}
	for i := range checks {
		for _, value := range []string{
			"", "1*2*7391#", "1#*2 #", "a\tb\r\n", "+254711000111", " 254711000111", "0711000111", "ATUid_1", "*384*8481#", "384*8481", "%23", "*３８４*८#", "63902", "*",
			"##", "a\u0000", strings.Repeat("1*", gateway.MaxInputs), strings.Repeat("é", gateway.MaxInput+1),
		} {
			f.Add(i, value)
		}
	}
	f.Fuzz(func(t *testing.T, which int, value string) {
		c := checks[uint(which)%uint(len(checks))]
		got, err := c.check(c.name, value)
		var refusal *gateway.Refusal
		switch {
		case err != nil && (got != "" || !errors.As(err, &refusal) || refusal.Status < 400):
			t.Errorf("%s %q: %q with %v", c.name, value, got, err)
		case err != nil:
			if len(value) > len("characters") && strings.Contains(refusal.Sentence, value) {
				t.Errorf("%s: the refusal repeats %q", c.name, value)
			}
			return
		case strings.ContainsFunc(got, unicode.IsControl):
			t.Errorf("%s %q is read as %q", c.name, value, got)
		}
		if c.hash && strings.Contains(got, "#") {
			return
		}
		if again, err := c.check(c.name, got); err != nil || again != got {
			t.Errorf("%s %q is read as %q, and that as %q, %v", c.name, value, got, again, err)
		}
	})
}
