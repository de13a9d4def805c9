package engine

import (
	"math/bits"
	"strconv"
	"time"
)

// A SumOp is one operation of a sum.
type SumOp uint8

// The operations of sums.
const (
	SumValue    SumOp = iota + 1 // a value, by its name
	SumConstant                  // a whole number
	SumSpan                      // a number of days, months or years
	SumAdd
	SumMinus
	SumTimes
	SumDate // a day, a month and a year: "day/month/year"
)

// Units of a SumSpan.
const (
	UnitDays   = 'd'
	UnitMonths = 'm'
	UnitYears  = 'y'
)

// A Sum computes a number, an amount or a day from other values: "price * count",
// "due - today", "today + 14d". It is immutable.
type Sum struct {
	Op SumOp
	// A and B are the sides of an operation; of a date they are its day and month, and C
	// is its year.
	A, B, C *Sum
	Ref     Ref   // of a SumValue
	N       int64 // of a SumConstant or a SumSpan
	Unit    byte  // of a SumSpan
}

// A NamedSum is a sum of a menu with the type of its result. Its name is its text, by
// which a Ref stands for it.
type NamedSum struct {
	Name string
	Sum  *Sum
	Type Type
}

// Days before the year 0 and behind the year 9999 have no form on the phone.
const (
	firstDay Date = -719528 // 0000-01-01
	lastDay  Date = 2932896 // 9999-12-31
)

// Value computes the sum. It is unset if one of its values is, if there is no such day,
// and beyond the limits of numbers, amounts and days. Check proves that a served menu
// never comes to these limits.
func (s *Sum) Value(of func(Ref) Value) Value {
	switch s.Op {
	case SumValue:
		return of(s.Ref)
	case SumConstant:
		return NumberValue(s.N)
	case SumSpan:
		return Value{} // has a meaning beside a day only
	case SumDate:
		return dateOfParts(s.A.Value(of), s.B.Value(of), s.C.Value(of))
	}
	a := s.A.Value(of)
	if s.B.Op == SumSpan {
		if a.kind != KindDate {
			return Value{}
		}
		return withinLimits(DateValue(s.B.spanFrom(Date(a.n), s.Op == SumMinus)))
	}
	b := s.B.Value(of)
	if !a.IsSet() || !b.IsSet() {
		return Value{}
	}
	return combined(s.Op, a, b)
}

// spanFrom returns the day that is a span later than another one, or earlier.
func (s *Sum) spanFrom(day Date, before bool) Date {
	n := int(s.N)
	if before {
		n = -n
	}
	switch s.Unit {
	case UnitMonths:
		return DateBound{Relative: true, Months: n}.on(day)
	case UnitYears:
		return DateBound{Relative: true, Years: n}.on(day)
	}
	return day + Date(n)
}

// combined returns the result of + - or * for two values that are set.
func combined(op SumOp, a, b Value) Value {
	if a.kind == KindDate || b.kind == KindDate {
		return combinedDays(op, a, b)
	}
	out := Value{kind: KindNumber}
	if a.kind == KindMoney || b.kind == KindMoney {
		out.kind = KindMoney
	}
	if op == SumTimes {
		n, ok := times(a.n, b.n)
		if !ok {
			return Value{}
		}
		out.n = n
		return withinLimits(out)
	}
	out.n = scaled(a, out.kind)
	if op == SumAdd {
		out.n += scaled(b, out.kind)
	} else {
		out.n -= scaled(b, out.kind)
	}
	return withinLimits(out)
}

// combinedDays returns a day some days later or earlier, or the days between two.
func combinedDays(op SumOp, a, b Value) Value {
	switch {
	case op == SumMinus && a.kind == KindDate && b.kind == KindDate:
		return NumberValue(a.n - b.n)
	case op == SumMinus && b.kind == KindNumber:
		return withinLimits(DateValue(Date(a.n - b.n)))
	case op == SumAdd && a.kind != b.kind:
		return withinLimits(DateValue(Date(a.n + b.n)))
	}
	return Value{}
}

// times multiplies, and reports whether the product fits.
func times(a, b int64) (int64, bool) {
	hi, lo := bits.Mul64(magnitude(a), magnitude(b))
	if hi != 0 || lo > 1<<62 {
		return 0, false
	}
	if (a < 0) != (b < 0) {
		return -int64(lo), true
	}
	return int64(lo), true
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

// withinLimits returns the value, or an unset one if it is beyond what values of its
// kind can be.
func withinLimits(v Value) Value {
	lo, hi := limitsOf(v.kind)
	if v.n < lo || v.n > hi {
		return Value{}
	}
	return v
}

// limitsOf returns the least and the greatest value of a kind.
func limitsOf(k Kind) (lo, hi int64) {
	switch k {
	case KindMoney:
		return -MaxMoneyUnits * centsPerUnit, MaxMoneyUnits * centsPerUnit
	case KindDate:
		return int64(firstDay), int64(lastDay)
	}
	return -MaxNumber, MaxNumber
}

// dateOfParts returns a day by its numbers, or an unset Value if there is no such day.
func dateOfParts(day, month, year Value) Value {
	if day.kind != KindNumber || month.kind != KindNumber || year.kind != KindNumber {
		return Value{}
	}
	const years, months, days = 9999, 12, 31
	if year.n < 0 || year.n > years || month.n < 1 || month.n > months || day.n < 1 || day.n > days {
		return Value{}
	}
	when := time.Date(int(year.n), time.Month(month.n), int(day.n), 0, 0, 0, 0, time.UTC)
	if int64(when.Day()) != day.n {
		return Value{}
	}
	return DateValue(DateOf(when))
}

// partOfDay returns the day, the month or the year of a date by its name.
func partOfDay(day Date, part string) Value {
	when := day.Time()
	switch part {
	case partDay:
		return NumberValue(int64(when.Day()))
	case partMonth:
		return NumberValue(int64(when.Month()))
	case partYear:
		return NumberValue(int64(when.Year()))
	}
	return Value{}
}

// The fields of a date.
const (
	partDay   = "day"
	partMonth = "month"
	partYear  = "year"
)

// Refs calls see with every value of the sum.
func (s *Sum) Refs(see func(Ref)) {
	if s == nil {
		return
	}
	if s.Op == SumValue {
		see(s.Ref)
	}
	s.A.Refs(see)
	s.B.Refs(see)
	s.C.Refs(see)
}

// String returns the sum as a menu writes it. Two sums with one text have one meaning.
func (s *Sum) String() string {
	switch s.Op {
	case SumValue:
		return s.Ref.String()
	case SumConstant:
		return strconv.FormatInt(s.N, 10)
	case SumSpan:
		return strconv.FormatInt(s.N, 10) + string(s.Unit)
	case SumDate:
		return s.A.inside(sumPrecedence[SumDate]) + "/" + s.B.inside(sumPrecedence[SumDate]) + "/" + s.C.inside(sumPrecedence[SumDate])
	}
	level := sumPrecedence[s.Op]
	// The left side needs no parentheses on the same level: "a - b - c".
	return s.A.inside(level-1) + sumSigns[s.Op] + s.B.inside(level)
}

// inside returns the sum as a part of another, in parentheses unless it binds closer
// than the level.
func (s *Sum) inside(level int) string {
	own, operation := sumPrecedence[s.Op]
	if operation && own <= level {
		return "(" + s.String() + ")"
	}
	return s.String()
}

// sumPrecedence says how close an operation binds its sides.
var sumPrecedence = map[SumOp]int{SumAdd: 1, SumMinus: 1, SumTimes: 2, SumDate: 3}

var sumSigns = map[SumOp]string{SumAdd: " + ", SumMinus: " - ", SumTimes: " * "}
