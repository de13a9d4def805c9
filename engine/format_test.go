package engine

import (
	"testing"
	"time"
)

func dayOf(y int, m time.Month, d int) Date {
	return DateOf(time.Date(y, m, d, 0, 0, 0, 0, time.UTC))
}

// formatted shows one value of a type in a text.
func formatted(t *testing.T, typ, format, lang string, v Value, letters bool) string {
	t.Helper()
	kind, err := ParseType(typ)
	if err != nil {
		t.Fatal(err)
	}
	f, err := ParseFormat(format)
	if err != nil {
		t.Fatal(err)
	}
	p, err := New(Definition{
		Name: "t", Codes: []Code{{Dial: "*1#", Start: "end"}}, Languages: []Language{{Code: lang, Name: lang}},
		Vars:    []Var{{Name: "v", Type: kind}},
		Screens: []Screen{{Name: "end", Kind: ScreenEnd, Say: []Say{{Words: Localized{{{Ref: Ref{Name: "v"}, Format: f}}}}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	s := p.Begin(Request{}, 0)
	s.Values[p.slotIndex["v"]] = v
	s.letters = letters
	return p.text(p.nodes["end"].Say[0].Words, &s, 0)
}

func TestFormats(t *testing.T) {
	march := DateValue(dayOf(2026, time.March, 1))
	for _, c := range []struct {
		typ, format, lang string
		v                 Value
		letters           bool
		want              string
	}{
		{"date", "as DD-MM-YYYY", "en", march, false, "01-03-2026"},
		{"date", "as D/M/YY", "en", march, false, "1/3/26"},
		{"date", "as D MONTH YYYY", "en", march, false, "1 March 2026"},
		{"date", "as D MONTH YYYY", "sw", march, false, "1 Machi 2026"},
		{"date", "as D MONTH YYYY", "zul", march, false, "1 Mashi 2026"},
		{"date", "as D de MONTH de YYYY", "pt", march, false, "1 de marco de 2026"},
		{"date", "as DD MON", "fr-SN", march, false, "01 mars"},
		{"date", "as MON DD", "xx", march, false, "Mar 01"},
		{"text 40", "cut 8", "en", TextValue("12 Moi Avenue"), false, "12 Moi A"},
		{"text 40", "cut 7", "en", TextValue("12 Moi Avenue"), false, "12 Moi"},
		{"text 40", "cut 7", "en", TextValue("Juja"), false, "Juja"},
		{"text 40", "cut 2", "en", TextValue("  Juja"), false, "  "},
		{"text 40", "cut 3", "en", TextValue("a[b]"), false, "a["},
		{"text 40", "cut 2", "en", TextValue("ሣራ ሣራ"), true, "ሣራ"},
		{"text 40", "last 2", "en", TextValue("ሣራ ሣራ"), true, "ሣራ"},
		{"digits 12", "last 4", "en", TextValue("001234567890"), false, "7890"},
		{"text 40", "last 4", "en", TextValue("AB"), false, "AB"},
		{"text 40", "last 2", "en", TextValue("ab]"), false, "]"},
		{"text 40", "last 1", "en", TextValue("ab]"), false, "?"},
		{"text 40", "cut 1", "en", TextValue("[ab"), false, "?"},
		{"text 40", "cut 1", "en", TextValue("😀a"), true, "a"},
		{"text 40", "last 1", "en", TextValue("a😀"), true, "?"},
		{"phone", "last 3", "en", PhoneValue("254712345678"), false, "678"},
	} {
		if got := formatted(t, c.typ, c.format, c.lang, c.v, c.letters); got != c.want {
			t.Errorf("{v %s} of %v in %s: %q, expected %q", c.format, c.v, c.lang, got, c.want)
		}
	}
}

func TestFormatsThatAreNone(t *testing.T) {
	for _, words := range []string{"as", "as DD-MM-JJJJ", "as of today", "as MMM", "cut", "cut 0", "cut 161", "last", "last x", "last -4", "in full", "as DDMM-YYYY D D D D D D D D D D D D D D D D"} {
		if f, err := ParseFormat(words); err == nil {
			t.Errorf("%q is read as %+v", words, f)
		}
	}
}

func TestDaysWithNamesOfMonths(t *testing.T) {
	for _, c := range []struct{ lang, typed, want string }{
		{"en", "1 March 2026", "2026-03-01"},
		{"en", "01-mar-2026", "2026-03-01"},
		{"en", "1MAR2026", "2026-03-01"},
		{"en", "March 1, 2026", "2026-03-01"},
		{"en", "2026 Mar 1", "2026-03-01"},
		{"en", "1st of March 2026", "2026-03-01"},
		{"en", "31 Sept. 2026", ""},
		{"en", "30 Sept. 2026", "2026-09-30"},
		{"en", "1 Ma 2026", ""},
		{"en", "1 March 26", ""},
		{"en", "1 March", ""},
		{"en", "March 2026 April", ""},
		{"en", "yesterday", ""},
		{"sw", "1 Mei 2026", "2026-05-01"},
		{"sw", "1 May 2026", "2026-05-01"},
		{"fr", "1er aout 2026", "2026-08-01"},
		{"fr", "1 août 2026", "2026-08-01"},
		{"fr", "1 jui 2026", ""},
		{"pt", "1 de março de 2026", "2026-03-01"},
		{"zul", "3 Ephreli 2026", "2026-04-03"},
		{"luo", "3 April 2026", "2026-04-03"},
	} {
		v, ok := parseDate(&Type{Kind: KindDate}, c.typed, monthsIn(c.lang), 0)
		got := ""
		if ok {
			got = v.String()
		}
		if got != c.want {
			t.Errorf("%q in %s is %q, expected %q", c.typed, c.lang, got, c.want)
		}
	}
}

// Every month of every language has a name, a short form that is no longer, and both
// are read as the month that they name.
func TestEachMonthIsReadByItsNames(t *testing.T) {
	for lang, m := range months {
		for i := range m.names {
			month := time.Month(i + 1)
			if m.names[i] == "" || m.short[i] == "" {
				t.Errorf("%s has no name for %s", lang, month)
				continue
			}
			for _, name := range []string{m.names[i], m.short[i], m.shown(month, false), m.shown(month, true)} {
				if got := m.typed(name); got != month && len([]rune(FoldLabel(name))) >= leastMonth {
					t.Errorf("%q in %s is %s, expected %s", name, lang, got, month)
				}
			}
		}
	}
}
