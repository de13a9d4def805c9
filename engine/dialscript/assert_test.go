package dialscript

import (
	"testing"

	"github.com/paytrace/paytrace/engine"
)

// A value may stand in quotes, and an empty text must.
func TestSameValue(t *testing.T) {
	for _, c := range []struct {
		value engine.Value
		want  string
		same  bool
	}{
		{engine.TextValue(""), `""`, true},
		{engine.TextValue(""), "not set", false},
		{engine.TextValue(" "), `" "`, true},
		{engine.TextValue(""), `" "`, false},
		{engine.Value{}, `""`, false},
		{engine.Value{}, "not set", true},
		{engine.TextValue("Nairobi West"), `"Nairobi West"`, true},
		{engine.TextValue("Nairobi West"), "Nairobi West", true},
		{engine.TextValue(`"so"`), `"so"`, true},
		{engine.TextValue("not set"), `"not set"`, true},
		{engine.NumberValue(5), `"5"`, true},
		{engine.ListValue(nil), `""`, true},
		{engine.TextValue("x"), `""`, false},
	} {
		if got := sameValue(c.value, c.want); got != c.same {
			t.Errorf("%#v is %s: %v", c.value.String(), c.want, got)
		}
	}
	if got := showValue(engine.TextValue("")); got != `""` {
		t.Errorf("an empty text is shown as %q", got)
	}
}

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
