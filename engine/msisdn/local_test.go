package msisdn_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/paytrace/paytrace/engine/msisdn"
)

func TestLocal(t *testing.T) {
	tests := []struct{ digits, country, want string }{
		{"254712345678", "KE", "0712345678"},
		{"256772000333", "UG", "0772000333"},
		{"255754123456", "TZ", "0754123456"},
		{"250788123456", "RW", "0788123456"},
		{"265991234567", "MW", "0991234567"},
		{"27821234567", "ZA", "0821234567"},
		{"254712345678", "UG", "+254712345678"},
		{"256772000333", "KE", "+256772000333"},
		{"256772000333", "TZ", "+256772000333"},
		{"12025550123", "UG", "+12025550123"},
		{"256414123456", "UG", "+256414123456"}, // a fixed line, which no caller can type
		{"256772000333", "XX", "+256772000333"},
		{"anonymous", "UG", "anonymous"},
	}
	for _, test := range tests {
		if got := msisdn.Local(test.digits, test.country); got != test.want {
			t.Errorf("Local(%q, %q) = %q, want %q", test.digits, test.country, got, test.want)
		}
	}
}

func TestKnown(t *testing.T) {
	for country, want := range map[string]bool{"KE": true, "ZA": true, "GB": true, "ke": false, "": false, "XX": false, "Kenya": false, "any": false} {
		if got := msisdn.Known(country); got != want {
			t.Errorf("Known(%q) = %v, want %v", country, got, want)
		}
	}
}

// What a screen shows can be typed as it stands, and is never wider than MaxShown.
func TestLocalIsTyped(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		country := rapid.SampledFrom([]string{"KE", "UG", "TZ", "RW", "MW", "ZA"}).Draw(t, "country")
		typed := rapid.StringMatching(`(254|256|255|250|265|27)?0?[1-9][0-9]{8}`).Draw(t, "typed")
		digits, ok := msisdn.Parse(typed, country, msisdn.Any)
		if !ok {
			t.Skip("no number")
		}
		shown := msisdn.Local(digits, country)
		if got, ok := msisdn.Parse(shown, country, msisdn.Any); !ok || got != digits || len(shown) > msisdn.MaxShown {
			t.Fatalf("%s is shown as %s in %s, and read as %s", digits, shown, country, got)
		}
	})
}

func TestWritten(t *testing.T) {
	for s, want := range map[string]string{
		"254711000111": "254711000111", "+254711000111": "254711000111", "+254 711-000 111": "254711000111",
		"00254711000111": "254711000111", "+27110000000": "27110000000", "0711000111": "", "": "", "Rehema": "", "+": "",
	} {
		if got, ok := msisdn.Written(s); got != want || ok != (want != "") {
			t.Errorf("Written(%q) = %q, %v; want %q", s, got, ok, want)
		}
	}
}

func TestIsExample(t *testing.T) {
	for text, want := range map[string]bool{
		"0712345678": true, "+254712345678": true, // Kenya
		"0711234567": true, "+27711234567": true, // South Africa
		"0712345679": false, "0722000111": false, "": false,
	} {
		if msisdn.IsExample(text) != want {
			t.Errorf("IsExample(%q) is %t", text, !want)
		}
	}
}
