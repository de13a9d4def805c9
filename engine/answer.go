package engine

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/paytrace/paytrace/engine/gsm7"
	"github.com/paytrace/paytrace/engine/msisdn"
)

// parseAnswer reads what a caller typed as a value of type t, and reports whether
// it is one. lang is the language of the question: some write cents behind a comma.
// Choices are answered by number and not read here. A value that is returned without
// ok is outside of the range.
func (p *Program) parseAnswer(t *Type, typed string, lang int, today Date) (Value, bool) {
	typed = strings.TrimSpace(typed)
	// A star separates answers on the wire, so one that was typed can't be told from
	// two answers whose record was lost. A text that takes stars says so.
	if typed == "" || !t.Stars && strings.Contains(typed, "*") || len(typed) > maxAnswerBytes || !utf8.ValidString(typed) {
		return Value{}, false
	}
	switch t.Kind {
	case KindPhone:
		return parsePhone(t, plainTyped(typed), p.def.Session.Country)
	case KindMoney:
		return parseMoney(t, plainTyped(typed), p.def.Currency, p.forms[lang])
	case KindNumber:
		return parseNumber(t, plainTyped(typed), p.def.Currency)
	case KindDate:
		return parseDate(t, plainTyped(typed), p.months[lang], today)
	case KindText:
		return p.parseText(t, typed)
	case KindSecret:
		return parseSecret(t, typed)
	default:
		return Value{}, false
	}
}

// maxAnswerBytes bounds one answer: the 160 characters that a network transports,
// at four bytes each.
const maxAnswerBytes = 640

func parsePhone(t *Type, typed, country string) (Value, bool) {
	countries := t.Countries
	if len(countries) == 0 {
		countries = []string{country}
	}
	digits, ok := msisdn.Parse(typed, countries...)
	if !ok {
		return Value{}, false
	}
	return PhoneValue(digits), true
}

// parseMoney reads 1500, 1,500, 1 500, 1500.50, KES 1500, Kshs1,500, 1500/- and
// 1500/=. Where the language writes cents behind a comma, 1500,50 too.
func parseMoney(t *Type, typed, currency string, form numberForm) (Value, bool) {
	s := withoutSigns(typed, currency)
	if i := strings.LastIndexByte(s, ','); form.decimal == ',' && i >= 0 && len(s)-i <= len(",50") {
		s = s[:i] + "." + s[i+1:]
	}
	units, fraction, dot := strings.Cut(s, ".")
	whole, ok := parseGrouped(units)
	if !ok {
		return Value{}, false
	}
	cents, ok := parseCents(fraction, dot)
	if !ok {
		return Value{}, false
	}
	n := whole*centsPerUnit + cents
	return MoneyValue(n), n >= t.Lo && n <= t.Hi
}

func parseCents(fraction string, dot bool) (int64, bool) {
	if !dot {
		return 0, true
	}
	if len(fraction) == 0 || len(fraction) > 2 || !allDigits(fraction) {
		return 0, false
	}
	n, _ := strconv.ParseInt(fraction, 10, 64)
	if len(fraction) == 1 {
		n *= 10
	}
	return n, true
}

// parseNumber reads 1500, 1,500, 1 500, -3, +3 and "7.". What people count is often
// money, so the signs of an amount may stand around it.
func parseNumber(t *Type, typed, currency string) (Value, bool) {
	s := strings.TrimSuffix(withoutSigns(typed, currency), ".")
	rest, negative := strings.CutPrefix(s, "-")
	if !negative {
		rest = strings.TrimPrefix(s, "+")
	}
	n, ok := parseGrouped(rest)
	if !ok {
		return Value{}, false
	}
	if negative {
		n = -n
	}
	return NumberValue(n), n >= t.Lo && n <= t.Hi
}

// parseGrouped reads digits, all together or in groups of three separated by
// commas or spaces: 1,5 must not be read as 15.
func parseGrouped(s string) (int64, bool) {
	groups := strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
	seps := strings.Count(s, ",") + strings.Count(s, " ")
	if len(groups) == 0 || seps != len(groups)-1 {
		return 0, false
	}
	for i, g := range groups {
		if !allDigits(g) || i > 0 && len(g) != 3 || len(groups) > 1 && len(g) > 3 {
			return 0, false
		}
	}
	digits := strings.Join(groups, "")
	if len(digits) > maxNumberDigits {
		return 0, false
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	return n, err == nil
}

// maxNumberDigits keeps a number, in cents too, far inside an int64.
const maxNumberDigits = 15

func allDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// parseDate reads 1/3/2026 (also with - . , or spaces), 01032026 and 2026-03-01:
// day before month, the year in full. The month may be a name: 1 March 2026.
func parseDate(t *Type, typed string, names *monthNames, today Date) (Value, bool) {
	if strings.IndexFunc(typed, unicode.IsLetter) >= 0 {
		day, ok := parseNamedDay(typed, names)
		if !ok {
			return Value{}, false
		}
		return DateValue(day), inRange(t, day, today)
	}
	parts := strings.FieldsFunc(typed, dayBreak)
	if len(parts) == 1 && len(typed) == len("01032026") && allDigits(typed) {
		parts = []string{typed[:2], typed[2:4], typed[4:]}
	}
	if len(parts) != 3 {
		return Value{}, false
	}
	if len(parts[0]) == 4 {
		parts[0], parts[2] = parts[2], parts[0]
	}
	day, ok := calendarDay(parts[2], parts[1], parts[0])
	if !ok {
		return Value{}, false
	}
	return DateValue(day), inRange(t, day, today)
}

func calendarDay(year, month, day string) (Date, bool) {
	if len(year) != 4 || len(month) > 2 || len(day) > 2 || !allDigits(year+month+day) || month == "" || day == "" {
		return 0, false
	}
	y, _ := strconv.Atoi(year)
	m, _ := strconv.Atoi(month)
	d, _ := strconv.Atoi(day)
	when := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if when.Year() != y || int(when.Month()) != m || when.Day() != d {
		return 0, false // 31/02
	}
	return DateOf(when), true
}

func inRange(t *Type, day, today Date) bool {
	if t.From.Set && day < t.From.on(today) {
		return false
	}
	return !t.To.Set || day <= t.To.on(today)
}

// parseText reads a text as typed. One of a form may also be typed in the digits of
// another script, and digits in groups.
func (p *Program) parseText(t *Type, typed string) (Value, bool) {
	writings := []string{typed}
	switch t.Form.Kind {
	case FormAny:
	case FormDigits:
		writings = []string{strings.ReplaceAll(plainTyped(typed), " ", "")}
	default:
		writings = append(writings, plainTyped(typed))
	}
	for _, text := range writings {
		if p.hasForm(&t.Form, text) && isShownWhole(text, t.Width) {
			return TextValue(text), true
		}
	}
	return Value{}, false
}

// isShownWhole reports whether a text can be shown, and is not cut.
func isShownWhole(text string, width int) bool {
	shown := gsm7.Transliterate(text)
	return strings.TrimSpace(shown) != "" && gsm7.Cut(shown, width) == shown && !strings.ContainsFunc(text, unicode.IsControl)
}

// parseSecret reads a PIN as digits of any script, and a password as typed.
func parseSecret(t *Type, typed string) (Value, bool) {
	if t.Digits > 0 {
		typed = plainTyped(typed)
	}
	n := utf8.RuneCountInString(typed)
	if n > t.Width || t.Digits > 0 && (n != t.Digits || !allDigits(typed)) {
		return Value{}, false
	}
	return SecretValue(typed), true
}

// Includes reports whether the range of a date includes a day, in a call of today.
func (t *Type) Includes(day, today Date) bool { return inRange(t, day, today) }
