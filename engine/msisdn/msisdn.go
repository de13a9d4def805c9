// Package msisdn reads the phone numbers that callers type and writes the ones
// that screens and logs show. Inside the program a number is its digits with
// the country code and no plus sign: 254712345678.
package msisdn

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
)

const (
	// Kenya is the region of numbers if no other is named.
	Kenya = "KE"
	// Any accepts mobile numbers of every country, typed with their country code.
	Any = "any"
)

// Limits of E.164: a number has at most 15 digits, country code included, and
// no country's is shorter than 7.
const (
	MinDigits = 7
	MaxDigits = 15
)

// MaxShown is the greatest number of characters that National returns: a plus sign
// and the fifteen digits of E.164. A Kenyan number takes ten.
const MaxShown = 1 + MaxDigits

// maxTyped bounds what a caller may type, without separators: "+00", a country code
// and a number, with room to spare.
const maxTyped = 20

// Parse reads a mobile number as callers type it: 0712345678, 712345678,
// +254 712-345678, 00254712345678. It drops spaces and - ( ) . ; characters.
// countries lists the regions (ISO 3166) that are accepted, or Any; none means
// Kenya. A number without a country code belongs to the first country that has such
// numbers. digits is "" unless ok.
func Parse(typed string, countries ...string) (digits string, ok bool) {
	var buf [maxTyped]byte
	compact, ok := squeeze(buf[:0], typed)
	if !ok {
		return "", false
	}
	if len(countries) == 0 {
		return kenyan(compact)
	}
	for _, country := range countries {
		if digits, ok := parseFor(compact, country); ok {
			return digits, true
		}
	}
	return "", false
}

// squeeze appends the digits of typed and a leading plus sign. It reports false if
// typed contains anything else but separators.
func squeeze(to []byte, typed string) ([]byte, bool) {
	for i := 0; i < len(typed); i++ {
		switch c := typed[i]; {
		case c >= '0' && c <= '9', c == '+' && len(to) == 0:
			if len(to) == maxTyped {
				return nil, false
			}
			to = append(to, c)
		case strings.IndexByte(" -().;\t", c) >= 0:
		default:
			return nil, false
		}
	}
	return to, true
}

func parseFor(compact []byte, country string) (string, bool) {
	switch country {
	case Kenya:
		return kenyan(compact)
	case Any:
		return anywhere(compact)
	}
	typed := string(compact)
	if rest, found := strings.CutPrefix(typed, "00"); found {
		typed = "+" + rest
	}
	n, err := phonenumbers.Parse(typed, country)
	if err != nil || !phonenumbers.IsValidNumberForRegion(n, country) {
		return "", false
	}
	return mobile(n)
}

// kenyan applies the rule that the service has always had:
// ^(?:(?:\+|00)?254|0)?(7\d{8}|1\d{8})$
// libphonenumber would refuse ranges that were opened later, such as 0109.
func kenyan(compact []byte) (string, bool) {
	const subscriber = 9
	if len(compact) < subscriber {
		return "", false
	}
	prefix, number := compact[:len(compact)-subscriber], compact[len(compact)-subscriber:]
	if number[0] != '7' && number[0] != '1' {
		return "", false
	}
	switch string(prefix) {
	case "", "0", "254", "+254", "00254":
		return "254" + string(number), true
	}
	return "", false
}

// anywhere reads a number that must have a country code. Kenyan numbers follow
// Kenya's own rule, so every number has one rule only.
func anywhere(compact []byte) (string, bool) {
	typed := strings.TrimPrefix(strings.TrimPrefix(string(compact), "+"), "00")
	if strings.HasPrefix(typed, "0") {
		return "", false
	}
	if strings.HasPrefix(typed, "254") {
		return kenyan([]byte(typed))
	}
	n, err := phonenumbers.Parse("+"+typed, "")
	if err != nil || !phonenumbers.IsValidNumber(n) {
		return "", false
	}
	return mobile(n)
}

func mobile(n *phonenumbers.PhoneNumber) (string, bool) {
	switch phonenumbers.GetNumberType(n) {
	case phonenumbers.MOBILE, phonenumbers.FIXED_LINE_OR_MOBILE:
		digits := strings.TrimPrefix(phonenumbers.Format(n, phonenumbers.E164), "+")
		return digits, Valid(digits)
	}
	return "", false
}

// Digits reads a number for which the network vouches, as gateways send it:
// +254711223344, with or without the plus sign. Any E.164 number may call.
func Digits(e164 string) (digits string, ok bool) {
	digits = strings.TrimPrefix(e164, "+")
	if !Valid(digits) {
		return "", false
	}
	return digits, true
}

// Written reads a number with its country code as people write it in a file or on a
// command line: 254712345678, +254 712-345678, 00254712345678. Any E.164 number is
// taken, as gateways report callers of every kind.
func Written(s string) (digits string, ok bool) {
	var buf [maxTyped]byte
	compact, ok := squeeze(buf[:0], s)
	if !ok {
		return "", false
	}
	return Digits(strings.TrimPrefix(string(compact), "00"))
}

// Valid reports whether digits may be a phone number: 7 to 15 digits that begin with
// a country code.
func Valid(digits string) bool {
	if len(digits) < MinDigits || len(digits) > MaxDigits || digits[0] == '0' {
		return false
	}
	for i := 0; i < len(digits); i++ {
		if digits[i] < '0' || digits[i] > '9' {
			return false
		}
	}
	return true
}
