package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/enginetest"
	"github.com/paytrace/paytrace/engine/gsm7"
)

// asks is a menu that asks for a value and shows it in a text.
func asks(t stopper, typ string, text engine.Text) *engine.Program {
	of, err := engine.ParseType(typ)
	if err != nil {
		t.Fatal(err)
	}
	p, err := engine.New(engine.Definition{
		Name: "asks", Codes: []engine.Code{{Dial: "*1#", Start: "main"}},
		Nav: engine.Nav{
			Back: engine.NavKey{Key: "0", Label: enginetest.Words("Back")}, More: engine.NavKey{Key: "98", Label: enginetest.Words("More")},
		},
		Vars: []engine.Var{{Name: "v", Type: of}},
		Screens: []engine.Screen{
			{Name: "main", Kind: engine.ScreenAsk, Say: []engine.Say{{Words: enginetest.Words("?")}}, Ask: &engine.Ask{Var: "v", Go: "shown"}},
			{Name: "shown", Kind: engine.ScreenShow, Say: []engine.Say{{Words: engine.Localized{text}}}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// stopper ends a test: *testing.T and *rapid.T do.
type stopper interface {
	Fatal(...any)
	Fatalf(string, ...any)
}

// pagesOf returns the pages on which an answer is shown.
func pagesOf(t stopper, p *engine.Program, typed string) []string {
	s, _, err := p.Step(p.Begin(engine.Request{Caller: "254711000111"}, 0), engine.Event{Kind: engine.EventDial, Start: "main"})
	if err != nil {
		t.Fatal(err)
	}
	var pages []string
	for key := typed; ; key = "98" {
		next, eff, err := p.Step(s, engine.Event{Kind: engine.EventInput, Input: key})
		if err != nil || next.Screen != "shown" || len(pages) > 100 {
			t.Fatalf("%q is not shown (%v): %q", typed, err, eff.Text)
		}
		if !gsm7.Fits(eff.Text, 160, 70) {
			t.Fatalf("too long: %q", eff.Text)
		}
		s, pages = next, append(pages, eff.Text)
		if !strings.HasSuffix(eff.Text, "98:More") {
			return pages
		}
	}
}

// A value stands whole on one page, wherever the page break falls.
func TestPageBreaksSpareValues(t *testing.T) {
	values := []struct{ typ, typed, shown string }{
		{"money 1..999999999", "999999999", "KES 999,999,999"},
		{"text 60", "Kituo cha afya cha mtaa wa Kariobangi Kusini", "Kituo cha afya cha mtaa wa Kariobangi Kusini"},
		{"text 40", strings.Repeat("x", 40), strings.Repeat("x", 40)},
		{"phone", "0712345678", "0712345678"},
	}
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.SampledFrom(values).Draw(t, "value")
		words := rapid.StringMatching(`([a-z]{1,12} ){0,40}[(]?`)
		text := engine.Text{{Lit: words.Draw(t, "before")}, {Ref: engine.Ref{Name: "v"}}, {Lit: rapid.StringMatching(`[).]? ([a-z]{1,12} ){0,40}`).Draw(t, "behind")}}
		on := 0
		pages := pagesOf(t, asks(t, v.typ, text), v.typed)
		for _, page := range pages {
			on += strings.Count(page, v.shown)
		}
		if on != 1 {
			t.Fatalf("%q is whole on %d pages:\n%s", v.shown, on, strings.Join(pages, "\n---\n"))
		}
	})
}

// A value that fills more than a page is divided between its words.
func TestValueLongerThanAPage(t *testing.T) {
	typed := strings.TrimSpace(strings.Repeat("Kariobangi ", 14))
	pages := pagesOf(t, asks(t, "text 160", engine.Text{{Lit: "You live at "}, {Ref: engine.Ref{Name: "v"}}, {Lit: ", we think."}}), typed)
	if got := strings.Count(strings.Join(pages, "\n"), "Kariobangi"); got != 14 {
		t.Errorf("%d of 14 words are whole:\n%s", got, strings.Join(pages, "\n---\n"))
	}
}

// A value is shown in its own letters where the screen is in such letters anyhow, or
// where the GSM alphabet would lose them and the screen has room.
func TestValuesInTheirOwnLetters(t *testing.T) {
	long := strings.Repeat("abcdefghi ", 8)
	tests := []struct{ before, typed, want string }{
		{"ሰላም ", "ሣራ", "ሰላም ሣራ"},
		{"Hello ", "ሣራ", "Hello ሣራ"},
		{"Hello ", "Ọlá’s", "Hello Ola's"},
		{"ሰላም ", "Ọlá’s", "ሰላም Ọlá’s"},
		{"Hello ", "Sara", "Hello Sara"},
		{long, "ሣራ", long + "??"},
		{"Hello ", "Сара Ким", "Hello Сара Ким"},
		{"Hello ", "سارة", "Hello سارة"},
		{"Hello ", "ሣ\u202eራ", "Hello ሣራ"},
	}
	for _, test := range tests {
		p := asks(t, "text 20", engine.Text{{Lit: test.before}, {Ref: engine.Ref{Name: "v"}}})
		got := strings.TrimSuffix(pagesOf(t, p, test.typed)[0], "\n0:Back")
		if got != strings.TrimSpace(test.want) {
			t.Errorf("%q behind %q: %q, want %q", test.typed, test.before, got, test.want)
		}
	}
}

// Whatever the letters are, a screen with values keeps its limit and its pages.
func TestLettersMakeNoPages(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		typed := rapid.StringOfN(rapid.SampledFrom([]rune("ሣራab ọ漢😀")), 1, 30, -1).Draw(t, "typed")
		n := rapid.IntRange(0, 150).Draw(t, "n")
		text := engine.Text{{Lit: strings.Repeat("word ", n/5)}, {Ref: engine.Ref{Name: "v"}}}
		of, _ := engine.ParseType("text 30")
		if strings.TrimSpace(gsm7.Transliterate(strings.TrimSpace(typed))) == "" || gsm7.Cut(gsm7.Transliterate(strings.TrimSpace(typed)), of.Width) != gsm7.Transliterate(strings.TrimSpace(typed)) {
			t.Skip("no answer")
		}
		pages := pagesOf(t, asks(t, "text 30", text), typed)
		plain := fmt.Sprint(strings.Repeat("word ", n/5), gsm7.Transliterate(strings.TrimSpace(typed)), "\n0:Back")
		if gsm7.Fits(plain, 160, 70) && len(pages) > 1 {
			t.Fatalf("%d pages, and the alphabet needs one:\n%s", len(pages), strings.Join(pages, "\n---\n"))
		}
	})
}
