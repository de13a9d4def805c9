package journal

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/paytrace/paytrace/internal/fuzz"
)

// A note of a call has no answer of the caller, whatever the screen repeats of it.
func FuzzWithoutInputs(tf *testing.F) {
	f := fuzz.New(tf)
	for _, s := range [][2]string{
		{"Send KES 500 to 0711000111?", "1*0711000111*500"},
		{"Hello  AMINA  wa Juma", "amina wa juma"},
		{"Your PIN was 4821.", "2*4821"},
		{"Siri: Ñandú-4821/4821", "ñandú-4821"},
		{"+254711000111 and 254711000111", "0711000111*254711000111"},
		{"\xff1234\xff", "1234"},
		{"aaaa", "aa*aaa"},
	} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, screen, typed string) {
		if !utf8.ValidString(screen) || !utf8.ValidString(typed) || strings.Contains(screen+typed, repeated) {
			return // screens and answers are texts, and none has the sign
		}
		shown := withoutInputs(screen, typed, false)
		for input := range strings.SplitSeq(typed, "*") {
			if input = strings.TrimSpace(input); len(input) > maxOption && strings.Contains(shown, input) {
				t.Errorf("%q stays in %q, from %q", input, shown, screen)
			}
		}
	})
}
