package syntax

import "testing"

// A sum has a form of its own, as a value has, and one name however it is spaced.
func TestPlaceholdersOfSums(t *testing.T) {
	for _, c := range []struct{ written, name, form string }{
		{"{born + 9m}", "born + 9m", ""},
		{"{born+9m as DD-MM-YYYY}", "born + 9m", "as DD-MM-YYYY"},
		{"{born as DD-MM-YYYY}", "born", "as DD-MM-YYYY"},
		{"{ (a+b)*2 }", "(a + b) * 2", ""},
		{"{(amount)}", "amount", ""},
		{"{a + b cut 3}", "a + b", "cut 3"},
	} {
		parts, bad := Parts(Text{Value: c.written})
		if len(bad) > 0 || len(parts) != 1 || parts[0].Name != c.name || parts[0].Form.Value != c.form {
			t.Errorf("%s reads as %+v, and %v is bad", c.written, parts, bad)
		}
	}
	for _, written := range []string{"{a +}", "{a / 2}", "{a × b}", "{a first 3}"} {
		if _, bad := Parts(Text{Value: written}); len(bad) != 1 || WrongValue(bad[0]) == "" {
			t.Errorf("%s: %v is bad, want all of it with a reason", written, bad)
		}
	}
}
