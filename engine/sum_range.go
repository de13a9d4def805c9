package engine

import (
	"fmt"
	"time"
)

// Every call is assumed to be made within these days. They bound what a sum with today
// can be, and each is decades away from any call.
const (
	earliestCall Date = 18262 // 2020-01-01
	latestCall   Date = 47481 // 2099-12-31
)

// A SumProblem says that a sum, or a part of it, can't be computed.
type SumProblem struct {
	// Part is the part that it is about.
	Part *Sum
	// Limits says that a result may be beyond what a value of its kind can be.
	// Otherwise the kinds of the values don't fit each other.
	Limits bool
	// Text is one sentence.
	Text string
	// Help says what to do, or is "".
	Help string
}

// A SumRange finds what a sum can be, by interval arithmetic: its type has a range
// that no result leaves as long as each value is of its own type.
type SumRange struct {
	// Of returns the type of a value; ok is false if there is no such value.
	Of func(Ref) (t Type, ok bool)
	// Narrow makes the range of a part smaller by what else is known; nil for nothing.
	Narrow func(part *Sum, t Type) Type
	// Problems has what was found, the innermost part first.
	Problems []SumProblem
}

// Type returns the type of a sum with its range and its greatest width. It is optional
// if there may be no such day. It has no kind if a value is unknown or the kinds don't
// fit.
func (r *SumRange) Type(s *Sum) Type {
	t := r.bare(s)
	if r.Narrow != nil && t.Kind != KindNone {
		t = r.Narrow(s, t)
	}
	return withWidth(t)
}

// withWidth returns the type with the greatest width of its values.
func withWidth(t Type) Type {
	switch t.Kind {
	case KindNumber:
		t.Width = ShownWidth(t.Lo, t.Hi)
	case KindMoney:
		t.Width = len("KES ") + ShownWidth(t.Lo/centsPerUnit, t.Hi/centsPerUnit) + len("-.00")
	case KindDate:
		t.Width = dateWidth
	}
	return t
}

func (r *SumRange) bare(s *Sum) Type {
	switch s.Op {
	case SumValue:
		t, _ := r.Of(s.Ref)
		if t.Optional = false; !t.Kind.computes() && t.Kind != KindNone {
			r.kinds(s, fmt.Sprintf("%q is no number, amount of money or date, so a sum can't use it", s), "")
			return Type{}
		}
		return t
	case SumConstant:
		return Type{Kind: KindNumber, Lo: s.N, Hi: s.N}
	case SumSpan:
		r.kinds(s, fmt.Sprintf("the span %q has a meaning behind a day only", s), fmt.Sprintf("Write it as today + %s.", s))
		return Type{}
	case SumDate:
		return r.date(s)
	}
	a := r.Type(s.A)
	if s.B.Op == SumSpan {
		return r.later(s, a)
	}
	b := r.Type(s.B)
	if a.Kind == KindNone || b.Kind == KindNone {
		return Type{}
	}
	t := r.combine(s, a, b)
	t.Optional = a.Optional || b.Optional
	return r.limit(s, t)
}

// computes reports whether sums use values of the kind.
func (k Kind) computes() bool { return k == KindNumber || k == KindMoney || k == KindDate }

func (r *SumRange) kinds(part *Sum, text, help string) {
	r.Problems = append(r.Problems, SumProblem{Part: part, Text: text, Help: help})
}

// combine returns the range of + - or * before it is compared with the limits.
func (r *SumRange) combine(s *Sum, a, b Type) Type {
	switch {
	case s.Op == SumMinus && a.Kind == KindDate && b.Kind == KindDate:
		return Type{Kind: KindNumber, Lo: leastDays(a.From, b.To), Hi: mostDays(a.To, b.From)}
	case a.Kind == KindDate && b.Kind == KindNumber && s.Op != SumTimes:
		if s.Op == SumMinus {
			b.Lo, b.Hi = -b.Hi, -b.Lo
		}
		return Type{Kind: KindDate, From: plusDays(a.From, b.Lo, firstDay), To: plusDays(a.To, b.Hi, lastDay)}
	case a.Kind == KindDate || b.Kind == KindDate:
		r.kinds(s, fmt.Sprintf("%q can't be computed: a day can have days added or taken away, or be taken away from another day", s), "")
		return Type{}
	case s.Op == SumTimes:
		return r.product(s, a, b)
	}
	a, b, ok := sameUnit(s, a, b)
	if !ok {
		r.kinds(s, fmt.Sprintf("%q adds a number to an amount of money", s), "Multiply the number by an amount, or declare it as money.")
		return Type{}
	}
	t := Type{Kind: a.Kind, Lo: a.Lo + b.Lo, Hi: a.Hi + b.Hi, Year: a.Year != b.Year}
	if s.Op == SumMinus {
		t.Lo, t.Hi, t.Year = a.Lo-b.Hi, a.Hi-b.Lo, a.Year && !b.Year
	}
	return t
}

// sameUnit brings a whole number beside an amount to cents. ok is false for a number
// that is no constant.
func sameUnit(s *Sum, a, b Type) (x, y Type, ok bool) {
	cents := func(t Type) Type {
		t.Kind, t.Lo, t.Hi = KindMoney, t.Lo*centsPerUnit, t.Hi*centsPerUnit
		return t
	}
	switch {
	case a.Kind == b.Kind:
		return a, b, true
	case b.Kind == KindNumber:
		return a, cents(b), s.B.Op == SumConstant
	}
	return cents(a), b, s.A.Op == SumConstant
}

func (r *SumRange) product(s *Sum, a, b Type) Type {
	t := Type{Kind: KindNumber}
	if a.Kind == KindMoney || b.Kind == KindMoney {
		t.Kind = KindMoney
	}
	if a.Kind == KindMoney && b.Kind == KindMoney {
		r.kinds(s, fmt.Sprintf("%q multiplies an amount of money by another one", s), "Multiply it by a number.")
		return Type{}
	}
	first := true
	for _, x := range []int64{a.Lo, a.Hi} {
		for _, y := range []int64{b.Lo, b.Hi} {
			n, ok := times(x, y)
			if !ok {
				n = beyond
				if (x < 0) != (y < 0) {
					n = -beyond
				}
			}
			if first {
				t.Lo, t.Hi, first = n, n, false
			}
			t.Lo, t.Hi = min(t.Lo, n), max(t.Hi, n)
		}
	}
	return t
}

// beyond stands for a result that no int64 holds. Sums of two of them don't overflow.
const beyond = int64(1) << 61

// limit reports a range that is beyond the limits of its kind, and cuts it there.
func (r *SumRange) limit(s *Sum, t Type) Type {
	lo, hi := limitsOf(t.Kind)
	switch t.Kind {
	case KindNumber, KindMoney:
		if t.Lo >= lo && t.Hi <= hi {
			return t
		}
		worst := t.Hi
		if t.Lo < lo {
			worst = t.Lo
		}
		r.Problems = append(r.Problems, SumProblem{Part: s, Limits: true, Text: fmt.Sprintf("%q may be %s, but %s goes up to %s only", s, amountWords(t.Kind, worst), kindNoun(t.Kind), amountWords(t.Kind, hi))})
		t.Lo, t.Hi = min(max(t.Lo, lo), hi), min(max(t.Hi, lo), hi)
	case KindDate:
		if int64(least(t.From)) >= lo && int64(most(t.To)) <= hi {
			return t
		}
		r.Problems = append(r.Problems, SumProblem{Part: s, Limits: true, Text: fmt.Sprintf("%q may be a day outside of the years 0 to 9999", s), Help: "Give the date that it begins with a range, as date today..today+1y."})
		t.From, t.To = DateBound{}, DateBound{}
	}
	return t
}

func kindNoun(k Kind) string {
	if k == KindMoney {
		return "money"
	}
	return "a number"
}

func amountWords(k Kind, n int64) string {
	if k == KindMoney {
		n /= centsPerUnit
	}
	if n >= MaxNumber*centsPerUnit || n <= -MaxNumber*centsPerUnit {
		return "much more"
	}
	return string(plainForm.append(nil, n))
}

// later returns the range of a day and a span.
func (r *SumRange) later(s *Sum, a Type) Type {
	if a.Kind == KindNone {
		return Type{}
	}
	if a.Kind != KindDate {
		r.kinds(s, fmt.Sprintf("%q adds the span %q to %s", s, s.B, kindNoun(a.Kind)), "Spans can be added to a date only.")
		return Type{}
	}
	n := s.B.N
	if s.Op == SumMinus {
		n = -n
	}
	t := Type{Kind: KindDate, Optional: a.Optional}
	switch s.B.Unit {
	case UnitDays:
		t.From, t.To = plusDays(a.From, n, firstDay), plusDays(a.To, n, lastDay)
	case UnitMonths:
		t.From, t.To = plusMonths(a.From, int(n), firstDay, -monthSlack), plusMonths(a.To, int(n), lastDay, monthSlack)
	case UnitYears:
		t.From, t.To = plusMonths(a.From, int(n)*monthsPerYear, firstDay, -monthSlack), plusMonths(a.To, int(n)*monthsPerYear, lastDay, monthSlack)
	}
	return r.limit(s, t)
}

// date returns the range of a day that is made of its numbers.
func (r *SumRange) date(s *Sum) Type {
	day, month, year := r.Type(s.A), r.Type(s.B), r.Type(s.C)
	for _, part := range []struct {
		of   *Sum
		kind Kind
	}{{s.A, day.Kind}, {s.B, month.Kind}, {s.C, year.Kind}} {
		if part.kind != KindNumber {
			if part.kind != KindNone {
				r.kinds(s, fmt.Sprintf("%q makes a day of %q, which is no number", s, part.of), "")
			}
			return Type{}
		}
	}
	t := Type{Kind: KindDate, Optional: day.Optional || month.Optional || year.Optional}
	within := func(t Type, lo, hi int64) (from, to int, inside bool) {
		return int(min(max(t.Lo, lo), hi)), int(max(min(t.Hi, hi), lo)), t.Lo >= lo && t.Hi <= hi
	}
	firstYear, lastYear, a := within(year, 0, 9999)
	firstMonth, lastMonth, b := within(month, 1, monthsPerYear)
	first, last, c := within(day, 1, longestMonth)
	shortest := longestMonth
	for m := firstMonth; m <= lastMonth; m++ {
		shortest = min(shortest, daysIn(1, m)) // the year 1 is no leap year
	}
	t.Optional = t.Optional || !a || !b || !c || last > shortest
	t.From = DateBound{Set: true, Day: dayIn(firstYear, firstMonth, min(first, daysIn(firstYear, firstMonth)))}
	t.To = DateBound{Set: true, Day: dayIn(lastYear, lastMonth, min(last, daysIn(lastYear, lastMonth)))}
	return t
}

const longestMonth = 31

func dayIn(year, month, day int) Date {
	return DateOf(time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC))
}

func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// DatePart returns the type of a part of a date, by its name: day, month or year.
func (t *Type) DatePart(name string) (Type, bool) {
	part := Type{Kind: KindNumber, Lo: 1}
	switch {
	case t.Kind != KindDate:
		return Type{}, false
	case name == partDay:
		part.Hi = longestMonth
	case name == partMonth:
		part.Hi = monthsPerYear
	case name == partYear:
		part.Lo, part.Hi = int64(least(t.From).Time().Year()), int64(most(t.To).Time().Year())
		part.Year = true
	default:
		return Type{}, false
	}
	return withWidth(part), true
}

// DateParts lists the names of the parts of a date.
func DateParts() []string { return []string{partDay, partMonth, partYear} }

const (
	// monthSlack is by how many days some months that begin on one day may differ from
	// those that begin on another, with the ends of months and leap years.
	monthSlack = 6
)

// monthDays returns the least and the most days of some months.
func monthDays(months int) (lo, hi int64) {
	if months == 0 {
		return 0, 0
	}
	// In 400 years there are 4,800 months and 146,097 days.
	const era, days = 4800, 146097
	mean := int64(months) * days / era
	return mean - monthSlack, mean + monthSlack
}

// distance returns the least and the most days from today to a relative bound.
func (b DateBound) distance() (lo, hi int64) {
	lo, hi = monthDays(b.Years*monthsPerYear + b.Months)
	return lo + int64(b.Days), hi + int64(b.Days)
}

// least returns the first day that the beginning of a range can be in any call.
func least(b DateBound) Date {
	switch {
	case !b.Set:
		return firstDay
	case !b.Relative:
		return b.Day
	}
	return b.on(earliestCall)
}

// most returns the last day that the end of a range can be in any call.
func most(b DateBound) Date {
	switch {
	case !b.Set:
		return lastDay
	case !b.Relative:
		return b.Day
	}
	return b.on(latestCall)
}

// leastDays returns the least number of days from the end of one range to the beginning
// of another.
func leastDays(from, to DateBound) int64 {
	if from.Set && to.Set && from.Relative && to.Relative {
		if from.months() == to.months() {
			return int64(from.Days - to.Days)
		}
		lo, _ := from.distance()
		_, hi := to.distance()
		return lo - hi
	}
	return int64(least(from) - most(to))
}

// mostDays returns the greatest number of days from the beginning of one range to the
// end of another.
func mostDays(to, from DateBound) int64 {
	if from.Set && to.Set && from.Relative && to.Relative {
		if from.months() == to.months() {
			return int64(to.Days - from.Days)
		}
		_, hi := to.distance()
		lo, _ := from.distance()
		return hi - lo
	}
	return int64(most(to) - least(from))
}

func (b DateBound) months() int { return b.Years*monthsPerYear + b.Months }

// NoLaterThan reports whether a bound is surely no later than another one, in every
// call.
func (b DateBound) NoLaterThan(other DateBound) bool { return mostDays(b, other) <= 0 }

// maxDays is more days than any two dates lie apart.
const maxDays = 10_000 * 366

// plusDays returns a bound some days later. One that is not set stands for a limit.
func plusDays(b DateBound, n int64, limit Date) DateBound {
	n = min(max(n, -maxDays), maxDays)
	if !b.Set {
		b = DateBound{Set: true, Day: limit}
	}
	if b.Relative {
		b.Days += int(n)
	} else {
		b.Day += Date(n)
	}
	return b
}

// plusMonths returns a bound some months later. A relative bound that has days or
// months already is moved by the slack: the end of a month may have cut it twice.
func plusMonths(b DateBound, n int, limit Date, slack int) DateBound {
	if !b.Set {
		b = DateBound{Set: true, Day: limit}
	}
	if !b.Relative {
		b.Day = DateBound{Relative: true, Months: n}.on(b.Day)
		return b
	}
	if n != 0 && (b.Days != 0 || b.months() != 0) {
		b.Days += slack
	}
	b.Years += n / monthsPerYear
	b.Months += n % monthsPerYear
	return b
}

// Union returns a type of the same kind that has every value of both.
func (t Type) Union(o Type) Type {
	if t.Kind != o.Kind {
		return t
	}
	t.Optional = t.Optional || o.Optional
	t.Year = t.Year && o.Year
	t.Lo, t.Hi = min(t.Lo, o.Lo), max(t.Hi, o.Hi)
	if t.Kind == KindDate {
		t.From, t.To = earlier(t.From, o.From), later(t.To, o.To)
	}
	return t
}

// earlier returns a bound that is surely no later than either of two, and not set if
// one of them is not.
func earlier(a, b DateBound) DateBound {
	switch {
	case !a.Set || !b.Set:
		return DateBound{}
	case a.NoLaterThan(b):
		return a
	case b.NoLaterThan(a):
		return b
	}
	return DateBound{Set: true, Day: min(least(a), least(b))}
}

// later returns a bound that is surely no earlier than either of two, and not set if
// one of them is not.
func later(a, b DateBound) DateBound {
	switch {
	case !a.Set || !b.Set:
		return DateBound{}
	case a.NoLaterThan(b):
		return b
	case b.NoLaterThan(a):
		return a
	}
	return DateBound{Set: true, Day: max(most(a), most(b))}
}

// Narrowed returns the values of a type that a comparison with some value of another
// type leaves: op is one of = != < <= > >=. A type that is not of the same kind changes
// nothing. some is false if surely no value is left; the type is then the same.
func (t Type) Narrowed(op string, o Type) (narrow Type, some bool) {
	if o.Kind != t.Kind || !t.Kind.computes() {
		return t, true
	}
	below := op == "<" || op == "<=" || op == "="
	above := op == ">" || op == ">=" || op == "="
	step := int64(0)
	if op == "<" || op == ">" {
		step = 1
	}
	if t.Kind == KindDate {
		return t.narrowedDays(below, above, int(step), o), true
	}
	narrow = t
	if below {
		narrow.Hi = min(t.Hi, o.Hi-step)
	}
	if above {
		narrow.Lo = max(t.Lo, o.Lo+step)
	}
	if narrow.Lo > narrow.Hi {
		return t, false
	}
	return narrow, true
}

func (t Type) narrowedDays(below, above bool, step int, o Type) Type {
	if below && o.To.Set {
		if to := plusDays(o.To, -int64(step), lastDay); !t.To.Set || to.NoLaterThan(t.To) {
			t.To = to
		}
	}
	if above && o.From.Set {
		if from := plusDays(o.From, int64(step), firstDay); !t.From.Set || t.From.NoLaterThan(from) {
			t.From = from
		}
	}
	return t
}
