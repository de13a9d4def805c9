package engine

import (
	"strings"
	"testing"

	"github.com/paytrace/paytrace/engine/gsm7"
	"github.com/paytrace/paytrace/engine/msisdn"
)

// Each type says what its answers must be, in words of the language.
func TestWhatATypeSays(t *testing.T) {
	today := day(2026, 11, 30)
	for _, c := range []struct{ typ, lang, form, outside string }{
		{"number 1..12", "en", "Write a number from 1 to 12.", "The number must be from 1 to 12."},
		{"number 0..5000", "sw", "Andika namba kuanzia 0 hadi 5,000.", "Namba iwe kuanzia 0 hadi 5,000."},
		{"money 10..70000", "en", "Write an amount from KES 10 to KES 70,000.", "The amount must be from KES 10 to KES 70,000."},
		{"money 10..70000", "sw", "Andika kiasi kuanzia KES 10 hadi KES 70,000.", "Kiasi kiwe kuanzia KES 10 hadi KES 70,000."},
		{"date", "en", "Write a day like 25/12/2025.", "Write a day like 25/12/2025."},
		{"date 2025-01-01..today", "en", "Write a day from 01/01/2025 to 30/11/2026.", "The day must be from 01/01/2025 to 30/11/2026."},
		{"date today..", "en", "Write a day not before 30/11/2026.", "The day must not be before 30/11/2026."},
		{"date ..today-18y", "en", "Write a day not after 30/11/2008.", "The day must not be after 30/11/2008."},
		{"date ..today", "sw", "Andika tarehe si baada ya 30/11/2026.", "Tarehe isiwe baada ya 30/11/2026."},
		{"phone", "en", "Write a phone number like 0712345678.", "Write a phone number like 0712345678."},
		{"phone KE|UG", "en", "Write a phone number like 0712345678.", "Write a phone number like 0712345678."},
		{"phone UG", "sw", "Andika namba ya simu kama +256712345678.", "Andika namba ya simu kama +256712345678."},
		{"phone any", "en", "Write a phone number with its country code, like +254712345678.", "Write a phone number with its country code, like +254712345678."},
		{"text 20", "en", "Write at most 20 characters.", "Write at most 20 characters."},
		{"digits 8", "en", "Write 8 digits.", "Write 8 digits."},
		{"digits 6..8", "en", "Write 6 to 8 digits.", "Write 6 to 8 digits."},
		{"digits 6..8", "sw", "Andika tarakimu 6 hadi 8.", "Andika tarakimu 6 hadi 8."},
		{"digits 1", "en", "Write 1 digit.", "Write 1 digit."},
		{"letters 2..20", "en", "Write 2 to 20 letters.", "Write 2 to 20 letters."},
		{"letters 1", "en", "Write 1 letter.", "Write 1 letter."},
		{"letters and digits 7", "en", "Write 7 letters or digits.", "Write 7 letters or digits."},
		{"letters and digits 1", "sw", "Andika herufi au tarakimu 1.", "Andika herufi au tarakimu 1."},
		{`text 12 like "AB-123"`, "en", "Write it like AB-123.", "Write it like AB-123."},
		{`text 12 like /[A-Z]+/ such as "ABC"`, "sw", "Andika kama ABC.", "Andika kama ABC."},
		{"pin 4", "en", "Write 4 digits.", "Write 4 digits."},
		{"secret 8", "en", "Write at most 8 characters.", "Write at most 8 characters."},
		{"choice", "en", "", ""},
		{"number 1..12", "zul", "", ""}, // a language that the engine does not speak
	} {
		typ := typed(t, c.typ)
		at := Place{Lang: c.lang, Currency: "KES", Country: "KE"}
		if got := typ.Words(RefusedForm, at, today); got != c.form {
			t.Errorf("%s in %s: %q, want %q", c.typ, c.lang, got, c.form)
		}
		if got := typ.Words(RefusedRange, at, today); got != c.outside {
			t.Errorf("%s in %s, outside its range: %q, want %q", c.typ, c.lang, got, c.outside)
		}
	}
}

// The languages have the same texts, each in the alphabet that phones share, and no
// value of a text is left out.
func TestWordsOfTypesAreComplete(t *testing.T) {
	for lang, words := range refusals {
		for key := range refusals["en"] {
			if words[key] == "" {
				t.Errorf("%s has no words for %q", lang, key)
			}
		}
		for key, text := range words {
			if refusals["en"][key] == "" {
				t.Errorf("%s has words for %q, which English has not", lang, key)
			}
			if !gsm7.Fits(text, defaultSeptets, 0) {
				t.Errorf("%s: %q does not fit a screen", lang, text)
			}
			for _, name := range []string{"{lo}", "{hi}", "{day}", "{count}", "{example}"} {
				if strings.Contains(text, name) != strings.Contains(refusals["en"][key], name) {
					t.Errorf("%s: %q and the English text differ in %s", lang, text, name)
				}
			}
		}
	}
}

// The length of the words does not depend on the day, so the checker can measure them.
func TestWordsOfATypeHaveOneLength(t *testing.T) {
	for _, spelled := range []string{"date today-2y..today", "date today..", "date ..today+1m"} {
		typ := typed(t, spelled)
		for _, why := range []Refusal{RefusedForm, RefusedRange} {
			at := Place{Lang: "en"}
			if a, b := typ.Words(why, at, 0), typ.Words(why, at, day(2026, 11, 30)); len(a) != len(b) || a == b {
				t.Errorf("%s says %q and %q", spelled, a, b)
			}
		}
	}
}

// refusing asks for a value of a type, below a question of the given length.
func refusing(t *testing.T, spelled, question string, change func(*Definition)) *steps {
	d := Definition{
		Vars: []Var{{Name: "v", Type: typed(t, spelled)}},
		Nav:  Nav{Invalid: lit("No.")},
		Screens: []Screen{
			{Name: "main", Kind: ScreenAsk, Say: said(question), Ask: &Ask{Var: "v", Go: "end", Retries: 9}},
			{Name: "end", Kind: ScreenEnd, Say: said("End")},
		},
	}
	if change != nil {
		change(&d)
	}
	w := walking(t, d)
	w.dial()
	return w
}

// A wrong format, a range and two answers that differ each have words of their own.
func TestEachRefusalSaysWhy(t *testing.T) {
	w := refusing(t, "number 1..12", "Month?", func(d *Definition) { d.Screens[0].Ask.Repeat = lit("Once more?") })
	for _, c := range []struct{ typed, want string }{
		{"May", "Write a number from 1 to 12.\nMonth?"},
		{"13", "The number must be from 1 to 12.\nMonth?"},
		{"0", "The number must be from 1 to 12.\nMonth?"},
		{"999999999999999", "The number must be from 1 to 12.\nMonth?"},
		{"1.5", "Write a number from 1 to 12.\nMonth?"},
		{"", "Write a number from 1 to 12.\nMonth?"},
		{"5", "Once more?"},
		{"6", "Not the same. Try again.\nMonth?"},
	} {
		if got := w.take(Event{Kind: EventInput, Input: c.typed, Digest: "of " + c.typed}); got != c.want {
			t.Errorf("after %q: %q, want %q", c.typed, got, c.want)
		}
	}
}

// An asterisk is no matter of length: the words say that it is not taken. A type that
// takes it, or that has another form, says what it always says.
func TestStarsAreNamed(t *testing.T) {
	for _, c := range []struct{ typ, typed, want string }{
		{"text 20", "12*Moi Road", "Write it without *.\n?"},
		{"text 20", "far more characters than that", "Write at most 20 characters.\n?"},
		{"text 20 with stars", "12*Moi Road, on the second floor", "Write at most 20 characters.\n?"},
		{"number 1..12", "1*2", "Write a number from 1 to 12.\n?"},
		{"digits 4", "12*4", "Write 4 digits.\n?"},
		{"secret 8", "a*b", "Write it without *.\n?"},
	} {
		w := refusing(t, c.typ, "?", nil)
		if got := w.key(c.typed); got != c.want {
			t.Errorf("%s, after %q: %q, want %q", c.typ, c.typed, got, c.want)
		}
	}
}

// Dates and amounts distinguish a wrong format from a value outside the range, too.
func TestRangesAreToldFromForms(t *testing.T) {
	for _, c := range []struct{ typ, format, outside string }{
		{"money 10..500", "ten", "501"},
		{"money 10..500", "5,0", "9999999999"},
		{"date 2026-01-01..2026-12-31", "31/02/2026", "01/01/2027"},
		{"date 2026-01-01..2026-12-31", "1/3/26", "31/12/2025"},
	} {
		w := refusing(t, c.typ, "?", nil)
		format, outside := w.key(c.format), w.key(c.outside)
		if !strings.HasPrefix(format, "Write a") || !strings.HasPrefix(outside, "The ") {
			t.Errorf("%s: %q says %q, and %q says %q", c.typ, c.format, format, c.outside, outside)
		}
	}
}

// The menu's own words go first. "again" replaces the question, and not the reason.
func TestWordsOfTheMenuGoFirst(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Definition)
		want   string
	}{
		"none":          {nil, "Write a number from 1 to 12.\nMonth?"},
		"variable":      {func(d *Definition) { d.Vars[0].Error = lit("A month.") }, "A month.\nMonth?"},
		"screen":        {func(d *Definition) { d.Screens[0].Error = lit("As 5.") }, "As 5.\nMonth?"},
		"empty":         {func(d *Definition) { d.Screens[0].Error = Localized{{}} }, "Month?"},
		"again":         {func(d *Definition) { d.Screens[0].Again = lit("Which?") }, "Write a number from 1 to 12.\nWhich?"},
		"other tongues": {func(d *Definition) { d.Languages = []Language{{Code: "zul", Name: "isiZulu"}} }, "No.\nMonth?"},
	} {
		if got := refusing(t, "number 1..12", "Month?", c.change).key("x"); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// Where the question leaves no room, the menu's short words stand above it.
func TestNoRoomForTheForm(t *testing.T) {
	const form = "Write a number from 1 to 12."
	fits := strings.Repeat("q", defaultSeptets-len(form)-1)
	for question, want := range map[string]string{fits: form + "\n" + fits, fits + "q": "No.\n" + fits + "q"} {
		w := refusing(t, "number 1..12", question, nil)
		if got := w.key("x"); got != want {
			t.Errorf("%d characters: %q, want %q", len(question), got, want)
		}
		if again, _ := w.p.Show(&w.s); again != w.eff.Text {
			t.Errorf("the screen is shown again as %q", again)
		}
	}
	// "again" alone stands there if the form has no room above it.
	w := refusing(t, "number 1..12", "Month?", func(d *Definition) { d.Screens[0].Again = lit(fits + "q") })
	if got := w.key("x"); got != fits+"q" {
		t.Errorf("got %q", got)
	}
}

// A number that a type shows as its example can be typed as it stands.
func TestExamplesOfNumbersAreTaken(t *testing.T) {
	for _, home := range []string{"KE", "UG", "TZ", "RW", "MW", "ZA", "NG", "GH", "ET", "GB", "US", "XX"} {
		digits := msisdn.Example(home)
		if _, ok := msisdn.Parse(msisdn.Local(digits, home), home, msisdn.Any); !ok || !msisdn.Valid(digits) {
			t.Errorf("%s: the example %s is not taken", home, msisdn.Local(digits, home))
		}
	}
}
