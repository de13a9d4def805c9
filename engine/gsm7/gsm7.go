// Package gsm7 measures texts as phones do: whether a text can be sent in the GSM
// 7-bit default alphabet of 3GPP TS 23.038, how many septets it takes there, and
// what replaces characters that the alphabet lacks.
package gsm7

import "unicode/utf8"

// A Size is the length of a text as a phone counts it.
type Size struct {
	// UCS2 says that a character is outside the GSM 7-bit alphabet. Then the whole
	// text is sent in 16-bit units.
	UCS2 bool
	// Units counts septets, two for a character of the extension table, or UTF-16
	// code units if UCS2 is set.
	Units int
}

// escape (0x1B) announces a character of the extension table. It has a place in the
// default alphabet but is not a character, so it can't be sent itself.
const escape = 0x1b

// basic has the characters of the default alphabet, which take one septet, in the
// order of TS 23.038, section 6.2.1. The escape stands at 0x1B.
const basic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ" +
	" !\"#¤%&'()*+,-./0123456789:;<=>?" +
	"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"

// extended has the characters of the extension table, section 6.2.1.1. Each takes an
// escape and a second septet.
const extended = "\f^{}\\[~]|€"

// latin has the septets of U+0000 to U+00FF, where all but eleven characters of the
// alphabet are. beyond has the rest.
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

// Septets returns how many septets a character takes in the GSM 7-bit alphabet: 1,
// 2 in the extension table, or 0 outside the alphabet.
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

// Measure returns the size of s. Bytes that are not UTF-8 count as U+FFFD, because
// they would be sent as that.
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

// Fits reports whether s takes at most that many septets, or that many UTF-16 units
// if it must be sent as UCS-2. It allocates nothing and stops as soon as it knows.
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

// FirstOutside returns the first character of s that the GSM 7-bit alphabet lacks,
// and its byte index. ok reports whether there is one.
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
