package dialscript

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine"
)

// ReadValue reads a value as scripts write it: money as 500, 1,500.50 or KES
// 500, dates as 2026-03-01 or 01/03/2026, phone numbers as typed. Lists and
// records can't be written.
func ReadValue(t *engine.Type, s string) (engine.Value, bool) {
	s = strings.TrimSpace(s)
	switch t.Kind {
	case engine.KindText:
		return engine.TextValue(s), true
	case engine.KindChoice:
		return engine.ChoiceValue(s), len(t.Options) == 0 || slices.Contains(t.Options, s)
	case engine.KindSecret:
		return engine.SecretValue(s), true
	case engine.KindPhone:
		digits, ok := number(s)
		return engine.PhoneValue(digits), ok
	case engine.KindNumber:
		n, err := strconv.ParseInt(strings.ReplaceAll(s, ",", ""), 10, 64)
		return engine.NumberValue(n), err == nil
	case engine.KindMoney:
		cents, ok := readMoney(s)
		return engine.MoneyValue(cents), ok
	case engine.KindDate:
		for _, form := range []string{"2006-01-02", "02/01/2006"} {
			if day, err := time.Parse(form, s); err == nil {
				return engine.DateValue(engine.DateOf(day)), true
			}
		}
	case engine.KindRecord:
		return readRecord(t.Fields, s)
	case engine.KindList:
		return readList(t.Fields, s)
	}
	return engine.Value{}, false
}

// readRecord reads "date=2026-03-01, to=Amina O., amount=500".
func readRecord(fields []engine.Field, s string) (engine.Value, bool) {
	given := map[string]string{}
	for part := range strings.SplitSeq(s, ",") {
		name, text, ok := strings.Cut(part, "=")
		if name = strings.TrimSpace(name); !ok || given[name] != "" {
			return engine.Value{}, false
		}
		given[name] = text
	}
	var values []engine.Named
	for _, f := range fields {
		text, ok := given[f.Name]
		if !ok {
			continue // not set
		}
		v, ok := ReadValue(&f.Type, text)
		if !ok {
			return engine.Value{}, false
		}
		values = append(values, engine.Named{Name: f.Name, Value: v})
		delete(given, f.Name)
	}
	return engine.RecordValue(values), len(given) == 0
}

// readList reads records separated by semicolons; "" is an empty list.
func readList(fields []engine.Field, s string) (engine.Value, bool) {
	var rows []engine.Value
	for part := range strings.SplitSeq(s, ";") {
		if strings.TrimSpace(part) == "" {
			continue
		}
		row, ok := readRecord(fields, part)
		if !ok {
			return engine.Value{}, false
		}
		rows = append(rows, row)
	}
	return engine.ListValue(rows), true
}

// readMoney returns cents; a currency may be before the amount.
func readMoney(s string) (int64, bool) {
	if currency, amount, ok := strings.Cut(s, " "); ok && len(currency) == len("KES") {
		s = amount
	}
	units, fraction, dot := strings.Cut(strings.ReplaceAll(s, ",", ""), ".")
	if dot && len(fraction) != 2 {
		return 0, false
	}
	cents, err := strconv.ParseInt(units+(fraction + "00")[:2], 10, 64)
	return cents, err == nil && cents < math.MaxInt64/2
}

// sameValue compares a value of the session with the one in the script. "not
// set" stands for a value that is not set. Quotes may stand around a value, and must
// around an empty text.
func sameValue(v engine.Value, want string) bool {
	if unquoted, ok := unquote(want); ok && v.IsSet() && sameQuoted(v, unquoted) {
		return true
	}
	if !v.IsSet() {
		return want == "not set"
	}
	t := engine.Type{Kind: v.Kind()}
	wanted, ok := ReadValue(&t, want)
	return ok && wanted.Equal(v)
}

// showValue returns a value as reports show it; a secret stays hidden.
func showValue(v engine.Value) string {
	if !v.IsSet() {
		return "not set"
	}
	if text := v.String(); text != "" {
		return text
	}
	return `""`
}

// sameQuoted compares a value with a text that stood in quotes, so its spaces count.
func sameQuoted(v engine.Value, text string) bool {
	if v.Kind() == engine.KindText {
		return v.Text() == text
	}
	return sameValue(v, text)
}

// unquote returns a text without the quotes around it.
func unquote(text string) (string, bool) {
	if len(text) < 2 || text[0] != '"' || text[len(text)-1] != '"' {
		return "", false
	}
	return text[1 : len(text)-1], true
}
