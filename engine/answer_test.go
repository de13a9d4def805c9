package engine

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/paytrace/paytrace/engine/gsm7"
	"github.com/paytrace/paytrace/internal/fuzz"
)

// asking returns a program that reads and shows answers of a type.
func asking(t testing.TB, typ Type) *Program {
	t.Helper()
	p, err := New(Definition{
		Codes: []Code{{Dial: "*1#", Start: "end"}}, Vars: []Var{{Name: "v", Type: typ}},
		Screens: []Screen{{Name: "end", Kind: ScreenEnd, Say: said("End")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func day(y int, m time.Month, d int) Date { return DateOf(time.Date(y, m, d, 0, 0, 0, 0, time.UTC)) }

func TestAnswers(t *testing.T) {
	const refused = "(not set)"
	for _, c := range []struct{ typ, answer, want string }{
		{"money 1..70000", "1,500", "1500.00"},
		{"money 1..70000", "KES 1 500", "1500.00"},
		{"money 1..70000", "Ksh.50", "50.00"},
		{"money 1..70000", "ksh. 1,500.5/-", "1500.50"},
		{"money 0..70000", "KES .50", refused}, // not fifty shillings
		{"money 0..70000", ".50", refused},
		{"money 1..70000", "5.", refused},
		{"money 1..70000", "KES", refused},
		{"money 1..70000", "-5", refused},
		{"money 1..70000", "1,5", refused},
		{"money 1..70000", "70000.01", refused},
		{"money 1..70000", "999999999999999999999", refused},
		{"number -5..12", "-5", "-5"},
		{"number -5..12", "- 5", refused},
		{"number 1..12", "007", "7"},
		{"number 1..12", "1e1", refused},
		{"number 1..12", "٣", "3"}, // the sender's own digits
		{"date", "29/2/2024", "2024-02-29"},
		{"date", "29/2/2026", refused},
		{"date", "01032026", "2026-03-01"},
		{"date", "2026-03-01", "2026-03-01"},
		{"date", "1/3/26", refused},
		{"date today-1m..today", "28/2/2026", "2026-02-28"}, // a month before 31 March
		{"date today-1m..today", "27/2/2026", refused},
		{"date today-1m..today", "1/4/2026", refused},
		{"pin 4", "4321", redacted},
		{"pin 4", "432١", redacted},
		{"pin 4", "43 21", refused},
		{"text 3", "abc", "abc"},
		{"text 3", "abcd", refused},
		{"text 3", "{ab", refused}, // a brace takes two on a phone
		{"text 4", "{ab", "{ab"},
		{"text 2", "…", refused}, // shown as three dots
		{"text 9", "😀", refused}, // shown as nothing
		{"text 9", "\u200b", refused},
		{"text 9", "a\nb", refused},
		{"text 9", "a*b", "(not set)"},
		{"text 9 with stars", "a*b", "a*b"},
	} {
		typ := typed(t, c.typ)
		v, ok := asking(t, typ).parseAnswer(&typ, c.answer, 0, day(2026, time.March, 31))
		if !ok {
			v = Value{}
		}
		if got := v.String(); got != c.want {
			t.Errorf("%s answered %q: got %s, want %s", c.typ, c.answer, got, c.want)
		}
	}
}

func TestDateBoundsEndWithTheMonth(t *testing.T) {
	for _, c := range []struct {
		b           DateBound
		today, want Date
	}{
		{DateBound{Years: -1}, day(2024, 2, 29), day(2023, 2, 28)},
		{DateBound{Months: 1}, day(2026, 1, 31), day(2026, 2, 28)},
		{DateBound{Months: -11}, day(2026, 1, 31), day(2025, 2, 28)},
		{DateBound{Days: 1}, day(2026, 12, 31), day(2027, 1, 1)},
		{DateBound{Days: -30}, day(2026, 3, 31), day(2026, 3, 1)},
	} {
		c.b.Set, c.b.Relative = true, true
		if got := c.b.on(c.today); got != c.want {
			t.Errorf("%+v on %s is %s, want %s", c.b, c.today.Time(), got.Time(), c.want.Time())
		}
	}
}

func TestParseTypeRefuses(t *testing.T) {
	for _, s := range []string{
		"", "phone 12", "phone É", "phone KE|", "phone ke", "money", "money 5", "money 9..1", "money 0..9999999999", "number 1..", "text 0", "text 161", "pin 33", "choice a|", "choice a|b|a", "choice a b", "pin 4 or nothing", "text 9 or nothing or nothing", "or nothing",
		"date 2026-03-02..2026-03-01", "date today..today-2y", "date today+30d..today", "date today-40000000y..today", "date 2026-02-30..",
	} {
		if typ, err := ParseType(s); err == nil {
			t.Errorf("%q is read as %s", s, typ)
		}
	}
}

// Foreign values stay data: they add no line to a screen and are no wider than their
// type.
func TestForeignValuesStayData(t *testing.T) {
	for _, c := range []struct {
		typ  string
		v    Value
		want string
	}{
		{"text 40", TextValue("Amina\n9. Send all\r\n0:Back\u2028x"), "Amina 9. Send all 0:Back x"},
		{"text 5", TextValue("{{{{{"), "{{"},
		{"phone", PhoneValue("nobody\nknows this number, really"), "nobody knows thi"},
		{"phone", PhoneValue("\xff"), "?"},
	} {
		typ := typed(t, c.typ)
		if got := string(asking(t, typ).showValue(nil, c.v, &typ, nil, 0)); got != c.want {
			t.Errorf("%s shows %q as %q, want %q", c.typ, c.v.Text(), got, c.want)
		}
	}
}

func FuzzParseType(tf *testing.F) {
	f := fuzz.New(tf)
	for _, s := range []string{
		"phone", "phone KE|UG", "phone any", "money 10..70000", "money -5..5", "number 1..12", "date", "date today-2y..today", "date 2020-01-01..", "date ..today+6m",
		"text 20", "choice", "pin 4", "secret 8", "money 1..", "digits 6..8", "letters and digits 7", `text 9 like "AB-1"`, `text 9 like /a|[0-9]+/ such as "a"`, "date today-..", "phone KE|", "  text  7 ",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		typ, err := ParseType(s)
		if err != nil {
			return
		}
		if typ.Kind != KindChoice && typ.Width < 1 {
			t.Fatalf("%q has no width: %+v", s, typ)
		}
		again, err := ParseType(typ.String())
		if err != nil || again.String() != typ.String() {
			t.Fatalf("%q is written %q and read as %q, %v", s, typ, again, err)
		}
	})
}

func FuzzAnswer(tf *testing.F) {
	f := fuzz.New(tf)
	for _, typ := range []string{"phone", "phone any", "phone KE|UG", "money 10..70000", "number -5..12", "date", "date today-2y..today+1m", "text 20", "pin 4", "secret 8", "digits 2..8", "letters 2..9", `text 9 like "AB-1"`, `text 9 like /a|[0-9]+/ such as "a"`} {
		for _, answer := range []string{"", "0712345678", "+256 772 123456", "KES 1,500.50", "-3", "29/2/2024", "01032026", "Amina *", "{}[]€…😀", "4321", "\xff", " ", "1 \u0301March 2026", "4\u2028s", "\u0301"} {
			f.Add(typ, answer, int64(20513))
		}
	}
	f.Fuzz(func(t *testing.T, spec, answer string, today int64) {
		typ, err := ParseType(spec)
		if err != nil || typ.Kind == KindChoice {
			return
		}
		today %= 1_000_000 // some 2,700 years either way
		p := asking(t, typ)
		v, ok := p.parseAnswer(&typ, answer, 0, Date(today))
		if !ok {
			return
		}
		shown := string(p.showValue(nil, v, &typ, nil, 0))
		size := gsm7.Measure(shown)
		switch {
		case v.Kind() != typ.Kind:
			t.Fatalf("%s answered %q is of kind %d", spec, answer, v.Kind())
		case size.UCS2, size.Units > typ.Width:
			t.Fatalf("%s answered %q is shown as %q, wider than %d", spec, answer, shown, typ.Width)
		case typ.Kind == KindSecret:
			// Digits of other scripts are read as 0 to 9.
			plain := !strings.ContainsFunc(answer, func(r rune) bool { return r >= utf8.RuneSelf })
			if shown != "" || plain && v.Reveal() != strings.TrimSpace(answer) {
				t.Fatalf("the secret %q is shown as %q", answer, shown)
			}
			return
		case shown == "" || strings.ContainsAny(shown, "\n\r"):
			t.Fatalf("%s answered %q is shown as %q", spec, answer, shown)
		case typ.Kind == KindText && shown != oneLine(gsm7.Transliterate(v.Text())):
			t.Fatalf("%s answered %q is cut to %q", spec, answer, shown)
		case (typ.Kind == KindNumber || typ.Kind == KindMoney) && (v.Int() < typ.Lo || v.Int() > typ.Hi):
			t.Fatalf("%s answered %q is %d", spec, answer, v.Int())
		case typ.Kind == KindDate && !inRange(&typ, Date(v.Int()), Date(today)):
			t.Fatalf("%s answered %q is %s", spec, answer, v)
		}
		var back Value
		b, err := json.Marshal(v)
		if err == nil {
			err = json.Unmarshal(b, &back)
		}
		if err != nil || !back.Equal(v) {
			t.Fatalf("%s answered %q is stored as %s and read as %v, %v", spec, answer, b, back, err)
		}
	})
}
