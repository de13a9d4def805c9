package check

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/paytrace/paytrace/engine/gsm7"
)

var anyWords = rapid.StringOf(rapid.SampledFrom([]rune("ab 1{€’ẹ👋\n")))

// A literal is as long as a phone counts it, and one behind another is as long
// as both.
func TestExtentOfWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyWords.Draw(t, "a"), anyWords.Draw(t, "b")
		for _, s := range []string{a, b, a + b} {
			size, e := gsm7.Measure(s), literal(s)
			if size.UCS2 && (e.wide != size.Units || e.septets >= 0) || !size.UCS2 && (e.septets != size.Units || e.wide >= 0) {
				t.Fatalf("%q: %+v, measured %+v", s, e, size)
			}
		}
		if got, want := literal(a).then(literal(b)), literal(a+b); got != want {
			t.Fatalf("%q then %q: %+v, want %+v", a, b, got, want)
		}
	})
}

// Whatever is chosen from each of several pieces, the screen is no longer than
// the extent says; and one choice is as long.
func TestExtentOfChoices(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		choices := rapid.SliceOfN(rapid.SliceOfN(anyWords, 1, 3), 1, 4).Draw(t, "choices")
		whole := nothing
		for _, c := range choices {
			either := literal(c[0])
			for _, s := range c[1:] {
				either = either.or(literal(s))
			}
			whole = whole.then(either)
		}
		most := extent{never, never, never, 0}
		eachScreen(choices, "", func(s string) { most = most.or(literal(s)) })
		most.outside, whole.outside = 0, 0 // which character is named depends on the order
		if most != whole {
			t.Fatalf("%q: extent %+v, the longest screens are %+v", choices, whole, most)
		}
	})
}

func eachScreen(choices [][]string, before string, see func(string)) {
	if len(choices) == 0 {
		see(before)
		return
	}
	for _, s := range choices[0] {
		eachScreen(choices[1:], before+s, see)
	}
}
