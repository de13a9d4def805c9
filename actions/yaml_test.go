package actions_test

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/paytrace/paytrace/actions"
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu"
	"github.com/paytrace/paytrace/store"
)

// A product team's own action: types and outcomes as Go structs, nothing else.
type priceIn struct {
	Crop  string       `menu:"crop,text 10"`
	Price engine.Money `menu:"price,money 1..5000"`
}

type priceOut struct {
	Noted *struct {
		Ref string `menu:"ref,text 8"`
	}
	TooHigh *struct {
		Most engine.Money `menu:"most,money 1..5000"`
	}
}

// dialling serves a menu and dials it: what is typed, and what has to be shown.
func dialling(t *testing.T, b *bench, source string) (r *engine.Runner, say func(text, want string)) {
	t.Helper()
	p, found := menu.Load(fstest.MapFS{"menu.yaml": {Data: []byte(source)}}, "menu.yaml", "", b.Contracts(), menu.Options{})
	if p == nil {
		t.Fatal(found)
	}
	r = runnerOf(t, b, p)
	return r, func(text, want string) {
		t.Helper()
		if got := r.Handle(t.Context(), callback("s", text)); got.Text != want || got.Fault != nil {
			t.Errorf("text %q: got %q (%v), want %q", text, got.Text, got.Fault, want)
		}
	}
}

func notePrice(_ context.Context, _ actions.Call, in priceIn) (actions.Work[priceOut], error) {
	return func(context.Context, store.Tx) (priceOut, error) {
		var out priceOut
		if in.Price > 100_00 {
			out.TooHigh = &struct {
				Most engine.Money `menu:"most,money 1..5000"`
			}{100_00}
			return out, nil
		}
		out.Noted = &struct {
			Ref string `menu:"ref,text 8"`
		}{"R-" + strings.ToUpper(in.Crop)}
		return out, nil
	}, nil
}

const priceMenu = `
ussd: 1
service: Prices
dial: "*384*2#"
start: crop_ask
vars:
  crop: {type: text 10}
  price: {type: money 1..5000}
screens:
  crop_ask:
    say: Which crop?
    ask: crop -> price_ask
  price_ask:
    say: Price of {crop}?
    ask: price -> note_price(crop, price)
    when: {noted: noted, too_high: retry Too high.}
  noted: {end: "{crop} at {price}. Ref {ref}."}
`

// A new action and a menu that uses it need no change of the engine: its
// contract comes from its types, the checker knows it, and the phone shows what
// it gives.
func TestNewActionInANewMenu(t *testing.T) {
	b := newBench(t)
	err := actions.Register(b.Table, actions.Spec{Name: "note_price", About: "Notes what a crop costs.", Takes: time.Second}, notePrice)
	if err != nil {
		t.Fatal(err)
	}
	load := func(text string) (*engine.Program, menu.Findings) {
		return menu.Load(fstest.MapFS{"prices.yaml": {Data: []byte(text)}}, "prices.yaml", "", b.Table.Contracts(), menu.Options{})
	}
	p, found := load(priceMenu)
	if p == nil {
		t.Fatal(found)
	}
	r := runnerOf(t, b, p)
	say := func(text string) string {
		return r.Handle(t.Context(), engine.Request{Provider: "t", Session: "s", Caller: "254711000111", Service: "*384*2#", Text: text}).Text
	}
	for _, step := range []struct{ text, want string }{
		{"", "Which crop?"},
		{"maize", "Price of maize?"},
		{"maize*400", "Too high.\nPrice of maize?"},
		{"maize*400*65", "maize at KES 65. Ref R-MAIZE."},
	} {
		if got := say(step.text); got != step.want {
			t.Errorf("text %q: got %q, want %q", step.text, got, step.want)
		}
	}
	for code, change := range map[string][2]string{
		"U201": {"note_price(", "not_price("},
		"U202": {"(crop, price)", "(crop)"},
		"U203": {"(crop, price)", "(price, crop)"},
		"U111": {"noted: noted, ", ""},
		"U112": {"too_high: retry", "too_hihg: retry"},
	} {
		_, found := load(strings.Replace(priceMenu, change[0], change[1], 1))
		has := false
		for _, f := range found {
			has = has || f.Code == code
		}
		if !has {
			t.Errorf("%s was not found: %v", code, found)
		}
	}
}
