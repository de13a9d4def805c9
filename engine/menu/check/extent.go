package check

import (
	"cmp"
	"fmt"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/gsm7"
)

// extent holds the greatest length of a text whose values are not known. A text
// counts in septets while every character is in the GSM 7-bit alphabet, and in 16-bit
// units as soon as one is not. It keeps both, because the longest text in one unit
// need not be the longest in the other.
type extent struct {
	// septets and units hold the greatest length of a text with all characters in the
	// alphabet, or never if that is impossible.
	septets, units int
	// wide holds the greatest length in units of a text with a character outside the
	// alphabet, or never if that is impossible.
	wide int
	// outside is a character outside the alphabet that the menu itself writes, 0 if it
	// writes none.
	outside rune
}

// never marks a length that is impossible.
const never = -1 << 20

var nothing = extent{0, 0, never, 0}

// literal returns the extent of a fixed text.
func literal(s string) extent {
	septets, units, outside := 0, 0, rune(0)
	for _, r := range s {
		n := gsm7.Septets(r)
		septets += n
		units++
		if r > 0xffff {
			units++
		}
		if n == 0 && outside == 0 {
			outside = r
		}
	}
	if outside == 0 {
		return extent{septets, units, never, 0}
	}
	return extent{never, never, units, outside}
}

// plainWidth returns the extent of up to n characters that take one septet each.
func plainWidth(n int) extent { return extent{n, n, never, 0} }

// then returns the extent of one text followed by another.
func (e extent) then(o extent) extent {
	return extent{
		septets: impossible(e.septets + o.septets),
		units:   impossible(e.units + o.units),
		wide:    impossible(max(e.wide+max(o.units, o.wide), e.units+o.wide)),
		outside: cmp.Or(e.outside, o.outside),
	}
}

func impossible(n int) int {
	if n < 0 {
		return never
	}
	return n
}

// or returns the extent of either of two texts.
func (e extent) or(o extent) extent {
	return extent{max(e.septets, o.septets), max(e.units, o.units), max(e.wide, o.wide), cmp.Or(e.outside, o.outside)}
}

// empty reports whether a text has no characters. The zero extent counts as none,
// too: no text with a character outside the alphabet has the length 0.
func (e extent) empty() bool { return e == nothing || e == extent{} }

// composed puts greatest lengths together as the machine puts texts together.
var composed = engine.Composer[extent]{Literal: literal, Then: extent.then, Empty: extent.empty}

// room holds how much fits on a screen.
type room struct{ septets, units int }

func (r room) fits(e extent) bool { return e.septets <= r.septets && e.wide <= r.units }

// over returns the length that does not fit, and words for what would fit.
func (r room) over(e extent) (length int, limit string) {
	if e.septets > r.septets {
		return e.septets, fmt.Sprintf("%d fit", r.septets)
	}
	if e.outside != 0 {
		return e.wide, fmt.Sprintf("%d fit, as %q is outside GSM-7", r.units, e.outside)
	}
	return e.wide, fmt.Sprintf("%d fit, as some are outside GSM-7", r.units)
}
