package engine

import (
	"strconv"
	"strings"
)

// A numberForm says how a language writes numbers.
type numberForm struct {
	// group stands between groups of three digits, and decimal before the cents.
	group, decimal byte
	// least is the smallest number with groups.
	least int64
}

// plainForm is the form of most languages: 1,500 and 1,500.50.
var plainForm = numberForm{group: ',', decimal: '.', least: 1000}

// numberForms has the languages in which a comma begins the cents, so "1,500" would be
// read as one and a half. They group with a space: the narrow space of CLDR is outside
// the alphabet of phones. In Portuguese and Spanish, groups begin at 10 000.
var numberForms = map[string]numberForm{
	"af": {group: ' ', decimal: ',', least: 1000},
	"fr": {group: ' ', decimal: ',', least: 1000},
	"es": {group: ' ', decimal: ',', least: 10_000},
	"pt": {group: ' ', decimal: ',', least: 10_000},
}

// numberFormOf returns the form of a language, by its code: "fr" or "fr-SN".
func numberFormOf(lang string) numberForm {
	base, _, _ := strings.Cut(strings.ToLower(lang), "-")
	if f, ok := numberForms[base]; ok {
		return f
	}
	return plainForm
}

// append appends a number: 1500 as "1,500".
func (f numberForm) append(b []byte, n int64) []byte {
	if n < 0 {
		b, n = append(b, '-'), -n
	}
	digits := strconv.FormatInt(n, 10)
	if n < f.least {
		return append(b, digits...)
	}
	for i := range digits {
		if left := len(digits) - i; i > 0 && left%3 == 0 {
			b = append(b, f.group)
		}
		b = append(b, digits[i])
	}
	return b
}

// appendMoney appends cents as "KES 1,500", or as "KES 1,500.50" if there are any.
func (f numberForm) appendMoney(b []byte, currency string, cents int64) []byte {
	b = append(append(b, currency...), ' ')
	if cents < 0 {
		b, cents = append(b, '-'), -cents
	}
	b = f.append(b, cents/centsPerUnit)
	if rest := cents % centsPerUnit; rest != 0 {
		b = append(b, f.decimal, '0'+byte(rest/ten), '0'+byte(rest%ten))
	}
	return b
}

// ShownWidth returns the greatest number of characters that a number between lo and hi
// takes in any language.
func ShownWidth(lo, hi int64) int {
	return max(len(plainForm.append(nil, lo)), len(plainForm.append(nil, hi)))
}
