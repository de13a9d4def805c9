package gateway_test

import (
	"errors"
	"net/url"
	"testing"

	"github.com/paytrace/paytrace/gateway"
	"github.com/paytrace/paytrace/internal/fuzz"
)

// FuzzForm checks that the standard library reads an accepted form the same way
// and finds every wanted field at most once, and that each refusal has a
// sentence.
func FuzzForm(tf *testing.F) {
	f := fuzz.New(tf)
	for _, seed := range []string{
		"", "a=1&b=2", "a=1&a=2", "a", "=", "&&a=1&", "a=%41%zz", "a=+%2B", "%61=1&a=2", "c=1&c=2", "a=\x00", "a=%C0%AF",
		"a=1;b=2", "a==1", "c=%00", "%=1", "%ff=1",
	} {
		f.Add(seed)
	}
	names := []string{"a", "b"}
	f.Fuzz(func(t *testing.T, raw string) {
		var form gateway.Form
		err := form.Parse([]byte(raw), names)
		var refusal *gateway.Refusal
		if err != nil {
			if !errors.As(err, &refusal) || refusal.Sentence == "" {
				t.Fatalf("%q: %v", raw, err)
			}
			return
		}
		values, err := url.ParseQuery(raw)
		if err != nil {
			// The library refuses a semicolon, where it once split; for us it is
			// a character like any other.
			return
		}
		for i, name := range names {
			got, ok := form.Get(i)
			if want := values[name]; len(want) > 1 || ok != (len(want) == 1) || ok && want[0] != got {
				t.Errorf("%q: %s is %q (%v), the library says %q", raw, name, got, ok, want)
			}
		}
	})
}

// What a caller typed is read whatever bytes it has. The rest of the form is read
// strictly.
func TestTypedField(t *testing.T) {
	for raw, want := range map[string]string{
		"50%": "50%", "50%25": "50%", "%zz": "%zz", "%u0041": "%u0041", "1%2": "1%2", "a+b%2B": "a b+",
		"Ren%E9": "René", "Ren%C3%A9": "René", "Ren\xe9": "René",
		"Ren%C3%A9*Zo%EB": "René*Zoë", "Zo%EB*Ren%C3%A9": "Zoë*René", "%E9%": "é%",
		"%E1%88%B0": "ሰ", "%E1%88": "á\u0088", "a%00": "a\x00", "": "",
	} {
		form := gateway.Form{Typed: "text"}
		if err := form.Parse([]byte("a=1&text="+raw+"&b=2"), []string{"a", "b", "text"}); err != nil {
			t.Errorf("%q: %v", raw, err)
			continue
		}
		got, _ := form.Get(2)
		b, _ := form.Get(1)
		if got != want || b != "2" {
			t.Errorf("%q is %q, want %q; the next field is %q", raw, got, want, b)
		}
	}
	for _, raw := range []string{"a=%E9&text=1", "a=%zz&text=1", "c=%zz&text=1", "text=1&text=1"} {
		form := gateway.Form{Typed: "text"}
		if form.Parse([]byte(raw), []string{"a", "text"}) == nil {
			t.Errorf("%q is accepted", raw)
		}
	}
}

func TestText(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "1": "1", "1*": "1*", "1#": "1", "1*2#": "1*2", "1#*2#": "1*2", "#": "", "*#": "*", "7*a*b*****": "7*a*b*****",
		"C#*1": "C*1", "a#b": "a#b", " 1 ": " 1 ",
	} {
		if got, err := gateway.Text("text", text); err != nil || got != want {
			t.Errorf("%q: %q, %v, want %q", text, got, err, want)
		}
	}
}

func TestFields(t *testing.T) {
	type check = func(name, value string) (string, error)
	for _, test := range []struct {
		check check
		value string
		want  string
		ok    bool
	}{
		{gateway.Caller, "+254711223344", "254711223344", true},
		{gateway.Caller, " 254711223344", "254711223344", true},
		{gateway.Caller, "254711223344", "254711223344", true},
		{gateway.Caller, "+1 202 555 0100", "", false},
		{gateway.Caller, "++254711223344", "", false},
		{gateway.Caller, "0711223344", "", false},
		{gateway.Caller, "", "", false},
		{gateway.Caller, "٢٥٤٧١١٢٢٣٣٤٤", "", false},
		{gateway.Session, "ATUid_e9d0", "ATUid_e9d0", true},
		{gateway.Session, "3c796dac-2817:4f@x+y=/", "3c796dac-2817:4f@x+y=/", true},
		{gateway.Session, "{tag}", "", false},
		{gateway.Session, "a\"b", "", false},
		{gateway.Session, "é", "", false},
		{gateway.Service, " *384*8481# ", "*384*8481#", true},
		{gateway.Service, "713", "*713#", true},
		{gateway.Service, "384*8481", "*384*8481#", true},
		{gateway.Service, "*384*8481", "*384*8481#", true},
		{gateway.Service, "*384*8481%23", "*384*8481#", true},
		{gateway.Service, "* 384 * 8481 #", "*384*8481#", true},
		{gateway.Service, "＊３８４＊８４８１＃", "*384*8481#", true},
		{gateway.Service, "*٣٨٤*٨٤٨١#", "*384*8481#", true},
		{gateway.Service, "", "", false},
		{gateway.Service, "#", "", false},
		{gateway.Service, "*384*é#", "", false},
		{gateway.Network, "", "", true},
		{gateway.Network, "MTN", "MTN", true},
		{gateway.Network, "a\nb", "", false},
	} {
		got, err := test.check("field", test.value)
		if got != test.want || (err == nil) != test.ok {
			t.Errorf("%q: %q, %v, want %q, ok %v", test.value, got, err, test.want, test.ok)
		}
	}
}
