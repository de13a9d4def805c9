package actions_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/paytrace/paytrace/actions"
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/memory"
)

func text(s string) engine.Text { return engine.Text{{Lit: s}} }

func placeholder(name string) engine.Text { return engine.Text{{Ref: engine.Ref{Name: name}}} }

func say(texts ...engine.Text) []engine.Say {
	var all engine.Text
	for _, t := range texts {
		all = append(all, t...)
	}
	return []engine.Say{{Words: engine.Localized{all}}}
}

// menuOf makes a menu of one question, one action and one end screen for each
// outcome, which shows the outcome's value named show.
func menuOf(contract engine.Contract, show string) engine.Definition {
	param := contract.Params[0]
	def := engine.Definition{
		Name: "test", Service: "Test",
		Codes:     []engine.Code{{Dial: "*384*1#", Start: "ask"}},
		Vars:      []engine.Var{{Name: param.Name, Type: param.Type}},
		Contracts: []engine.Contract{contract},
		Screens: []engine.Screen{
			{Name: "ask", Kind: engine.ScreenAsk, Say: say(text("?")), Ask: &engine.Ask{Var: param.Name, Go: "do", Retries: 3}},
		},
	}
	do := &engine.Do{Action: contract.Name, Args: []engine.Arg{{Ref: engine.Ref{Name: param.Name}}}}
	for _, o := range contract.Outcomes {
		words := say(text(o.Name))
		for _, g := range o.Gives {
			if g.Name == show {
				words = say(text(o.Name+" "), placeholder(show))
				if len(def.Vars) == 1 {
					def.Vars = append(def.Vars, engine.Var{Name: g.Name, Type: g.Type})
				}
			}
		}
		end := "end_" + o.Name
		do.Outcomes = append(do.Outcomes, engine.OutcomeCase{Outcome: o.Name, Go: end})
		def.Screens = append(def.Screens, engine.Screen{Name: end, Kind: engine.ScreenEnd, Say: words})
	}
	def.Screens = append(def.Screens, engine.Screen{Name: "do", Kind: engine.ScreenDo, Do: do})
	return def
}

func runnerFor(t *testing.T, b *bench, def engine.Definition) *runner.Runner {
	t.Helper()
	p, err := engine.New(def)
	if err != nil {
		t.Fatal(err)
	}
	return runnerOf(t, b, p)
}

func runnerOf(t *testing.T, b *bench, p *engine.Program) *runner.Runner {
	t.Helper()
	catalog, err := runner.NewCatalog(p)
	if err != nil {
		t.Fatal(err)
	}
	return &runner.Runner{
		Sessions: memory.NewSessions(b.clock.Now), Programs: catalog, Actions: b.Table,
		Identity: runner.NewIdentity(make([]byte, runner.KeySize)), TTL: runner.DefaultTTL, Now: b.clock.Now,
	}
}

func callback(session, typed string) engine.Request {
	return engine.Request{Provider: "test", Session: session, Caller: amina, Service: "*384*1#", Text: typed}
}

func loadMenu(b *bench, source string) (*engine.Program, diag.List) {
	return menu.Load(fstest.MapFS{"menu.yaml": {Data: []byte(source)}}, "menu.yaml", "", b.Contracts(), menu.Options{})
}

// dialling serves a menu. say sends a callback with text and checks the screen.
func dialling(t *testing.T, b *bench, source string) (r *runner.Runner, say func(text, want string)) {
	t.Helper()
	p, found := loadMenu(b, source)
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

// priceIn is the parameters of a product team's own action.
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
dial: "*384*1#"
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

// A new action and a menu that uses it need no change in the engine: the contract
// comes from the Go types, the checker knows it, and the phone shows its values.
func TestNewActionInAMenu(t *testing.T) {
	b := newBench(t)
	err := actions.Register(b.Table, actions.Spec{Name: "note_price", About: "Notes what a crop costs.", Takes: time.Second}, notePrice)
	if err != nil {
		t.Fatal(err)
	}
	_, say := dialling(t, b, priceMenu)
	say("", "Which crop?")
	say("maize", "Price of maize?")
	say("maize*400", "Too high.\nPrice of maize?")
	say("maize*400*65", "maize at KES 65. Ref R-MAIZE.")
	for code, change := range map[string][2]string{
		"U201": {"note_price(", "not_price("},
		"U202": {"(crop, price)", "(crop)"},
		"U203": {"(crop, price)", "(price, crop)"},
		"U111": {"noted: noted, ", ""},
		"U112": {"too_high: retry", "too_hihg: retry"},
	} {
		_, found := loadMenu(b, strings.Replace(priceMenu, change[0], change[1], 1))
		has := false
		for _, f := range found {
			has = has || f.Code == code
		}
		if !has {
			t.Errorf("%s was not found: %v", code, found)
		}
	}
}

// A registration through the runner makes one worker and gives the same bytes
// however often the last callback comes, with and without the session's record.
func TestRegistrationThroughTheRunner(t *testing.T) {
	b := withAccounts(t, newBench(t), nil)
	at := slices.IndexFunc(b.Contracts(), func(c engine.Contract) bool { return c.Name == "create_account" })
	def := menuOf(b.Contracts()[at], "worker_id")
	r := runnerFor(t, b, def)
	r.Handle(context.Background(), callback("s", ""))
	first := r.Handle(context.Background(), callback("s", amina))
	if want := "created " + b.worker(t, amina).WorkerID; first.Text != want || !first.End {
		t.Fatalf("%+v, want %q", first, want)
	}
	for i := range 3 {
		if i == 2 {
			r = runnerFor(t, b, def) // the sessions are lost
		}
		if again := r.Handle(context.Background(), callback("s", amina)); again.Text != first.Text {
			t.Errorf("repeat %d: %q, want %q", i, again.Text, first.Text)
		}
	}
	if n := len(b.messages(t)); n != 1 {
		t.Errorf("%d messages, want 1", n)
	}
	r.Handle(context.Background(), callback("other", ""))
	if reply := r.Handle(context.Background(), callback("other", amina)); !strings.HasPrefix(reply.Text, "exists NW-") {
		t.Errorf("another session: %q", reply.Text)
	}
}

func BenchmarkCreateAccount(b *testing.B) {
	bench := withAccounts(b, newBench(b), nil)
	i := 0
	for b.Loop() {
		i++
		phone := fmt.Sprint(254700000000 + i)
		bench.must(b, call(fmt.Sprint("id", i), "create_account", phone, phone))
	}
}

func BenchmarkRepeat(b *testing.B) {
	bench := withAccounts(b, newBench(b), nil)
	for b.Loop() {
		bench.must(b, call("id", "create_account", amina, amina))
	}
}
