package engine_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/enginetest"
	"github.com/paytrace/paytrace/engine/gsm7"
)

// asks is a menu that asks for a value and shows it in a text that may be divided.
func asks(t stopper, typ string, text engine.Text) *engine.Program {
	return asksAnd(t, typ, engine.ScreenShow, text)
}

// asksAnd is a menu that asks for a value and shows it on a screen of a kind.
func asksAnd(t stopper, typ string, kind engine.ScreenKind, text engine.Text) *engine.Program {
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
			{Name: "shown", Kind: kind, Say: []engine.Say{{Words: engine.Localized{text}}}},
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

// pagesOf returns the pages on which an answer is shown. With a slip, a wrong key is
// typed on the first of them.
func pagesOf(t stopper, p *engine.Program, typed string, slip bool) []string {
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
		if s = next; slip {
			slip = false
			if s, eff, err = p.Step(s, engine.Event{Kind: engine.EventInput, Input: "no key"}); err != nil {
				t.Fatal(err)
			}
		}
		pages = append(pages, eff.Text)
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
		pages := pagesOf(t, asks(t, v.typ, text), v.typed, false)
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
	pages := pagesOf(t, asks(t, "text 160", engine.Text{{Lit: "You live at "}, {Ref: engine.Ref{Name: "v"}}, {Lit: ", we think."}}), typed, false)
	if got := strings.Count(strings.Join(pages, "\n"), "Kariobangi"); got != 14 {
		t.Errorf("%d of 14 words are whole:\n%s", got, strings.Join(pages, "\n---\n"))
	}
}

// A value is shown in its own letters where the screen is in such letters anyhow, or
// where the GSM alphabet would lose them and the screen has room.
func TestValuesInTheirOwnLetters(t *testing.T) {
	tests := []struct{ before, typed, want string }{
		{"ሰላም ", "ሣራ", "ሰላም ሣራ"},
		{"Hello ", "ሣራ", "Hello ሣራ"},
		{"Hello ", "Ọlá’s", "Hello Ola's"},
		{"ሰላም ", "Ọlá’s", "ሰላም Ọlá’s"},
		{"Hello ", "Sara", "Hello Sara"},
		{"Hello ", "Сара Ким", "Hello Сара Ким"},
		{"Hello ", "سارة", "Hello سارة"},
		{"Hello ", "ሣ\u202eራ", "Hello ሣራ"},
	}
	for _, test := range tests {
		p := asks(t, "text 20", engine.Text{{Lit: test.before}, {Ref: engine.Ref{Name: "v"}}})
		got := strings.TrimSuffix(pagesOf(t, p, test.typed, false)[0], "\n0:Back")
		if got != strings.TrimSpace(test.want) {
			t.Errorf("%q behind %q: %q, want %q", test.typed, test.before, got, test.want)
		}
	}
}

// A screen that can't be divided keeps its limit: where the letters have no room, those
// of the alphabet stand in their place.
func TestLettersOnOneScreen(t *testing.T) {
	for n, want := range map[int]string{6: "ሣራ", 8: "??"} {
		before := strings.Repeat("abcdefghi ", n)
		p := asksAnd(t, "text 20", engine.ScreenEnd, engine.Text{{Lit: before}, {Ref: engine.Ref{Name: "v"}}})
		if got := pagesOf(t, p, "ሣራ", false); got[0] != before+want {
			t.Errorf("behind %d characters: %q, want %q", len(before), got[0], want)
		}
	}
}

// A screen that is divided into pages has room for every letter: none becomes a question
// mark, and with or without a notice it is the same text.
func TestLettersOnPages(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		typed := strings.TrimSpace(rapid.StringOfN(rapid.SampledFrom([]rune("ሣራab ọ漢س")), 1, 30, -1).Draw(t, "typed"))
		if typed == "" {
			t.Skip("no answer")
		}
		n := rapid.IntRange(0, 30).Draw(t, "n")
		text := engine.Text{{Lit: strings.Repeat("word ", n)}, {Ref: engine.Ref{Name: "v"}}, {Lit: strings.Repeat(" more", rapid.IntRange(0, 30).Draw(t, "m"))}}
		p := asks(t, "text 30", text)
		want := strings.Join(strings.Fields(strings.Repeat("word ", n)+typed+text[2].Lit), " ")
		if plain := gsm7.Transliterate(typed); !strings.Contains(plain, "?") {
			want = strings.ReplaceAll(want, typed, plain)
		}
		for _, slip := range []bool{false, true} {
			pages := pagesOf(t, p, typed, slip)
			var read []string
			for _, page := range pages {
				page = strings.TrimPrefix(page, "Invalid option. Try again.")
				read = append(read, strings.Fields(page[:strings.LastIndexByte(page, '\n')])...)
			}
			if got := strings.Join(read, " "); got != want {
				t.Fatalf("a slip %v: the pages read\n%q, want\n%q", slip, got, want)
			}
		}
	})
}
