package engine

import (
	"strings"
	"testing"
	"time"
)

// speaking returns a program in a language and with a currency that reads and shows
// answers of a type.
func speaking(t testing.TB, typ Type, lang, currency, country string) *Program {
	t.Helper()
	p, err := New(Definition{
		Codes: []Code{{Dial: "*1#", Start: "end"}}, Vars: []Var{{Name: "v", Type: typ}}, Currency: currency,
		Languages: []Language{{Code: lang, Name: lang}}, Session: SessionRules{Country: country},
		Screens: []Screen{{Name: "end", Kind: ScreenEnd, Say: said("End")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// People type numbers with signs, in their own script, and with what they copied.
func TestNumbersAsPeopleTypeThem(t *testing.T) {
	const refused = "(not set)"
	for _, c := range []struct{ typ, lang, currency, answer, want string }{
		{"money 1..70000", "en", "KES", "1000/=", "1000.00"},
		{"money 1..70000", "en", "KES", "1,000 /=", "1000.00"},
		{"money 1..70000", "en", "KES", "1000/-", "1000.00"},
		{"money 1..70000", "en", "KES", "1000=", "1000.00"},
		{"money 1..70000", "en", "KES", "1000.-", "1000.00"},
		{"money 1..70000", "en", "KES", "Kshs 1,000", "1000.00"},
		{"money 1..70000", "en", "KES", "KSHS.1,000/=", "1000.00"},
		{"money 1..70000", "en", "KES", "KES1000", "1000.00"},
		{"money 1..70000", "en", "KES", "kes 1000.50", "1000.50"},
		{"money 1..70000", "en", "KES", "Shs 1000", "1000.00"},
		{"money 1..70000", "en", "KES", "1000 bob", "1000.00"},
		{"money 1..70000", "en", "KES", "1000ksh.", "1000.00"},
		{"money 1..70000", "en", "KES", "1,000/= shillings", "1000.00"},
		{"money 1..70000", "en", "KES", "1000#", "1000.00"},
		{"money 1..70000", "en", "KES", "1000 #\n", "1000.00"},
		{"money 1..70000", "en", "KES", "１，０００", "1000.00"},
		{"money 1..70000", "en", "KES", "١٠٠٠", "1000.00"},
		{"money 1..70000", "en", "KES", "۱۰۰۰", "1000.00"},
		{"money 1..70000", "en", "KES", "١٬٠٠٠٫٥٠", "1000.50"},
		{"money 1..70000", "en", "KES", "१०००", "1000.00"},
		{"money 1..70000", "en", "KES", "1\u00a0000", "1000.00"},
		{"money 1..70000", "en", "KES", "1\u202f000", "1000.00"},
		{"money 1..70000", "en", "KES", "\u200e1000\u200f", "1000.00"},
		{"money 1..70000", "en", "KES", "UGX 1000", refused}, // another currency
		{"money 1..70000", "en", "UGX", "Ksh 1000", refused},
		{"money 1..70000", "en", "UGX", "Ush 1,000/=", "1000.00"},
		{"money 1..70000", "en", "TZS", "Tsh1000/=", "1000.00"},
		{"money 1..70000", "en", "RWF", "1000 Frw", "1000.00"},
		{"money 1..70000", "en", "MWK", "K1,000", "1000.00"},
		{"money 1..70000", "en", "MWK", "5k", refused}, // five thousand, or five kwacha
		{"money 1..70000", "en", "ZAR", "R1 000.50", "1000.50"},
		{"money 1..70000", "en", "KES", "1000.000", refused},
		{"money 1..70000", "en", "KES", "1000,50", refused},
		{"money 1..70000", "en", "KES", "1,50", refused},
		{"money 1..70000", "en", "KES", "Ksh", refused},
		{"money 1..70000", "en", "KES", "/=", refused},
		{"money 1..70000", "en", "KES", "#", refused},
		{"money 1..70000", "fr", "RWF", "1 000,50", "1000.50"},
		{"money 1..70000", "fr", "RWF", "1000,5", "1000.50"},
		{"money 1..70000", "fr", "RWF", "1,000", "1000.00"}, // as English speakers type it
		{"number 0..70000", "en", "KES", "1,000", "1000"},
		{"number 0..70000", "en", "KES", "1 000#", "1000"},
		{"number 0..70000", "en", "KES", "٤٢", "42"},
		{"number 0..70000", "en", "KES", "４２", "42"},
		{"number 0..70000", "en", "KES", "42.", "42"},
		{"number 0..70000", "en", "KES", "+42", "42"},
		{"number 0..70000", "en", "KES", "1000/=", "1000"},
		{"number 0..70000", "en", "KES", "Kshs 1,000", "1000"},
		{"number 0..70000", "en", "KES", "007", "7"},
		{"number 0..70000", "en", "KES", "4.2", refused},
		{"number 0..70000", "en", "KES", "4,2", refused},
		{"number 0..70000", "en", "KES", "+-42", refused},
		{"number -9..9", "en", "KES", "\u22125", "-5"}, // a minus sign
		{"date", "en", "KES", "１／３／２０２６", "2026-03-01"},
		{"date", "en", "KES", "٠١٠٣٢٠٢٦", "2026-03-01"},
		{"date", "en", "KES", "01.03.2026.", "2026-03-01"},
		{"date", "en", "KES", "1–3–2026", "2026-03-01"},
		{"date", "en", "KES", "1/3/2026#", "2026-03-01"},
		{"date", "en", "KES", "1, 3, 2026", "2026-03-01"},
		{"phone", "en", "KES", "٠٧١٢٣٤٥٦٧٨", "254712345678"},
		{"phone", "en", "KES", "０７１２３４５６７８", "254712345678"},
		{"phone", "en", "KES", "+254 712–345\u00a0678#", "254712345678"},
		{"phone", "en", "KES", "\u202a+254712345678\u202c", "254712345678"}, // as phone books copy it
		{"pin 4", "en", "KES", "４３２１", redacted},
		{"pin 4", "en", "KES", "4321#", redacted},
		{"pin 4", "en", "KES", "4321\n", redacted},
		{"pin 4", "en", "KES", "432", refused},
		{"secret 8", "en", "KES", "pass#", redacted},
		{"text 9", "en", "KES", "Plot 5#", "Plot 5#"}, // a text keeps its writing
		{"text 9", "en", "KES", "٤٢", "٤٢"},
		{"text 9", "en", "KES", "007\n", "007"},
	} {
		typ := typed(t, c.typ)
		v, ok := speaking(t, typ, c.lang, c.currency, "").parseAnswer(&typ, c.answer, 0, day(2026, time.March, 31))
		if !ok {
			v = Value{}
		}
		if got := v.String(); got != c.want {
			t.Errorf("%s in %s, %s, answered %q: got %s, want %s", c.typ, c.lang, c.currency, c.answer, got, c.want)
		}
	}
}

// The digits typed are what an action compares, whatever the script: a PIN in full-width
// digits is the PIN.
func TestSecretsAreTakenAsTheyAreCompared(t *testing.T) {
	for _, c := range []struct{ typ, answer, want string }{
		{"pin 4", "４３２１#", "4321"},
		{"pin 4", "٤٣٢١", "4321"},
		{"secret 8", "pass#", "pass#"},
		{"secret 8", "４３２１", "４３２１"},
	} {
		typ := typed(t, c.typ)
		v, ok := asking(t, typ).parseAnswer(&typ, c.answer, 0, 0)
		if !ok || v.Reveal() != c.want {
			t.Errorf("%s answered %q is %q, want %q", c.typ, c.answer, v.Reveal(), c.want)
		}
	}
}

// Numbers from 1,000 on have groups where the language has them, and no value is wider
// than its type.
func TestNumbersAreShownInGroups(t *testing.T) {
	for _, c := range []struct {
		typ, lang string
		v         Value
		want      string
	}{
		{"number 0..5000000", "en", NumberValue(999), "999"},
		{"number 0..5000000", "en", NumberValue(1000), "1,000"},
		{"number 0..5000000", "sw", NumberValue(1234567), "1,234,567"},
		{"number -5000..5000", "en", NumberValue(-1500), "-1,500"},
		{"number 0..5000000", "fr", NumberValue(1500), "1 500"},
		{"number 0..5000000", "fr-SN", NumberValue(1500), "1 500"},
		{"number 0..5000000", "pt", NumberValue(1500), "1500"},
		{"number 0..5000000", "pt", NumberValue(15000), "15 000"},
		{"money 0..70000", "en", MoneyValue(150_050), "KES 1,500.50"},
		{"money 0..70000", "en", MoneyValue(150_005), "KES 1,500.05"},
		{"money 0..70000", "fr", MoneyValue(150_050), "KES 1 500,50"},
		{"money -70000..0", "en", MoneyValue(-150_000), "KES -1,500"},
	} {
		typ := typed(t, c.typ)
		got := string(speaking(t, typ, c.lang, "", "").showValue(nil, c.v, &typ, nil, 0))
		if got != c.want {
			t.Errorf("%s shows %s in %s as %q, want %q", c.typ, c.v, c.lang, got, c.want)
		}
		if len(got) > typ.Width {
			t.Errorf("%s shows %q, which is wider than %d", c.typ, got, typ.Width)
		}
	}
}

// A key may be typed as people write the number of an option.
func TestKeysAsPeopleWriteThem(t *testing.T) {
	languages := []Language{{Code: "en", Name: "English"}, {Code: "sw", Name: "Kiswahili"}}
	d := Definition{
		Languages: languages,
		Vars:      []Var{{Name: "sex", Type: Type{Kind: KindChoice, Options: []string{"female", "male"}, Width: 6}, Labels: []Localized{lit("F"), lit("M")}}, {Name: "age", Type: typed(t, "number 1..120")}, {Name: "code", Type: typed(t, "text 5")}},
		Nav:       Nav{Back: NavKey{Key: "0", Label: lit("Back")}, Home: NavKey{Key: "00", Label: lit("Home")}, HomeScreen: "main", More: NavKey{Key: "98", Label: lit("More")}},
		Screens: []Screen{
			{Name: "main", Kind: ScreenMenu, Say: said("Main"), Options: []Option{
				{Key: "1", Label: lit("Sex"), Go: "sex"},
				{Key: "2", Label: lit("Sure"), Go: "sure"},
				{Key: "3", Label: lit("Language"), Go: "speak"},
				{Key: "4", Label: lit("Age"), Go: "age"},
				{Key: "5", Label: lit("Code"), Go: "code"},
				{Key: "6", Label: lit("Long"), Go: "long"},
			}},
			{Name: "sex", Kind: ScreenAsk, Say: said("Sex?"), Ask: &Ask{Var: "sex", Go: "end", Retries: 9}},
			{Name: "sure", Kind: ScreenConfirm, Say: said("Sure?"), Confirm: &Confirm{Yes: "end", No: "main"}},
			{Name: "speak", Kind: ScreenLanguages, Say: said("Speak?"), Go: "end"},
			{Name: "age", Kind: ScreenAsk, Say: said("Age?"), Ask: &Ask{Var: "age", Go: "old", Retries: 9, Offers: []Offer{{Key: "9", Label: lit("Skip"), Go: "end"}}}},
			{Name: "code", Kind: ScreenAsk, Say: said("Code?"), Ask: &Ask{Var: "code", Go: "coded", Retries: 9, Offers: []Offer{{Key: "9", Label: lit("Skip"), Go: "end"}}}},
			{Name: "long", Kind: ScreenShow, Say: said(strings.Repeat("one two three ", 30))},
			{Name: "old", Kind: ScreenEnd, Say: []Say{{Words: Localized{{{Lit: "Age "}, {Ref: Ref{Name: "age"}}}}}}},
			{Name: "coded", Kind: ScreenEnd, Say: []Say{{Words: Localized{{{Lit: "Code "}, {Ref: Ref{Name: "code"}}}}}}},
			{Name: "end", Kind: ScreenEnd, Say: said("End")},
		},
	}
	for _, c := range []struct{ way, screen string }{
		{"01", "sex"},
		{"1.", "sex"},
		{"1)", "sex"},
		{"(1)", "sex"},
		{" 1 ", "sex"},
		{"1#", "sex"},
		{"1\n", "sex"},
		{"１", "sex"},
		{"١", "sex"},
		{"۱", "sex"},
		{"001", "sex"},
		{"1-", "main"},
		{"1,", "main"},
		{"11", "main"},
		{"10", "main"},
		{"000", "main"},
		{"1|02", "end"},
		{"1|00", "main"}, // Home
		{"1|0.", "sex"},
		{"1|٠", "main"}, // Back
		{"1|03", "sex"},
		{"2|01", "end"},
		{"2|1)", "end"},
		{"2|02", "main"},
		{"2|02#", "main"},
		{"3|02.", "end"},
		{"4|09", "old"}, // an answer, as the offer is 9
		{"4|9", "end"},
		{"4|9)", "end"},
		{"5|09", "coded"},
		{"5|9)", "coded"}, // a text may be any
		{"5|٩", "end"},
		{"6|098", "long"},
		{"6|98.", "long"},
	} {
		w := walking(t, d)
		w.dial()
		w.key(strings.Split(c.way, "|")...)
		if w.s.Screen != c.screen {
			t.Errorf("%q leads to %s, want %s", c.way, w.s.Screen, c.screen)
		}
	}
	w := walking(t, d)
	w.dial()
	if first, second := w.key("6"), w.key("098"); first == second || w.s.Offset == 0 {
		t.Errorf("098 shows %q", second)
	}
}

// The question after a dropped call takes its keys like any other screen.
func TestResumeTakesKeysAsPeopleWriteThem(t *testing.T) {
	d := cities(t)
	d.Session.Resume = time.Hour
	for typed, want := range map[string]string{"01": "mine", "1.": "mine", "١": "mine", "02": "main", "2)": "main", "03": Resume} {
		w := walking(t, d)
		w.take(Event{Kind: EventDial, Start: "main", Resume: &Snapshot{Screen: "mine"}})
		w.key(typed)
		if w.s.Screen != want {
			t.Errorf("%q leads to %s, want %s", typed, w.s.Screen, want)
		}
	}
}

// Two answers that are one value are the same answer, however each was typed.
func TestAnswersAreComparedAsValues(t *testing.T) {
	for _, c := range []struct{ typ, first, second string }{
		{"pin 4", "4321", "４３２１#"},
		{"money 1..70000", "1000", "Kshs 1,000/="},
		{"phone", "0712345678", "+254 712 345 678"},
		{"secret 8", "pass", " pass "},
	} {
		w := walking(t, Definition{Vars: []Var{{Name: "v", Type: typed(t, c.typ)}}, Screens: []Screen{
			{Name: "main", Kind: ScreenAsk, Say: said("?"), Ask: &Ask{Var: "v", Go: "end", Repeat: lit("Again")}},
			{Name: "end", Kind: ScreenEnd, Say: said("End")},
		}})
		w.dial()
		first, second := w.p.Compared(&w.s, c.first), w.p.Compared(&w.s, c.second)
		if first != second || first == redacted || w.p.Compared(&w.s, "no "+c.first) == first {
			t.Errorf("%s: %q and %q are compared as %q and %q", c.typ, c.first, c.second, first, second)
		}
	}
}

// A Yes is a Yes however it is typed: the runner asks twice for one that may be late.
func TestSaysYes(t *testing.T) {
	w := walking(t, Definition{Screens: []Screen{
		{Name: "sure", Kind: ScreenConfirm, Say: said("Sure?"), Confirm: &Confirm{Yes: "end", No: "end"}},
		{Name: "end", Kind: ScreenEnd, Say: said("End")},
	}})
	w.dial()
	for typed, yes := range map[string]bool{"1": true, "01": true, "1)": true, "１": true, " 1#": true, "2": false, "11": false, "": false, "yes": false} {
		if got := w.p.SaysYes(&w.s, typed); got != yes {
			t.Errorf("%q says yes: %v, want %v", typed, got, yes)
		}
	}
}
