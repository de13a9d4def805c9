package engine_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/enginetest"
	"github.com/paytrace/paytrace/engine/gsm7"
)

// Whatever the menu, the values and the inputs, no screen exceeds its limit, the
// navigation line is never cut, and no input ends in an error.
func TestNoScreenIsTooLong(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		def := enginetest.AnyMenu(t)
		limits := def.Limits
		p, err := engine.New(def)
		if err != nil {
			t.Fatal(err)
		}
		s := p.Begin(engine.Request{Caller: "254711000111"}, 0)
		s, eff, err := p.Step(s, engine.Event{Kind: engine.EventDial, Start: "fetch"})
		if err == nil {
			s, eff, err = p.Step(s, engine.Event{Kind: engine.EventOutcome, Outcome: enginetest.Fetched(t)})
		}
		keys := rapid.SampledFrom([]string{"1", "2", "3", "7", "12", "0", "00", "98", "", "hello", "*"})
		for i := 0; ; i++ {
			if err != nil {
				t.Fatal(err)
			}
			if !gsm7.Fits(eff.Text, limits.Septets, limits.Units) {
				t.Fatalf("screen %q is longer than %+v: %+v\n%s", s.Screen, limits, gsm7.Measure(eff.Text), eff.Text)
			}
			if again, _ := p.Show(&s); again != eff.Text {
				t.Fatalf("shown again it differs:\n%q\n%q", eff.Text, again)
			}
			if s.Offset > 0 && !strings.Contains(lastLine(eff.Text), "0:Back") {
				t.Fatalf("a later page without Back:\n%s", eff.Text)
			}
			if i == 25 {
				return
			}
			s, eff, err = p.Step(s, engine.Event{Kind: engine.EventInput, Input: keys.Draw(t, "key")})
		}
	})
}

func lastLine(s string) string { return s[strings.LastIndexByte(s, '\n')+1:] }

// Every option of a long menu is on exactly one page, and can be chosen on each of
// them, also below the notice of a wrong answer.
func TestPagesShowEveryOptionOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 40).Draw(t, "options")
		def := engine.Definition{
			Name: "long", Codes: []engine.Code{{Dial: "*1#", Start: "menu"}},
			Nav: engine.Nav{Back: engine.NavKey{Key: "0", Label: enginetest.Words("Back")}, More: engine.NavKey{Key: "98", Label: enginetest.Words("More")}},
		}
		menu := engine.Screen{Name: "menu", Kind: engine.ScreenMenu, Numbered: true, Say: []engine.Say{{Words: enginetest.Words(enginetest.AnyText(200).Draw(t, "say"))}}}
		for i := range n {
			label := rapid.StringMatching(`[a-z ]{1,30}`).Draw(t, "label")
			menu.Options = append(menu.Options, engine.Option{Label: enginetest.Words(label), Go: fmt.Sprint("end", i+1)})
			def.Screens = append(def.Screens, engine.Screen{Name: fmt.Sprint("end", i+1), Kind: engine.ScreenShow, Say: []engine.Say{{Words: enginetest.Words("end")}}})
		}
		def.Screens = append(def.Screens, menu)
		p, err := engine.New(def)
		if err != nil {
			t.Fatal(err)
		}
		s, eff, err := p.Step(p.Begin(engine.Request{Caller: "254711000111"}, 0), engine.Event{Kind: engine.EventDial, Start: "menu"})
		if err != nil {
			t.Fatal(err)
		}
		found := map[int]int{}
		for page := 0; page < 200; page++ {
			wrong, _, err := p.Step(s, engine.Event{Kind: engine.EventInput, Input: "777"})
			if err != nil {
				t.Fatal(err)
			}
			for i := 1; i <= n; i++ {
				if strings.Contains("\n"+eff.Text, fmt.Sprintf("\n%d. ", i)) {
					found[i]++
				}
				for _, from := range []engine.Session{s, wrong} {
					after, _, err := p.Step(from, engine.Event{Kind: engine.EventInput, Input: fmt.Sprint(i)})
					if err != nil {
						t.Fatal(err)
					}
					if after.Screen != fmt.Sprint("end", i) {
						t.Fatalf("option %d leads to %s from page %d:\n%s", i, after.Screen, page, eff.Text)
					}
				}
			}
			if !strings.Contains(lastLine(eff.Text), "98:More") {
				break
			}
			if s, eff, err = p.Step(s, engine.Event{Kind: engine.EventInput, Input: "98"}); err != nil {
				t.Fatal(err)
			}
		}
		for i := 1; i <= n; i++ {
			if found[i] != 1 {
				t.Fatalf("option %d of %d is on %d pages", i, n, found[i])
			}
		}
	})
}

func TestBackRestoresTheScreenBefore(t *testing.T) {
	p, err := engine.New(chain(10))
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		s, eff, err := p.Step(p.Begin(engine.Request{Caller: "254711000111"}, 0), engine.Event{Kind: engine.EventDial, Start: "s0"})
		if err != nil {
			t.Fatal(err)
		}
		shown := []string{eff.Text}
		for range rapid.IntRange(1, engine.MaxUndo).Draw(t, "steps") {
			key := rapid.SampledFrom([]string{"1", "2", "3", "00"}).Draw(t, "key")
			before := s.Screen
			if s, eff, err = p.Step(s, engine.Event{Kind: engine.EventInput, Input: key}); err != nil {
				t.Fatal(err)
			}
			if s.Screen != before {
				shown = append(shown, eff.Text)
			}
		}
		for i := len(shown) - 2; i >= 0; i-- {
			if s, eff, err = p.Step(s, engine.Event{Kind: engine.EventInput, Input: "0"}); err != nil {
				t.Fatal(err)
			}
			if eff.Text != shown[i] {
				t.Fatalf("back to step %d\ngot  %q\nwant %q", i, eff.Text, shown[i])
			}
		}
	})
}

func TestSecretsAreNeverStored(t *testing.T) {
	if _, err := json.Marshal(engine.RecordValue([]engine.Named{{Name: "pin", Value: engine.SecretValue("4321")}})); err == nil {
		t.Error("a secret inside a record was stored")
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d", "%q", "%x"} {
		if out := fmt.Sprintf(verb, engine.SecretValue("4321")); strings.Contains(out, "4321") {
			t.Errorf("%s prints %q", verb, out)
		}
	}
}
