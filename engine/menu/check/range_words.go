package check

import (
	"fmt"
	"strconv"

	"github.com/paytrace/paytrace/engine"
)

// outside describes the results of a sum that a type has not; "" if there are none.
func outside(t, into engine.Type) string {
	if t.Kind == engine.KindDate {
		late := into.To.Set && !(t.To.Set && t.To.NoLaterThan(into.To))
		early := into.From.Set && !(t.From.Set && into.From.NoLaterThan(t.From))
		switch {
		case !late && !early:
			return ""
		case t.From == t.To && t.From.Set:
			return "the day " + t.From.String()
		}
		return rangeWords(t)
	}
	if t.Lo < into.Lo || t.Hi > into.Hi {
		return rangeWords(t)
	}
	return ""
}

// rangeWords returns a type's range as a menu writes it.
func rangeWords(t engine.Type) string {
	switch t.Kind {
	case engine.KindNumber:
		return fmt.Sprintf("number %d..%d", t.Lo, t.Hi)
	case engine.KindMoney:
		return "money " + centsWords(t.Lo) + ".." + centsWords(t.Hi)
	case engine.KindSecret:
		if t.Digits > 0 {
			return "pin " + strconv.Itoa(t.Digits)
		}
		return "secret " + strconv.Itoa(t.Width)
	case engine.KindText, engine.KindDate, engine.KindPhone:
		return t.String()
	}
	return typeName(t)
}

// centsWords writes an amount with its cents only if it has some.
func centsWords(cents int64) string {
	sign := ""
	if cents < 0 {
		sign, cents = "-", -cents
	}
	if cents%100 == 0 {
		return fmt.Sprintf("%s%d", sign, cents/100)
	}
	return fmt.Sprintf("%s%d.%02d", sign, cents/100, cents%100)
}

// unitWords writes a number, or an amount in whole units, as a condition compares it.
func unitWords(k engine.Kind, n int64) string {
	if k == engine.KindMoney {
		n /= 100
	}
	return fmt.Sprint(n)
}
