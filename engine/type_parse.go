package engine

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Limits of types. They give every value a greatest width.
const (
	// MaxText is the longest text an answer or a value may have: one screen.
	MaxText = 160
	// MaxNumber and MaxMoneyUnits are what fits 12 digits: beyond any wage, and
	// far from overflow in cents.
	MaxNumber     = 999_999_999_999
	MaxMoneyUnits = 999_999_999
	// MaxDigits is the longest PIN or secret.
	MaxDigits = 32
	// MaxRows is how many rows of a list are shown: with the numbers that have three
	// digits. A caller who needs more pages than that can't find a row anyway.
	MaxRows = 900
)

// ParseType reads a type as the menu language spells it: "phone", "phone
// KE|UG", "phone any", "money 10..70000", "number 1..12", "date
// today-2y..today", "text 20", "text 20 with stars", `text 6 like "AB-123"`,
// "digits 8", "letters 2..20", "letters and digits 7", "choice", "choice town|lake",
// "pin 4", "secret 8". A range is required if a width depends on it. The options of a choice that callers
// read have words and are written elsewhere. The error is one sentence for the
// author of the menu. The types of contracts may end in "or nothing".
func ParseType(s string) (Type, error) {
	s = strings.TrimSpace(s)
	if required, ok := strings.CutSuffix(s, " "+OrNothing); ok {
		return parseOptional(required)
	}
	name, rest, _ := strings.Cut(s, " ")
	rest = strings.TrimSpace(rest)
	parse, ok := typeParsers[name]
	if !ok {
		return Type{}, fmt.Errorf("%q is not a type; the types are phone, money, number, date, text, digits, letters, choice, pin and secret", name)
	}
	return parse(rest)
}

// OrNothing ends the type of a value that may be absent: "text 20 or nothing".
const OrNothing = "or nothing"

func parseOptional(required string) (Type, error) {
	t, err := ParseType(required)
	switch {
	case err != nil:
		return Type{}, err
	case t.Optional:
		return Type{}, fmt.Errorf("%q is written twice", OrNothing)
	case t.Kind == KindSecret:
		return Type{}, fmt.Errorf("a secret can't be absent; delete %q", OrNothing)
	}
	t.Optional = true
	return t, nil
}

// TypeNames lists the words with which a type begins.
func TypeNames() []string {
	return []string{"phone", "money", "number", "date", "text", "digits", "letters", "choice", "pin", "secret"}
}

var typeParsers = map[string]func(string) (Type, error){
	"phone":   parsePhoneType,
	"money":   parseMoneyType,
	"number":  parseNumberType,
	"date":    parseDateType,
	"text":    parseTextType,
	"digits":  parseFormType(FormDigits),
	"letters": parseFormType(FormLetters),
	"choice":  parseChoiceType,
	"pin":     parsePinType,
	"secret":  parseSecretType,
}

// phoneWidth is the width of the longest phone number: a plus sign and the fifteen
// digits of E.164.
const phoneWidth = 16

func parsePhoneType(rest string) (Type, error) {
	t := Type{Kind: KindPhone, Width: phoneWidth}
	if rest == "" {
		return t, nil
	}
	if rest == "any" {
		t.Countries = []string{"any"}
		return t, nil
	}
	for _, c := range strings.Split(rest, "|") {
		c = strings.TrimSpace(c)
		if len(c) != 2 || !isCapital(c[0]) || !isCapital(c[1]) {
			return Type{}, fmt.Errorf("%q is not a country; write two capital letters (KE), several countries (KE|UG), or any", c)
		}
		t.Countries = append(t.Countries, c)
	}
	return t, nil
}

func isCapital(c byte) bool { return c >= 'A' && c <= 'Z' }

func parseMoneyType(rest string) (Type, error) {
	lo, hi, err := parseRange("money", "10..70000", rest, MaxMoneyUnits)
	if err != nil {
		return Type{}, err
	}
	t := Type{Kind: KindMoney, Lo: lo * 100, Hi: hi * 100}
	t.Width = len("KES ") + ShownWidth(lo, hi) + len(".00")
	return t, nil
}

func parseNumberType(rest string) (Type, error) {
	lo, hi, err := parseRange("number", "1..12", rest, MaxNumber)
	if err != nil {
		return Type{}, err
	}
	return Type{Kind: KindNumber, Lo: lo, Hi: hi, Width: ShownWidth(lo, hi)}, nil
}

func parseRange(kind, example, rest string, most int64) (lo, hi int64, err error) {
	from, to, ok := strings.Cut(rest, "..")
	if ok {
		lo, err = strconv.ParseInt(strings.TrimSpace(from), 10, 64)
		if err == nil {
			hi, err = strconv.ParseInt(strings.TrimSpace(to), 10, 64)
		}
	}
	switch {
	case !ok || err != nil:
		return 0, 0, fmt.Errorf("%s needs its smallest and largest value in whole numbers: %s %s", kind, kind, example)
	case lo > hi:
		return 0, 0, fmt.Errorf("%s %s: the first number is larger than the second", kind, rest)
	case hi > most || lo < -most:
		return 0, 0, fmt.Errorf("%s %s: the largest number is %d; write an ID or a code as a text, for example text 13", kind, rest, most)
	}
	return lo, hi, nil
}

func parseTextType(rest string) (Type, error) {
	rest, stars := strings.CutSuffix(rest, withStars)
	count, behind, _ := strings.Cut(rest, " ")
	form, like := strings.CutPrefix(strings.TrimSpace(behind), likeWord+" ")
	if !like {
		count = rest
	}
	n, err := parseCount("text", "20", count, MaxText)
	t := Type{Kind: KindText, Width: n, Stars: stars}
	if err != nil || !like {
		return t, err
	}
	return parseLike(t, strings.TrimSpace(form))
}

// withStars follows the length of a text that may contain stars.
const withStars = " with stars"

func parsePinType(rest string) (Type, error) {
	n, err := parseCount("pin", "4", rest, MaxDigits)
	return Type{Kind: KindSecret, Digits: n, Width: n}, err
}

func parseSecretType(rest string) (Type, error) {
	n, err := parseCount("secret", "8", rest, MaxDigits)
	return Type{Kind: KindSecret, Width: n}, err
}

func parseCount(kind, example, rest string, most int) (int, error) {
	n, err := strconv.Atoi(rest)
	if err != nil || n < 1 || n > most {
		return 0, fmt.Errorf("%s needs its length, from 1 to %d, as %s %s", kind, most, kind, example)
	}
	return n, nil
}

func parseChoiceType(rest string) (Type, error) {
	t := Type{Kind: KindChoice}
	if rest == "" {
		return t, nil
	}
	for option := range strings.SplitSeq(rest, "|") {
		option = strings.TrimSpace(option)
		switch {
		case option == "" || strings.ContainsAny(option, " ,"):
			return Type{}, fmt.Errorf("%q is not an option of a choice; write one word for each, as choice town|lake", option)
		case slices.Contains(t.Options, option):
			return Type{}, fmt.Errorf("choice %s has the option %q twice", rest, option)
		}
		t.Options = append(t.Options, option)
		t.Width = max(t.Width, len(option))
	}
	return t, nil
}

// dateWidth is the width of a shown date, "02/01/2006".
const dateWidth = 10

func parseDateType(rest string) (Type, error) {
	t := Type{Kind: KindDate, Width: dateWidth}
	if rest == "" {
		return t, nil
	}
	from, to, ok := strings.Cut(rest, "..")
	if !ok {
		return Type{}, fmt.Errorf("a date takes a range; write date today-2y..today or date 2020-01-01..2030-12-31")
	}
	var err error
	if t.From, err = parseDateBound(strings.TrimSpace(from)); err != nil {
		return Type{}, err
	}
	if t.To, err = parseDateBound(strings.TrimSpace(to)); err != nil {
		return Type{}, err
	}
	if t.From.Set && t.To.Set && t.From.Relative == t.To.Relative && t.From.on(0) > t.To.on(0) {
		return Type{}, fmt.Errorf("date %s: the first day is later than the second", rest)
	}
	return t, nil
}

func parseDateBound(s string) (DateBound, error) {
	if s == "" {
		return DateBound{}, nil
	}
	if rest, ok := strings.CutPrefix(s, "today"); ok {
		return parseDistance(s, rest)
	}
	day, err := time.Parse("2006-01-02", s)
	if err != nil {
		return DateBound{}, fmt.Errorf("%q is not a day; write it as 2026-03-01, or as today, today-2y, today+30d", s)
	}
	return DateBound{Set: true, Day: DateOf(day)}, nil
}

// maxDistance is how far a relative date may be from today, in any unit.
const maxDistance = 50_000

func parseDistance(s, rest string) (DateBound, error) {
	b := DateBound{Set: true, Relative: true}
	if rest == "" {
		return b, nil
	}
	bad := fmt.Errorf("%q is not a day; write today, today-2y, today+6m or today+30d", s)
	if len(rest) < 3 || rest[0] != '-' && rest[0] != '+' {
		return DateBound{}, bad
	}
	n, err := strconv.Atoi(rest[1 : len(rest)-1])
	if err != nil || n < 0 || n > maxDistance {
		return DateBound{}, bad
	}
	if rest[0] == '-' {
		n = -n
	}
	switch rest[len(rest)-1] {
	case 'y':
		b.Years = n
	case 'm':
		b.Months = n
	case 'd':
		b.Days = n
	default:
		return DateBound{}, bad
	}
	return b, nil
}
