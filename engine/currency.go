package engine

import (
	"strings"
	"unicode"
)

// amountSigns has what people write before or after an amount of a currency, in lower
// case, besides its code. The sign of another currency is refused: 1,000 Kenya
// shillings are no 1,000 Uganda shillings.
var amountSigns = map[string][]string{
	"KES": {"ksh", "kshs", "sh", "shs", "shilling", "shillings", "shilingi", "bob"},
	"UGX": {"ush", "ushs", "sh", "shs", "shilling", "shillings"},
	"TZS": {"tsh", "tshs", "sh", "shs", "shilling", "shillings", "shilingi"},
	"RWF": {"frw", "rf", "francs", "f"},
	"MWK": {"mk", "kwacha"},
	"ZMW": {"zk", "kwacha"},
	"ZAR": {"r", "rand", "rands"},
	"NGN": {"n", "naira", "₦"},
	"GHS": {"ghc", "gh¢", "gh₵", "cedi", "cedis", "₵"},
	"ETB": {"br", "birr"},
	"USD": {"us$", "$", "dollar", "dollars"},
}

// signsBefore has signs that only stand before an amount: "5k" behind it is five
// thousand.
var signsBefore = map[string]string{"MWK": "k", "ZMW": "k"}

// withoutSigns returns an amount without the currency around it and without the "/="
// or "/-" behind it.
func withoutSigns(typed, currency string) string {
	s := strings.ToLower(typed)
	word := s[:len(s)-len(strings.TrimLeftFunc(s, ofSign))]
	if word != "" && (isSign(word, currency) || word == signsBefore[currency]) {
		// "Ksh. 50" and "Ksh.50" are fifty. The dot of "Ksh .50" does not belong to the
		// sign, and a fraction alone is no amount.
		s = strings.TrimLeft(strings.TrimPrefix(s[len(word):], "."), " ")
	}
	s = withoutDash(strings.TrimRight(s, " "))
	if rest := strings.TrimRightFunc(strings.TrimSuffix(s, "."), ofSign); isSign(strings.TrimSuffix(s[len(rest):], "."), currency) {
		s = withoutDash(strings.TrimRight(rest, " "))
	}
	return s
}

// withoutDash drops the stroke that stands for "no cents".
func withoutDash(s string) string {
	for _, dash := range []string{"/=", "/-", ".-", "=/", "=", "/"} {
		if rest, ok := strings.CutSuffix(s, dash); ok {
			return strings.TrimRight(rest, " ")
		}
	}
	return s
}

// ofSign reports whether a character belongs to the sign of a currency.
func ofSign(r rune) bool { return unicode.IsLetter(r) || unicode.Is(unicode.Sc, r) }

func isSign(word, currency string) bool {
	if word == strings.ToLower(currency) {
		return true
	}
	for _, sign := range amountSigns[currency] {
		if word == sign {
			return true
		}
	}
	return false
}
