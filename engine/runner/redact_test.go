package runner

import (
	"slices"
	"testing"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/internal/fuzz"
)

// Of an answer only the number of an option is stored, even if a PIN is typed on
// the wrong screen.
func TestRedact(t *testing.T) {
	ask := func(kind engine.Kind) *engine.Program {
		say := []engine.Say{{Words: engine.Localized{{{Lit: "x"}}}}}
		p, err := engine.New(engine.Definition{
			Name: "ask", Codes: []engine.Code{{Dial: "*1#", Start: "menu"}},
			Vars: []engine.Var{{Name: "v", Type: engine.Type{Kind: kind}}},
			Screens: []engine.Screen{
				{Name: "ask", Kind: engine.ScreenAsk, Say: say, Ask: &engine.Ask{Var: "v", Go: "menu"}},
				{Name: "menu", Kind: engine.ScreenMenu, Say: say},
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	for _, c := range []struct {
		kind             engine.Kind
		screen, in, want string
	}{
		{engine.KindSecret, "ask", "4711", "(secret)"},
		{engine.KindSecret, "ask", "1", "(secret)"},
		{engine.KindPhone, "ask", "0711000111", "(phone number)"},
		{engine.KindText, "ask", "Amina", "(text)"},
		{engine.KindMoney, "ask", "1500", "(amount)"},
		{engine.KindNumber, "ask", "12", "(number)"},
		{engine.KindDate, "ask", "1.2.1990", "(date)"},
		{engine.KindChoice, "ask", "2", "2"},
		{engine.KindChoice, "ask", "4711", "(no option)"},
		{engine.KindText, "menu", "1", "1"},
		{engine.KindText, "menu", "00", "00"},
		{engine.KindText, "menu", "4711", "(no option)"},
		{engine.KindText, "gone", "1", ""},
	} {
		if got := redact(ask(c.kind), &engine.Session{Screen: c.screen}, c.in); got != c.want {
			t.Errorf("%q at %s of kind %d: %q, want %q", c.in, c.screen, c.kind, got, c.want)
		}
	}
	for kind := engine.KindNone; kind <= engine.KindList; kind++ {
		if kind != engine.KindChoice && redact(ask(kind), &engine.Session{Screen: "ask"}, "x") == "" {
			t.Errorf("kind %d has no word", kind)
		}
	}
}

// FuzzCutInputs cuts a text by whatever lengths a record may have. Lengths that
// fit give the text back.
func FuzzCutInputs(tf *testing.F) {
	f := fuzz.New(tf)
	f.Add("1*2*3", 1, 1)
	f.Add("1**", 1, -1)
	f.Add("", 0, 9223372036854775807)
	f.Fuzz(func(t *testing.T, text string, a, b int) {
		inputs, err := cutInputs(text, []int{a, b})
		if err != nil {
			return
		}
		if got := []int{len(inputs[0]), len(inputs[1])}; !slices.Equal(got, []int{a, b}) {
			t.Fatalf("%q was cut to %v, want %d and %d bytes", text, got, a, b)
		}
		if whole := inputs[0] + "*" + inputs[1]; text != whole && text[:len(whole)+1] != whole+"*" {
			t.Fatalf("%q was cut to %q", text, inputs)
		}
	})
}
