// Package sample makes up values of the types of a menu: what callers type, and what
// dial scripts write.
package sample

import (
	"strconv"
	"strings"

	"github.com/paytrace/paytrace/engine"
)

// CentsPerUnit is the scale of every currency served.
const CentsPerUnit = 100

// Typed returns an answer that a question of the type accepts, as a caller in
// Kenya types it. The "accept" rules of the question may still refuse it.
func Typed(t engine.Type) string {
	switch t.Kind {
	case engine.KindPhone:
		return samplePhone(t)
	case engine.KindMoney:
		return strconv.FormatInt((t.Lo+CentsPerUnit-1)/CentsPerUnit, 10)
	case engine.KindNumber:
		return strconv.FormatInt(t.Lo, 10)
	case engine.KindDate:
		return sampleDate(t)
	case engine.KindChoice:
		return "1"
	case engine.KindSecret:
		return sampleSecret(t)
	default:
		return Text(t, 0)
	}
}

// Text returns a text of a type. Texts with other numbers n differ where the form
// allows it.
func Text(t engine.Type, n int) string {
	f := &t.Form
	switch f.Kind {
	case engine.FormDigits:
		// A zero in front shows that it stays.
		return filled("0"+strconv.Itoa(firstNumber+n), "7", f.Least)
	case engine.FormLetters:
		return filled("Amina", "a", f.Least)
	case engine.FormAlphameric:
		return filled("A"+strconv.Itoa(firstNumber+n), "7", f.Least)
	case engine.FormExample, engine.FormPattern:
		return f.Example
	default:
		return cut("Amina", t.Width)
	}
}

// firstNumber is the first number in sample texts.
const firstNumber = 10

// filled returns a text of exactly so many characters, which ends like s.
func filled(s, with string, length int) string {
	if len(s) > length {
		return s[:length]
	}
	return s + strings.Repeat(with, length-len(s))
}

// samplePhones holds a possible number of each country.
var samplePhones = map[string]string{
	"KE": "0712345678", "UG": "+256712345678", "TZ": "+255712345678", "RW": "+250721234567", "ET": "+251911234567",
	"NG": "+2348012345678", "GH": "+233241234567", "ZA": "+27711234567",
}

func samplePhone(t engine.Type) string {
	for _, country := range t.Countries {
		if n, ok := samplePhones[country]; ok {
			return n
		}
	}
	return samplePhones["KE"]
}

// dayForm is the form in which callers type a date.
const dayForm = "02/01/2006"

// anyDay is the sample of a date without limits.
const anyDay = "01/01/2026"

func sampleDate(t engine.Type) string {
	switch {
	case t.From.Set && !t.From.Relative:
		return t.From.Day.Time().Format(dayForm)
	case t.To.Set && !t.To.Relative:
		return t.To.Day.Time().Format(dayForm)
	case t.From.Set || t.To.Set:
		return "(" + strings.TrimPrefix(t.String(), "date ") + ")"
	default:
		return anyDay
	}
}

func sampleSecret(t engine.Type) string {
	n := t.Digits
	if n == 0 {
		n = min(t.Width, 8)
	}
	return cut("12345678901234567890123456789012", n)
}

func cut(s string, width int) string { return s[:min(len(s), max(1, width))] }

// Written returns a value of the type as dial scripts write it, for an action whose
// answer nothing else decides.
func Written(t *engine.Type) string {
	switch t.Kind {
	case engine.KindMoney, engine.KindNumber:
		return "1"
	case engine.KindDate:
		return "2026-03-01"
	case engine.KindPhone:
		return samplePhones["KE"]
	case engine.KindChoice:
		if len(t.Options) > 0 {
			return t.Options[0]
		}
	case engine.KindText:
		if t.Form.Kind != engine.FormAny {
			return Text(*t, 0)
		}
	}
	return "X1"
}
