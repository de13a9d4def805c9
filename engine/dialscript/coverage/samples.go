package coverage

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/graph"
	"github.com/paytrace/paytrace/engine/msisdn"
)

// samples makes values up, as people write them: typed by callers, and in stage
// directions. Numbers and PINs are those of people.yaml.
type samples struct {
	people *engine.Personas
	today  engine.Date
}

// centsPerUnit are those of every currency served.
const centsPerUnit = 100

// amounts of money and numbers that look like a caller's, where a range allows.
var (
	amounts = []int64{500 * centsPerUnit, 1000 * centsPerUnit, 50 * centsPerUnit}
	numbers = []int64{3, 30}
)

// texts are values of a type, the plainest first, then those near the given
// ones: each of them, and a unit more and less.
func (m *samples) texts(t *engine.Type, near []engine.Value) []string {
	var list []string
	add := func(s string) {
		if s != "" && !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	switch t.Kind {
	case engine.KindMoney:
		for _, cents := range append(ranged(t, amounts, centsPerUnit), values(near, t, centsPerUnit)...) {
			if inRange(t, cents) {
				add(money(cents))
			}
		}
	case engine.KindNumber:
		for _, n := range append(ranged(t, numbers, 1), values(near, t, 1)...) {
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
		add(graph.Sample(*t))
		for _, v := range near {
			add(v.Text())
		}
	}
	return list
}

const dayForm = "02/01/2006"

// ranged are the preferred numbers that a type takes, and both ends of its
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

// inRange reports whether a number is one of the type; a type without ends
// takes any.
func inRange(t *engine.Type, n int64) bool {
	return t.Lo == 0 && t.Hi == 0 || n >= t.Lo && n <= t.Hi
}

// values are numbers near others, on the type's own scale.
func values(near []engine.Value, t *engine.Type, unit int64) []int64 {
	var list []int64
	for _, v := range near {
		n := v.Int()
		switch {
		case v.Kind() == engine.KindNumber && t.Kind == engine.KindMoney:
			n *= centsPerUnit
		case v.Kind() == engine.KindMoney && t.Kind == engine.KindNumber:
			n /= centsPerUnit
		}
		list = append(list, n, n+unit, n-unit)
	}
	return list
}

// money is an amount as it is typed.
func money(cents int64) string {
	if cents%centsPerUnit == 0 {
		return strconv.FormatInt(cents/centsPerUnit, 10)
	}
	return fmt.Sprintf("%d.%02d", cents/centsPerUnit, cents%centsPerUnit)
}

// days are around today, as far as people are born and contracts run, and around
// what a range or a condition names.
func (m *samples) days(t *engine.Type, near []engine.Value) []engine.Date {
	today := m.today.Time()
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

// phones are the numbers that scripts may type.
func (m *samples) phones() []string {
	var list []string
	for _, one := range m.people.List {
		list = append(list, one.Phone)
	}
	return append(list, m.people.Numbers...)
}

func national(digits string) string {
	if s := msisdn.National(digits); s != digits {
		return s
	}
	return "+" + digits
}

// pins are the callers' own of the right length, and a run that is nobody's.
func (m *samples) pins(t *engine.Type) []string {
	var list []string
	for _, one := range m.people.List {
		if pin := one.PIN.Reveal(); pin != "" && (t.Digits == 0 || len(pin) == t.Digits) {
			list = append(list, pin)
		}
	}
	return append(list, graph.Sample(*t))
}

// wrong are answers that a question of the type refuses, the likeliest first.
func (m *samples) wrong(t *engine.Type) []string {
	switch t.Kind {
	case engine.KindPhone:
		return []string{"12345", "x", ""}
	case engine.KindMoney:
		return []string{money(t.Lo - centsPerUnit), money(t.Hi + centsPerUnit), "x", ""}
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
		return wrongKeys
	default:
		return tooLong(t)
	}
}

// tooLong is a text that a type refuses, and an empty one, which is plainer
// where the other fills the line.
func tooLong(t *engine.Type) []string {
	const line = 60
	if t.Width < line {
		return []string{strings.Repeat("x", t.Width+1), ""}
	}
	return []string{"", strings.Repeat("x", t.Width+1)}
}

// wrongKeys are typed where a key is to be chosen; the first that is none is a
// wrong answer.
var wrongKeys = []string{"9", "7", "5", "99", "77", "x"}

// setting is a value of a type as a stage direction writes it, without quotes.
// ok is false where none can be written: a list inside a record.
func (m *samples) setting(t *engine.Type, rows int) (text string, ok bool) {
	switch t.Kind {
	case engine.KindRecord:
		return m.record(t.Fields, 0)
	case engine.KindList:
		var list []string
		for i := range rows {
			row, ok := m.record(t.Fields, i)
			if !ok {
				return "", false
			}
			list = append(list, row)
		}
		return strings.Join(list, "; "), true
	case engine.KindText:
		return textSample(t.Width, 0), true
	case engine.KindDate:
		return m.today.Time().Format("2006-01-02"), true
	}
	list := m.texts(t, nil)
	return cmpText(list...), len(list) > 0
}

// record writes one record; the n-th row of a list differs from the others.
func (m *samples) record(fields []engine.Field, n int) (string, bool) {
	var parts []string
	for _, f := range fields {
		text := ""
		switch f.Type.Kind {
		case engine.KindRecord, engine.KindList:
			return "", false
		case engine.KindText:
			text = textSample(f.Type.Width, n)
		case engine.KindDate:
			text = (m.today - engine.Date(n)).Time().Format("2006-01-02")
		default:
			list := m.texts(&f.Type, nil)
			if len(list) == 0 {
				return "", false
			}
			text = list[n%min(len(list), usualVariety)]
		}
		parts = append(parts, f.Name+"="+text)
	}
	return strings.Join(parts, ", "), true
}

// usualVariety is how many values of a type the rows of a list show.
const usualVariety = 3

// textSample is a text that fits a width: a reference where it is short.
func textSample(width, n int) string {
	s := fmt.Sprintf("AB%d", 10+n)
	if width > 0 && width < len(s) {
		s = s[len(s)-width:]
	}
	return s
}
