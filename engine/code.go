package engine

import (
	"strings"
	"unicode"
)

// Gateways and people write one service code in several ways: *384*8481#,
// 384*8481, with spaces, in full-width letters, with signs that are escaped twice.

// CodeKey returns a service code in the form in which codes are compared: digits
// with single stars between them, as "384*8481".
func CodeKey(code string) string {
	if plainCode(code) {
		return strings.TrimSuffix(strings.TrimPrefix(code, "*"), "#")
	}
	code = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) || unicode.Is(unicode.Cf, r):
			return -1
		case r >= firstFullWidth && r <= lastFullWidth:
			return r - firstFullWidth + '!'
		}
		if d, ok := digitOf(r); ok {
			return d
		}
		return r
	}, code)
	return strings.TrimLeft(strings.TrimRight(escapedSigns.Replace(code), "#"), "*#")
}

// DialledCode returns a service code as people dial it: "*384*8481#".
func DialledCode(code string) string {
	if len(code) > 2 && code[0] == '*' && code[len(code)-1] == '#' && plainCode(code) {
		return code
	}
	key := CodeKey(code)
	if key == "" {
		return ""
	}
	return "*" + key + "#"
}

// escapedSigns replaces signs that a gateway has escaped twice.
var escapedSigns = strings.NewReplacer("%23", "#", "%2A", "*", "%2a", "*")

const (
	// The full-width forms of the characters ! to ~.
	firstFullWidth, lastFullWidth = '\uff01', '\uff5e'
)

// plainCode reports whether a code is written as most are: digits and stars,
// perhaps between a star and a "#".
func plainCode(code string) bool {
	inner := strings.TrimSuffix(strings.TrimPrefix(code, "*"), "#")
	for i := 0; i < len(inner); i++ {
		if c := inner[i]; (c < '0' || c > '9') && c != '*' || i == 0 && c == '*' {
			return false
		}
	}
	return true
}

// digitOf returns a decimal digit of any script as an ASCII digit.
func digitOf(r rune) (rune, bool) {
	if r < utf8Self {
		return r, r >= '0' && r <= '9'
	}
	if !unicode.Is(unicode.Nd, r) {
		return r, false
	}
	// The ten digits of a script follow each other, and begin behind a rune that is
	// none or a ten that ends.
	value := rune(0)
	for _, table := range unicode.Nd.R16 {
		if rune(table.Lo) <= r && r <= rune(table.Hi) {
			value = (r - rune(table.Lo)) % ten
		}
	}
	for _, table := range unicode.Nd.R32 {
		if rune(table.Lo) <= r && r <= rune(table.Hi) {
			value = (r - rune(table.Lo)) % ten
		}
	}
	return '0' + value, true
}

const (
	ten      = 10
	utf8Self = 0x80 // below are the characters of ASCII
)
