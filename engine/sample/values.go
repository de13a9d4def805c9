package sample

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/msisdn"
)

// Values makes up values of types for one set of people. Phone numbers and PINs are
// those of people.yaml; dates are near Today.
type Values struct {
	People *engine.Personas
	Today  engine.Date
}

// These amounts and numbers look like those of a caller. They are tried first
// where a range allows them.
var (
	amounts = []int64{500 * CentsPerUnit, 1000 * CentsPerUnit, 50 * CentsPerUnit}
	numbers = []int64{3, 30}
)

// Texts returns values of a type as callers type them: the plainest first, then
// each value in near, and one unit more and less.
func (m *Values) Texts(t *engine.Type, near []engine.Value) []string {
	var list []string
	add := func(s string) {
		if s != "" && !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	switch t.Kind {
	case engine.KindMoney:
		for _, cents := range append(ranged(t, amounts, CentsPerUnit), around(near, t, CentsPerUnit)...) {
			if inRange(t, cents) {
				add(money(cents))
			}
		}
	case engine.KindNumber:
		for _, n := range append(ranged(t, numbers, 1), around(near, t, 1)...) {
			if inRange(t, n) {
				add(strconv.FormatInt(n, 10))
			}
		}
	case engine.KindDate:
		for _, day := range m.days(t, near) {
			add(day.Time().Format(dayForm))
		}
	case engine.KindPhone:
		for _, digits := range m.phones() {
			add(national(digits))
		}
	case engine.KindChoice:
		for _, name := range t.Options {
			add(name)
		}
	case engine.KindSecret:
		for _, pin := range m.pins(t) {
			add(pin)
		}
	default:
		add(Typed(*t))
		for _, v := range near {
			add(v.Text())
		}
	}
	return list
}

// ranged returns the preferred numbers that a type accepts, and both ends of its
// range.
func ranged(t *engine.Type, preferred []int64, unit int64) []int64 {
	var list []int64
	for _, n := range preferred {
		if inRange(t, n) {
			list = append(list, n)
		}
	}
	if t.Lo == 0 && t.Hi == 0 {
		return list
	}
	return append(list, (t.Lo+unit-1)/unit*unit, t.Hi/unit*unit, t.Lo, t.Hi)
}

// inRange reports whether a type accepts a number. A type without a range accepts
// any.
func inRange(t *engine.Type, n int64) bool {
	return t.Lo == 0 && t.Hi == 0 || n >= t.Lo && n <= t.Hi
}

// around returns the numbers of near in the unit of the type, each with the next
// one above and below.
func around(near []engine.Value, t *engine.Type, unit int64) []int64 {
	var list []int64
	for _, v := range near {
		n := v.Int()
		switch {
		case v.Kind() == engine.KindNumber && t.Kind == engine.KindMoney:
			n *= CentsPerUnit
		case v.Kind() == engine.KindMoney && t.Kind == engine.KindNumber:
			n /= CentsPerUnit
		}
		list = append(list, n, n+unit, n-unit)
	}
	return list
}

// money writes an amount as callers type it.
func money(cents int64) string {
	if cents%CentsPerUnit == 0 {
		return strconv.FormatInt(cents/CentsPerUnit, 10)
	}
	return fmt.Sprintf("%d.%02d", cents/CentsPerUnit, cents%CentsPerUnit)
}

// days returns days near today, as long ago as people are born and as far ahead as
// contracts run, and days next to the ends of the range and next to near.
func (m *Values) days(t *engine.Type, near []engine.Value) []engine.Date {
	today := m.Today.Time()
	var list []engine.Date
	for _, when := range []time.Time{
		today, today.AddDate(0, 0, -1), today.AddDate(0, 0, 1), today.AddDate(0, -1, 0), today.AddDate(0, 1, 0),
		today.AddDate(-1, 0, 0), today.AddDate(1, 0, 0), today.AddDate(-30, 0, 0), today.AddDate(-70, 0, 0), today.AddDate(5, 0, 0),
	} {
		list = append(list, engine.DateOf(when))
	}
	for _, end := range []engine.DateBound{t.From, t.To} {
		if !end.Set {
			continue
		}
		day := end.Day
		if end.Relative {
			day = engine.DateOf(today.AddDate(end.Years, end.Months, end.Days))
		}
		list = append(list, day, day+1, day-1)
	}
	for _, v := range near {
		day := engine.Date(v.Int())
		list = append(list, day, day+1, day-1)
	}
	return list
}

// phones returns the numbers that scripts may type: those of people.yaml.
func (m *Values) phones() []string {
	var list []string
	for _, one := range m.People.List {
		list = append(list, one.Phone)
	}
	return append(list, m.People.Numbers...)
}

// national writes a number as its owner does, if its country is known.
func national(digits string) string {
	if s := msisdn.National(digits); s != digits {
		return s
	}
	return "+" + digits
}

// pins returns the PINs of people.yaml that have the right length, and a made-up
// one that belongs to nobody.
func (m *Values) pins(t *engine.Type) []string {
	var list []string
	for _, one := range m.People.List {
		if pin := one.PIN.Reveal(); pin != "" && (t.Digits == 0 || len(pin) == t.Digits) {
			list = append(list, pin)
		}
	}
	return append(list, Typed(*t))
}

// Wrong returns answers that a question of the type refuses, the likeliest first.
func (m *Values) Wrong(t *engine.Type) []string {
	switch t.Kind {
	case engine.KindPhone:
		return []string{"12345", "x", ""}
	case engine.KindMoney:
		return []string{money(t.Lo - CentsPerUnit), money(t.Hi + CentsPerUnit), "x", ""}
	case engine.KindNumber:
		return []string{strconv.FormatInt(t.Lo-1, 10), strconv.FormatInt(t.Hi+1, 10), "x", ""}
	case engine.KindDate:
		return []string{"31/02/2026", "x", ""}
	case engine.KindSecret:
		if t.Digits > 0 {
			return []string{"12345678901234567890"[:max(1, t.Digits-1)], "x", ""}
		}
		return tooLong(t)
	case engine.KindChoice:
		return WrongKeys
	case engine.KindText:
		if t.Form.Kind != engine.FormAny {
			return []string{"?", ""} // no form has this sign alone
		}
		return tooLong(t)
	default:
		return tooLong(t)
	}
}

// tooLong returns a text that a type refuses as too long, and an empty one. The
// empty text comes first if the long one would fill a line of a report.
func tooLong(t *engine.Type) []string {
	const line = 60
	if t.Width < line {
		return []string{strings.Repeat("x", t.Width+1), ""}
	}
	return []string{"", strings.Repeat("x", t.Width+1)}
}

// WrongKeys lists keys to try on a menu. The first that no option has is a wrong
// answer.
var WrongKeys = []string{"9", "7", "5", "99", "77", "x"}

// Setting returns a value of a type as a stage direction writes it, without quotes;
// a list gets this many rows. It returns false for a list inside a record, which
// no direction can write.
func (m *Values) Setting(t *engine.Type, rows int) (text string, ok bool) {
	switch t.Kind {
	case engine.KindRecord:
		return m.Record(t.Fields, 0)
	case engine.KindList:
		var list []string
		for i := range rows {
			row, ok := m.Record(t.Fields, i)
			if !ok {
				return "", false
			}
			list = append(list, row)
		}
		return strings.Join(list, "; "), true
	case engine.KindText:
		return textSample(t, 0), true
	case engine.KindDate:
		return m.Today.Time().Format("2006-01-02"), true
	}
	list := m.Texts(t, nil)
	return cmp.Or(list...), len(list) > 0
}

// Record returns a record as a stage direction writes it. The rows of a list differ
// by their index n.
func (m *Values) Record(fields []engine.Field, n int) (string, bool) {
	var parts []string
	for _, f := range fields {
		text := ""
		switch f.Type.Kind {
		case engine.KindRecord, engine.KindList:
			return "", false
		case engine.KindText:
			text = textSample(&f.Type, n)
		case engine.KindDate:
			text = (m.Today - engine.Date(n)).Time().Format("2006-01-02")
		default:
			list := m.Texts(&f.Type, nil)
			if len(list) == 0 {
				return "", false
			}
			text = list[n%min(len(list), variety)]
		}
		parts = append(parts, f.Name+"="+text)
	}
	return strings.Join(parts, ", "), true
}

// variety is the number of different values that the rows of a list show.
const variety = 3

// textSample returns a text of a type that looks like a reference.
func textSample(t *engine.Type, n int) string {
	if t.Form.Kind != engine.FormAny {
		return Text(*t, n)
	}
	s := fmt.Sprintf("AB%d", firstNumber+n)
	if t.Width > 0 && t.Width < len(s) {
		s = s[len(s)-t.Width:]
	}
	return s
}
