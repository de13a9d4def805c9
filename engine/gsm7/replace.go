package gsm7

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Unknown replaces a character that has no replacement of its own, such as a letter
// of another script.
const Unknown = '?'

// replacements has what people write on a keyboard that lacks the character.
// Accents and compatibility forms (ẹ́, ﬁ, ², fullwidth letters) are not listed:
// NFKD decomposes them. A replacement of "" drops the character.
var replacements = map[rune]string{
	// Quotation marks and apostrophes, as word processors and phones set them.
	'‘': "'", '’': "'", '‚': "'", '‛': "'", '′': "'", '‹': "'", '›': "'",
	'ʼ': "'", 'ʻ': "'", 'ʹ': "'", 'ˈ': "'", '`': "'", '´': "'", 'ꞌ': "'",
	'“': `"`, '”': `"`, '„': `"`, '‟': `"`, '″': `"`, '«': `"`, '»': `"`, '¨': `"`,
	// Dashes, dots and bars.
	'‐': "-", '‑': "-", '‒': "-", '–': "-", '—': "-", '―': "-", '−': "-",
	'…': "...", '•': "*", '·': ".", '‣': "*", '⁄': "/", '∕': "/", '¦': "|", '¯': "-",
	// Spaces: NFKD leaves some of them as they are.
	'\t': " ", '\u00a0': " ", '\u1680': " ", '\u2028': "\n", '\u2029': "\n", '\u0085': "\n",
	// Signs.
	'×': "x", '÷': "/", '±': "+-", '≤': "<=", '≥': ">=", '≠': "!=", '°': "o",
	'→': "->", '←': "<-", '⇒': "=>", '©': "(c)", '®': "(R)", '¢': "c", '¶': "", '¸': ",",
	'¬': "-", '₦': "N", '₵': "GHS", '₹': "Rs", '✓': "OK", '✔': "OK",
	// Letters that NFKD can't decompose, most of them in use between Dakar and
	// Nairobi.
	'ŋ': "ng", 'Ŋ': "NG", 'ɓ': "b", 'Ɓ': "B", 'ɖ': "d", 'Ɖ': "D", 'ɗ': "d", 'Ɗ': "D",
	'ɛ': "e", 'Ɛ': "E", 'ɔ': "o", 'Ɔ': "O", 'ƒ': "f", 'Ƒ': "F", 'ɣ': "g", 'Ɣ': "G",
	'ɩ': "i", 'Ɩ': "I", 'ƙ': "k", 'Ƙ': "K", 'ɲ': "ny", 'Ɲ': "NY", 'ʋ': "v", 'Ʋ': "V",
	'ƴ': "y", 'Ƴ': "Y", 'ǝ': "e", 'Ǝ': "E", 'ə': "e", 'ɨ': "i", 'ʉ': "u",
	'đ': "d", 'Đ': "D", 'ð': "d", 'Ð': "D", 'ħ': "h", 'Ħ': "H", 'ı': "i", 'ł': "l", 'Ł': "L",
	'œ': "oe", 'Œ': "OE", 'þ': "th", 'Þ': "Th", 'ŧ': "t", 'Ŧ': "T", 'ẞ': "SS", 'ĸ': "k",
	// Greek: the alphabet has neither small letters nor capitals that look like
	// Latin ones; phones write the capital.
	'Α': "A", 'Β': "B", 'Ε': "E", 'Ζ': "Z", 'Η': "H", 'Ι': "I", 'Κ': "K", 'Μ': "M",
	'Ν': "N", 'Ο': "O", 'Ρ': "P", 'Τ': "T", 'Υ': "Y", 'Χ': "X",
	'α': "A", 'β': "B", 'γ': "Γ", 'δ': "Δ", 'ε': "E", 'ζ': "Z", 'η': "H", 'θ': "Θ",
	'ι': "I", 'κ': "K", 'λ': "Λ", 'μ': "M", 'ν': "N", 'ξ': "Ξ", 'ο': "O", 'π': "Π",
	'ρ': "P", 'σ': "Σ", 'ς': "Σ", 'τ': "T", 'υ': "Y", 'φ': "Φ", 'χ': "X", 'ψ': "Ψ", 'ω': "Ω",
	'µ': "u", '∆': "Δ", 'Ω': "Ω",
}

// Replacement returns what to write for r in the GSM 7-bit alphabet: r itself if the
// alphabet has it, otherwise its plain form (’ becomes ', – becomes -, ḓ becomes d).
// It returns "" and true for an invisible character, which is better left out, and
// false if there is no replacement.
func Replacement(r rune) (plain string, ok bool) {
	if Septets(r) > 0 {
		return string(r), true
	}
	if plain, ok := replacements[r]; ok {
		return plain, true
	}
	if invisible(r) {
		return "", true
	}
	return decomposed(r)
}

// decomposed decomposes r by NFKD, drops the accents and replaces the rest. The
// recursion ends because a full decomposition can't be decomposed again.
func decomposed(r rune) (string, bool) {
	parts := norm.NFKD.PropertiesString(string(r)).Decomposition()
	if parts == nil {
		return "", false
	}
	var b strings.Builder
	for _, part := range string(parts) {
		if unicode.Is(unicode.M, part) {
			continue
		}
		plain, ok := Replacement(part)
		if !ok {
			return "", false
		}
		b.WriteString(plain)
	}
	return b.String(), b.Len() > 0
}

// invisible reports whether r shows nothing by itself: controls, joiners, byte order
// marks, variation selectors, combining accents.
func invisible(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Mn, unicode.Me)
}

// pictorial reports whether r is a symbol for which a question mark would say
// nothing: emoji with their modifiers, and the private characters of old phones.
func pictorial(r rune) bool {
	return unicode.In(r, unicode.So, unicode.Sk, unicode.Co) || r >= 0x1F000 && r <= 0x1FAFF
}

// Transliterate returns s in the GSM 7-bit alphabet. It replaces characters outside
// it, drops emoji and controls except newlines, and writes Unknown for the rest. It
// returns a text that needs no change as it is, without an allocation.
func Transliterate(s string) string {
	i := firstChange(s)
	if i == len(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	b.WriteString(s[:i])
	for _, r := range s[i:] {
		if stays(r) {
			b.WriteRune(r)
			continue
		}
		b.WriteString(substitute(r))
	}
	return b.String()
}

func firstChange(s string) int {
	for i, r := range s {
		if !stays(r) {
			return i
		}
	}
	return len(s)
}

// stays reports whether r needs no change. It is false for the two controls of the
// alphabet, carriage return and form feed: a foreign text must not move the cursor.
func stays(r rune) bool { return Septets(r) > 0 && r != '\r' && r != '\f' }

func substitute(r rune) string {
	switch {
	case r == '\r', r == '\f':
		return ""
	case r == utf8.RuneError:
		return string(Unknown)
	}
	if plain, ok := Replacement(r); ok {
		return plain
	}
	if pictorial(r) {
		return ""
	}
	return string(Unknown)
}
