// Package gsm7 tells how long a text is on a phone: whether it can be sent in
// the GSM 7-bit default alphabet of 3GPP TS 23.038, how many septets it takes
// there, and what to write in place of the characters that alphabet lacks.
package gsm7

import "unicode/utf8"

// Size is the length of a text as a phone counts it.
type Size struct {
	// UCS2 is set when any character is outside the GSM 7-bit alphabet: the
	// whole text is then sent in 16-bit units.
	UCS2 bool
	// Units are septets, of which a character of the extension table takes
	// two; or UTF-16 code units when UCS2.
	Units int
}

// escape (0x1B) announces a character of the extension table. It is a place in
// the default alphabet, not a character of it, so it can't be sent itself.
const escape = 0x1b

// basic are the characters of the default alphabet that take one septet, in
// the order of TS 23.038, section 6.2.1. The escape stands at 0x1B.
const basic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ" +
	" !\"#¤%&'()*+,-./0123456789:;<=>?" +
	"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"

// extended are the characters of the extension table, section 6.2.1.1: an
// escape and a second septet each.
const extended = "\f^{}\\[~]|€"

// latin holds the septets of U+0000 to U+00FF, which is where all but eleven
// characters of the alphabet are; the rest are in beyond.
var latin, beyond = tables()

func tables() (latin [256]uint8, beyond map[rune]uint8) {
	beyond = map[rune]uint8{}
	set := func(r rune, septets uint8) {
		if r < 256 {
			latin[r] = septets
		} else {
			beyond[r] = septets
		}
	}
	for _, r := range basic {
		if r != escape {
			set(r, 1)
		}
	}
	for _, r := range extended {
		set(r, 2)
	}
	return latin, beyond
}

// Septets is how many septets a character takes in the GSM 7-bit alphabet: 1,
// 2 for the extension table, 0 for a character outside it.
func Septets(r rune) int {
	switch {
	case r < 0:
		return 0
	case r < 256:
		return int(latin[r])
	case r < 'Γ' || r > '€':
		return 0
	}
	return int(beyond[r])
}

// Measure is the size of s. Bytes that are not UTF-8 count as U+FFFD, which is
// how they would be sent.
func Measure(s string) Size {
	septets, units, inside := 0, 0, true
	for _, r := range s {
		n := Septets(r)
		septets += n
		units += utf16Units(r)
		inside = inside && n > 0
	}
	if inside {
		return Size{Units: septets}
	}
	return Size{UCS2: true, Units: units}
}

// Fits reports whether s takes at most so many septets, or at most so many
// UTF-16 units when it has to be sent as UCS-2. It allocates nothing, and
// reads no further than it must.
func Fits(s string, septets, units int) bool {
	most := max(septets, units)
	used7, used16, inside := 0, 0, true
	for _, r := range s {
		n := Septets(r)
		used7 += n
		used16 += utf16Units(r)
		inside = inside && n > 0
		if used16 > most || !inside && used16 > units {
			return false
		}
	}
	if inside {
		return used7 <= septets
	}
	return used16 <= units
}

// FirstOutside finds the first character of s that the GSM 7-bit alphabet
// lacks: its byte index and itself. ok is false when there is none.
func FirstOutside(s string) (index int, r rune, ok bool) {
	for i, r := range s {
		if Septets(r) == 0 {
			return i, r, true
		}
	}
	return 0, 0, false
}

func utf16Units(r rune) int {
	if r > 0xFFFF && r <= utf8.MaxRune {
		return 2
	}
	return 1
}

// Cut returns the longest beginning of s that has at most that many septets. A
// character outside the alphabet counts as one.
func Cut(s string, septets int) string {
	if len(s)*2 <= septets {
		return s
	}
	used := 0
	for i, r := range s {
		used += max(1, Septets(r))
		if used > septets {
			return s[:i]
		}
	}
	return s
}
