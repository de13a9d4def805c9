package menu

import (
	"testing"
	"testing/fstest"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/check"
	"github.com/paytrace/paytrace/engine/menu/compile"
)

// The country of a menu goes before its gateway's: numbers are typed, shown and
// exemplified as people there write them, and the checker counts them so.
func TestCountryOfAMenu(t *testing.T) {
	const source = `ussd: 1
service: Thuthuka
dial: "*120*1#"
start: main
session: {gateway: africastalking-ke, country: ZA}
vars: {phone: phone}
screens:
  main:
    say: Whose number?
    ask: phone -> bye
  bye:
    end: "{phone} of {caller}"
`
	f, found := check.Diagnose(fstest.MapFS{"m.yaml": {Data: []byte(source)}}, "m.yaml", "", nil)
	if found.Bad() {
		t.Fatal(found)
	}
	p, err := compile.Compile(f, nil, compile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for typed, want := range map[string]string{
		"0821234567":      "0821234567 of 0711234567",
		"82 123 4567":     "0821234567 of 0711234567",
		"+27 82 123 4567": "0821234567 of 0711234567",
		"0027821234567":   "0821234567 of 0711234567",
		"+254712345678":   "Write a phone number like 0711234567.\nWhose number?",
		"0712345678901":   "Write a phone number like 0711234567.\nWhose number?",
	} {
		s := p.Begin(engine.Request{Caller: "27711234567"}, 0)
		s, _, err := p.Step(s, engine.Event{Kind: engine.EventDial, Start: "main"})
		if err != nil {
			t.Fatal(err)
		}
		if _, eff, err := p.Step(s, engine.Event{Kind: engine.EventInput, Input: typed}); err != nil || eff.Text != want {
			t.Errorf("%s: %q, %v, want %q", typed, eff.Text, err, want)
		}
	}
}
