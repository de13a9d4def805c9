package engine

import (
	"strings"
	"unicode"
)

// People type more than digits: digits of their own script, full-width forms from a
// keyboard, signs that come along when they copy a number, the "#" that ends a code.

// plainTyped returns what was typed as a plain keypad would send it: ASCII digits and
// signs, no invisible characters, no space around it and no "#" behind it. Texts and
// passwords are taken as typed.
func plainTyped(typed string) string {
	plain := typed
	if strings.IndexFunc(typed, unusual) >= 0 {
		plain = strings.Map(plainRune, typed)
	}
	plain = strings.TrimSpace(plain)
	if rest := strings.TrimRight(plain, "# "); rest != "" {
		return rest
	}
	return plain
}

func unusual(r rune) bool { return r >= utf8Self || r < ' ' }

// plainRune returns the character of a keypad that a rune stands for, or -1 for one
// that nobody sees.
func plainRune(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case unicode.Is(unicode.Cf, r):
		return -1
	case r >= firstFullWidth && r <= lastFullWidth:
		return r - firstFullWidth + '!'
	}
	if sign, ok := plainSigns[r]; ok {
		return sign
	}
	if d, ok := digitOf(r); ok {
		return d
	}
	return r
}

// plainSigns has the signs of other keyboards that mean one of ASCII.
var plainSigns = map[rune]rune{
	'\u066b': '.',                // Arabic decimal separator
	'\u066c': ',', '\u060c': ',', // Arabic thousands separator and comma
	'\u2212': '-', '\u2010': '-', '\u2011': '-', '\u2012': '-', '\u2013': '-', // minus, hyphens, figure and en dash
	'\u2044': '/', '\u2215': '/', // fraction and division slash
	'\u3002': '.', // ideographic full stop
}

// keyWritten returns the key that an input means if people write it as a number: 01,
// "1." and "1)" for 1. It is "" if the input is no such number. Keys of zeros alone
// have no other form, because 0 and 00 may be two keys.
func keyWritten(plain string) string {
	key := strings.TrimRight(strings.TrimPrefix(plain, "("), ".): ")
	key = strings.TrimLeft(key, "0")
	if key == plain || !allDigits(key) {
		return ""
	}
	return key
}
