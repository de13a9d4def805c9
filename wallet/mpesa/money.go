package mpesa

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// errAmount says that a text is not an amount of money.
var errAmount = errors.New("not an amount of money")

// maxDigits bounds the digits of an amount: all cents fit into an int64.
const maxDigits = 16

// ParseCents reads an amount as the wire writes it, in whole cents: 10, "10.00", 1.0,
// -1540.00 or 1.2E7. Fractions of a cent are an error, since no rounding is right.
func ParseCents(amount string) (int64, error) {
	text, negative := strings.CutPrefix(amount, "-")
	mantissa, exponent, err := splitExponent(text)
	if err != nil {
		return 0, fmt.Errorf("%w: found %q", err, clipped(amount))
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := whole + fraction
	if whole == "" || len(digits) > maxDigits || !allDigits(digits) {
		return 0, fmt.Errorf("%w: found %q, expected up to %d digits", errAmount, clipped(amount), maxDigits)
	}
	// The amount is digits × 10^shift cents.
	shift := exponent - len(fraction) + 2
	for ; shift < 0 && strings.HasSuffix(digits, "0"); shift++ {
		digits = digits[:len(digits)-1]
	}
	switch {
	case strings.Trim(digits, "0") == "":
		return 0, nil
	case shift < 0:
		return 0, fmt.Errorf("%w: found %q, expected whole cents", errAmount, clipped(amount))
	case len(strings.TrimLeft(digits, "0"))+shift > maxDigits:
		return 0, fmt.Errorf("%w: found %q, expected up to %d digits", errAmount, clipped(amount), maxDigits)
	}
	cents, err := strconv.ParseInt(digits+strings.Repeat("0", shift), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%w: found %q", errAmount, clipped(amount))
	}
	if negative {
		cents = -cents
	}
	return cents, nil
}

// splitExponent splits 1.2E7 into 1.2 and 7.
func splitExponent(text string) (mantissa string, exponent int, err error) {
	i := strings.IndexAny(text, "eE")
	if i < 0 {
		return text, 0, nil
	}
	exponent, err = strconv.Atoi(strings.TrimPrefix(text[i+1:], "+"))
	if err != nil || exponent < -maxDigits || exponent > maxDigits {
		return "", 0, errAmount
	}
	return text[:i], exponent, nil
}

func allDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// clipped returns the beginning of a foreign text for an error.
func clipped(text string) string {
	const most = 24
	if len(text) <= most {
		return text
	}
	return text[:most] + "…"
}
