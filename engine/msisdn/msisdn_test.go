package msisdn_test

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/paytrace/paytrace/engine/msisdn"
	"github.com/paytrace/paytrace/internal/fuzz"
)

func TestParseKenya(t *testing.T) {
	tests := []struct{ typed, want string }{
		{"0712345678", "254712345678"},
		{"712345678", "254712345678"},
		{"254712345678", "254712345678"},
		{"+254712345678", "254712345678"},
		{"00254712345678", "254712345678"},
		{" +254 712-345.678 ", "254712345678"},
		{"(0712) 345678;", "254712345678"},
		{"0712\t345678", "254712345678"},
		{"0110345678", "254110345678"},
		{"110345678", "254110345678"},
		{"254100000000", "254100000000"},
		// Ranges that libphonenumber does not know (yet).
		{"0109123456", "254109123456"},
		{"0125123456", "254125123456"},

		{"", ""},
		{"-", ""},
		{"+", ""},
		{"07123456", ""},
		{"071234567", ""},
		{"07123456789", ""},
		{"0201234567", ""}, // fixed line
		{"0812345678", ""},
		{"2540712345678", ""},
		{"+0712345678", ""},
		{"+712345678", ""},
		{"000254712345678", ""},
		{"++254712345678", ""},
		{"254+712345678", ""},
		{"256772123456", ""},
		{"07I2345678", ""},
		{"0712345678 ext 5", ""},
		{"0712345678#", ""},
		{"٠٧١٢٣٤٥٦٧٨", ""},
		{"０７１２３４５６７８", ""},
		{"0712345678\x00", ""},
		{strings.Repeat("0", 1000), ""},
	}
	for _, test := range tests {
		for _, countries := range [][]string{nil, {"KE"}} {
			got, ok := msisdn.Parse(test.typed, countries...)
			if got != test.want || ok != (test.want != "") {
				t.Errorf("Parse(%q, %v) = %q, %v; want %q", test.typed, countries, got, ok, test.want)
			}
		}
	}
}

func TestParseOtherCountries(t *testing.T) {
	tests := []struct {
		typed     string
		countries []string
		want      string
	}{
		{"0772123456", []string{"UG"}, "256772123456"},
		{"772 123 456", []string{"UG"}, "256772123456"},
		{"+256772123456", []string{"UG"}, "256772123456"},
		{"00256772123456", []string{"UG"}, "256772123456"},
		{"256772123456", []string{"UG"}, "256772123456"},
		{"0612345678", []string{"UG"}, ""},    // no such range there
		{"+254712345678", []string{"UG"}, ""}, // Kenyan
		{"0414123456", []string{"UG"}, ""},    // fixed line
		// The first country that has such numbers takes a bare one.
		{"0772123456", []string{"KE", "UG"}, "254772123456"},
		{"0772123456", []string{"UG", "KE"}, "256772123456"},
		{"+256772123456", []string{"KE", "UG"}, "256772123456"},
		{"+255712345678", []string{"KE", "UG"}, ""},
		// Any: the number names its country.
		{"+256772123456", []string{"any"}, "256772123456"},
		{"00256772123456", []string{"any"}, "256772123456"},
		{"256772123456", []string{"any"}, "256772123456"},
		{"+447911123456", []string{"any"}, "447911123456"},
		{"+12025550123", []string{"any"}, "12025550123"}, // fixed or mobile: can't be told
		{"254109123456", []string{"any"}, "254109123456"},
		{"0712345678", []string{"any"}, ""},
		{"+254201234567", []string{"any"}, ""},
		{"+2540712345678", []string{"any"}, ""},
		{"+390612345678", []string{"any"}, ""}, // fixed line in Rome
		{"+999123456789", []string{"any"}, ""},
		{"+00256772123456", []string{"any"}, "256772123456"},
		{"0712345678", []string{"KE", "any"}, "254712345678"},
		{"0712345678", []string{"XX"}, ""},
		{"0712345678", []string{""}, ""},
	}
	for _, test := range tests {
		got, ok := msisdn.Parse(test.typed, test.countries...)
		if got != test.want || ok != (test.want != "") {
			t.Errorf("Parse(%q, %v) = %q, %v; want %q", test.typed, test.countries, got, ok, test.want)
		}
	}
}

// The hand-written rule is the one the service has published.
func TestParseKenyaIsTheRule(t *testing.T) {
	rule := regexp.MustCompile(`^(?:(?:\+|00)?254|0)?(7\d{8}|1\d{8})$`)
	drop := strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", ".", "", ";", "", "\t", "")
	rapid.Check(t, func(t *rapid.T) {
		typed := rapid.StringMatching(`[ +]?(00|\+)?(254|0|25)?[ (.-]?[0-9]{7,10}[ );+x]?`).Draw(t, "typed")
		want := ""
		if m := rule.FindStringSubmatch(drop.Replace(typed)); m != nil {
			want = "254" + m[1]
		}
		if got, ok := msisdn.Parse(typed); got != want || ok != (want != "") {
			t.Fatalf("Parse(%q) = %q, %v; want %q", typed, got, ok, want)
		}
	})
}

func TestDigits(t *testing.T) {
	tests := []struct{ e164, want string }{
		{"+254711223344", "254711223344"},
		{"254711223344", "254711223344"},
		{"+12025550123", "12025550123"},
		{"+25320123", "25320123"},
		{"", ""},
		{"+", ""},
		{"++254711223344", ""},
		{"0711223344", ""},
		{"+254 711223344", ""},
		{"+123456", ""},
		{"+1234567890123456", ""},
		{"anonymous", ""},
	}
	for _, test := range tests {
		if got, ok := msisdn.Digits(test.e164); got != test.want || ok != (test.want != "") {
			t.Errorf("Digits(%q) = %q, %v; want %q", test.e164, got, ok, test.want)
		}
	}
}

func TestShow(t *testing.T) {
	tests := []struct{ digits, national, mask string }{
		{"254712345678", "0712345678", "254712****78"},
		{"254110345678", "0110345678", "254110****78"},
		{"254201234567", "+254201234567", "254201****67"},
		{"256772123456", "+256772123456", "256772****56"},
		{"123456789012345", "+123456789012345", "123456****45"},
		{"12025550123", "+12025550123", "12025****23"},
		{"1234567", "+1234567", "1****67"},
		{"", "", "****"},
		{"0712345678", "0712345678", "****"},
		{"PIN 0000", "PIN 0000", "****"},
	}
	for _, test := range tests {
		if got := msisdn.National(test.digits); got != test.national {
			t.Errorf("National(%q) = %q, want %q", test.digits, got, test.national)
		}
		if got := msisdn.Mask(test.digits); got != test.mask {
			t.Errorf("Mask(%q) = %q, want %q", test.digits, got, test.mask)
		}
	}
}

func FuzzParse(tf *testing.F) {
	f := fuzz.New(tf)
	for _, seed := range []string{"0712345678", "+254 712-345678", "00256772123456", "+447911123456", "071x", "", "+", "\xff"} {
		f.Add(seed, "KE")
		f.Add(seed, "UG|KE")
		f.Add(seed, "any")
	}
	f.Fuzz(func(t *testing.T, typed, countries string) {
		list := strings.Split(countries, "|")
		digits, ok := msisdn.Parse(typed, list...)
		if !ok {
			if digits != "" {
				t.Fatalf("Parse(%q, %v) gave %q without ok", typed, list, digits)
			}
			return
		}
		if !msisdn.Valid(digits) {
			t.Fatalf("Parse(%q, %v) = %q, which is no number", typed, list, digits)
		}
		if again, ok := msisdn.Parse(msisdn.E164(digits), list...); !ok || again != digits {
			t.Fatalf("Parse(%q, %v) = %q, but %s is read as %q, %v", typed, list, digits, msisdn.E164(digits), again, ok)
		}
		if shown := msisdn.National(digits); len(shown) > msisdn.MaxShown {
			t.Fatalf("National(%q) = %q is longer than %d", digits, shown, msisdn.MaxShown)
		}
		if hidden := len(digits) - len(strings.ReplaceAll(msisdn.Mask(digits), "*", "")); hidden < 4 {
			t.Fatalf("Mask(%q) = %q hides only %d digits", digits, msisdn.Mask(digits), hidden)
		}
	})
}

func BenchmarkParseKenya(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		msisdn.Parse("0712 345-678")
	}
}

func BenchmarkParseUganda(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		msisdn.Parse("0772123456", "UG")
	}
}

func BenchmarkMask(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		msisdn.Mask("254712345678")
	}
}
