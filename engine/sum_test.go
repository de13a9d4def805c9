package engine

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/paytrace/paytrace/internal/fuzz"
)

// drawnSum returns a random sum of the values that a test knows.
func drawnSum(r *rand.Rand, types map[string]Type, depth int) *Sum {
	if depth == 0 || r.IntN(4) == 0 {
		switch names := []string{"count", "price", "due", "born", "today", "day", "month", "year"}; r.IntN(6) {
		case 0:
			return &Sum{Op: SumConstant, N: int64(r.IntN(2000) - 1000)}
		case 1:
			return &Sum{Op: SumValue, Ref: Ref{Name: names[2+r.IntN(3)], Field: DateParts()[r.IntN(3)]}}
		default:
			return &Sum{Op: SumValue, Ref: Ref{Name: names[r.IntN(len(names))]}}
		}
	}
	part := func() *Sum { return drawnSum(r, types, depth-1) }
	switch op := []SumOp{SumAdd, SumMinus, SumTimes, SumDate, SumSpan}[r.IntN(5)]; op {
	case SumDate:
		return &Sum{Op: SumDate, A: part(), B: part(), C: part()}
	case SumSpan:
		span := &Sum{Op: SumSpan, N: int64(r.IntN(40)), Unit: "dmy"[r.IntN(3)]}
		return &Sum{Op: []SumOp{SumAdd, SumMinus}[r.IntN(2)], A: part(), B: span}
	default:
		return &Sum{Op: op, A: part(), B: part()}
	}
}

// drawnValue returns a value of a type, often one of its ends.
func drawnValue(r *rand.Rand, t Type, today Date) Value {
	lo, hi := t.Lo, t.Hi
	if t.Kind == KindDate {
		lo, hi = int64(firstDay), int64(lastDay)
		if t.From.Set {
			lo = int64(t.From.on(today))
		}
		if t.To.Set {
			hi = int64(t.To.on(today))
		}
	}
	n := lo + r.Int64N(hi-lo+1)
	switch r.IntN(4) {
	case 0:
		n = lo
	case 1:
		n = hi
	}
	return Value{kind: t.Kind, n: n}
}

func mustType(t *testing.T, s string) Type {
	t.Helper()
	typ, err := ParseType(s)
	if err != nil {
		t.Fatal(err)
	}
	return typ
}

// No result of a sum is outside of the range that was proved for it, and the sum is
// computed wherever nothing was found.
func TestSumsStayInTheirRange(t *testing.T) {
	sets := []map[string]string{
		{"count": "number 1..9", "price": "money 10..1000", "due": "date today..today+1y", "born": "date 1950-01-01..today", "day": "number 1..31", "month": "number 1..12", "year": "number 1990..2030"},
		{"count": "number -999999999999..999999999999", "price": "money -999999999..999999999", "due": "date", "born": "date today-18y..today-9m", "day": "number 1..28", "month": "number 0..13", "year": "number 0..9999"},
		{"count": "number -3..0", "price": "money 0..0", "due": "date today-3m..today+40d", "born": "date 2024-02-29..2024-02-29", "day": "number 29..30", "month": "number 3..12", "year": "number 2024..2024"},
	}
	r := rand.New(rand.NewPCG(1, 2))
	const sums, calls = 30_000, 20
	computed, dates := 0, 0
	for i := range sums {
		types := map[string]Type{"today": {Kind: KindDate, Width: dateWidth, From: DateBound{Set: true, Relative: true}, To: DateBound{Set: true, Relative: true}}}
		for name, s := range sets[i%len(sets)] {
			types[name] = mustType(t, s)
		}
		s := drawnSum(r, types, 3)
		of := func(ref Ref) (Type, bool) {
			typ, ok := types[ref.Name]
			if ref.Field != "" {
				return typ.DatePart(ref.Field)
			}
			return typ, ok
		}
		ranged := SumRange{Of: of}
		proved := ranged.Type(s)
		if proved.Kind == KindNone {
			continue
		}
		for range calls {
			today := earliestCall + Date(r.Int64N(int64(latestCall-earliestCall)+1))
			values := map[string]Value{}
			for name, typ := range types {
				values[name] = drawnValue(r, typ, today)
			}
			values["today"] = DateValue(today)
			got := s.Value(func(ref Ref) Value {
				if ref.Field != "" {
					return values[ref.Name].Field(ref.Field)
				}
				return values[ref.Name]
			})
			if !got.IsSet() {
				if len(ranged.Problems) == 0 && !proved.Optional {
					t.Fatalf("%s was not computed, today %s, %v; proved %s", s, DateValue(today), values, proved)
				}
				continue
			}
			computed++
			if got.kind == KindDate {
				dates++
			}
			checkProved(t, s, got, proved, today, fmt.Sprint(values))
		}
	}
	if computed < sums || dates < sums/10 {
		t.Errorf("only %d results were computed, %d of them days", computed, dates)
	}
}

func checkProved(t *testing.T, s *Sum, got Value, proved Type, today Date, values string) {
	t.Helper()
	outside := got.kind != proved.Kind
	shown := ""
	switch got.kind {
	case KindDate:
		outside = outside || !proved.Includes(Date(got.n), today)
		shown = Date(got.n).Time().Format(dayForm)
	case KindMoney:
		outside = outside || got.n < proved.Lo || got.n > proved.Hi
		shown = string(plainForm.appendMoney(nil, "KES", got.n))
	default:
		outside = outside || got.n < proved.Lo || got.n > proved.Hi
		shown = string(plainForm.append(nil, got.n))
	}
	if outside || len(shown) > proved.Width {
		t.Fatalf("%s is %s (%q), proved %s of width %d; today %s, %s", s, got, shown, proved, proved.Width, DateValue(today), values)
	}
}

// A sum reads back as it is written, and means the same.
func TestSumsReadBack(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 5000 {
		s := drawnSum(r, nil, 4)
		again, err := ParseSum(s.String())
		if err != nil {
			if strings.Contains(err.Error(), "no value in it") || strings.Contains(err.Error(), "parts") || strings.Contains(err.Error(), "deep") {
				continue
			}
			t.Fatalf("%s: %v", s, err)
		}
		if again.String() != s.String() {
			t.Fatalf("%s reads back as %s", s, again)
		}
	}
}

func FuzzParseSum(tf *testing.F) {
	f := fuzz.New(tf)
	for _, seed := range []string{"a + b", "(a - 2) * b", "today + 14d", "1/month/today.year", "a - -5", "((a))", "a*b-c", "1 + ", "9999999999999999999 + a"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseSum(text)
		if err != nil {
			return
		}
		again, err := ParseSum(s.String())
		if err != nil || again.String() != s.String() {
			t.Fatalf("%q reads as %s, and that as %v (%v)", text, s, again, err)
		}
	})
}

// The width of a date's bound counts the days that months really have.
func TestMonthsTakeTheirDays(t *testing.T) {
	for months := -1300; months <= 1300; months++ {
		lo, hi := monthDays(months)
		for day := earliestCall; day < latestCall; day += 13 {
			n := int64(DateBound{Relative: true, Months: months}.on(day) - day)
			if n < lo || n > hi {
				t.Fatalf("%d months from %s are %d days, not within %d..%d", months, DateValue(day), n, lo, hi)
			}
		}
	}
}

// Sums give unset values rather than wrong ones.
func TestSumsBeyondTheirLimits(t *testing.T) {
	values := map[string]Value{
		"big": NumberValue(MaxNumber), "rich": MoneyValue(MaxMoneyUnits * centsPerUnit), "late": DateValue(lastDay), "feb": NumberValue(2), "day": NumberValue(30), "n": NumberValue(3),
	}
	for text, want := range map[string]string{
		"big + 1": "(not set)", "big * big": "(not set)", "rich + 1": "(not set)", "rich * big": "(not set)",
		"late + 1d": "(not set)", "late + n": "(not set)", "day/feb/2024": "(not set)", "29/feb/2024": "2024-02-29", "29/feb/2023": "(not set)",
		"rich - 1": "999999998.00", "n - big": "-999999999996", "late - 1m": "9999-11-30", "missing + 1": "(not set)", "(n + 1) * 2": "8", "n - 1 - 1": "1", "n - (1 - 1)": "3",
	} {
		s, err := ParseSum(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Value(func(r Ref) Value { return values[r.Name] }).String(); got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
}
