package payments_test

import (
	"io/fs"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu"
	"github.com/paytrace/paytrace/internal/service"
	"github.com/paytrace/paytrace/menus"
)

// randomCalls is how many calls are made on the wallet's menu.
const randomCalls = 5_000

// walletProgram compiles the shipped wallet with words replaced, also if it then has
// errors.
func walletProgram(t *testing.T, contracts []engine.Contract, old, new string) *engine.Program {
	t.Helper()
	files := fstest.MapFS{}
	for _, name := range []string{"wallet.yaml", "wallet.sw.yaml"} {
		text, err := fs.ReadFile(menus.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		if name == "wallet.yaml" && old != "" && !strings.Contains(string(text), old) {
			t.Fatalf("the wallet has no %q", old)
		}
		files[name] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(string(text), old, new))}
	}
	b := menu.BuildDraft(files, "wallet.yaml", "menus", contracts, menu.Options{})
	if b.Program == nil {
		t.Fatal(b.Diagnostics)
	}
	return b.Program
}

// Random calls on the wallet: no action that moves money runs without a Yes to a screen
// that was seen. Without the screen, the calls find it out.
func TestNoPaymentWithoutASeenConfirm(t *testing.T) {
	contracts, err := service.Program{}.Contracts()
	if err != nil {
		t.Fatal(err)
	}
	contracts = append(contracts, newPhone(t).table.Contracts()...)
	paid, unseen := walkPayments(t, walletProgram(t, contracts, "", ""), contracts)
	t.Logf("%d calls, %d payments", randomCalls, paid)
	if unseen > 0 || paid < randomCalls/100 {
		t.Errorf("%d payments, %d without a confirm that was seen", paid, unseen)
	}
	for _, old := range []string{"quoted: withdraw_confirm", "again: withdraw_again"} {
		outcome, _, _ := strings.Cut(old, ": ")
		if _, unseen := walkPayments(t, walletProgram(t, contracts, old, outcome+": withdraw_pin"), contracts); unseen == 0 {
			t.Errorf("without %q, no payment without a confirm was found; the calls prove nothing", old)
		}
	}
}

// walkPayments makes random calls. It counts the actions that move money, and those of
// them without a Yes on a confirm screen since the last one.
func walkPayments(t *testing.T, p *engine.Program, contracts []engine.Contract) (paid, unseen int) {
	t.Helper()
	moves, outcomes := map[string]bool{}, map[string]engine.Contract{}
	for _, c := range contracts {
		moves[c.Name], outcomes[c.Name] = c.Money, c
	}
	for n := range uint64(randomCalls) {
		r := rand.New(rand.NewPCG(18, n))
		s := p.Begin(engine.Request{Caller: "254711000111", Network: "63902"}, 20000)
		ev := engine.Event{Kind: engine.EventDial, Start: p.StartFor("*384*8482#")}
		seen := false
		for range 40 {
			if screen, ok := p.Screen(s.Screen); ok && ev.Kind == engine.EventInput {
				seen = seen || screen.Kind == engine.ScreenConfirm && ev.Input == "1"
			}
			next, eff, err := p.Step(s, ev)
			if err != nil {
				t.Fatal(err)
			}
			s = next
			if eff.End {
				break
			}
			ev = engine.Event{Kind: engine.EventInput, Input: []string{"1", "1", "2", "3", "5", "0", "500", "500", "7294", "7294"}[r.IntN(10)]}
			if eff.Call == nil {
				continue
			}
			if moves[eff.Call.Action] {
				paid++
				if !seen {
					unseen++
				}
			}
			ev = engine.Event{Kind: engine.EventOutcome, Outcome: ending(r, eff.Call, outcomes)}
			// One Yes holds for one payment. The other outcomes have paid nothing.
			if moves[eff.Call.Action] && ev.Outcome.Name == outcomes[eff.Call.Action].Outcomes[0].Name {
				seen = false
			}
		}
	}
	return paid, unseen
}

// ending is one of an action's outcomes, mostly the first one.
func ending(r *rand.Rand, call *engine.Call, contracts map[string]engine.Contract) engine.Outcome {
	if call.Action == engine.CallFacts {
		return engine.Outcome{Name: engine.Done, Values: []engine.Named{
			{Name: "worker", Value: engine.RecordValue([]engine.Named{{Name: "id", Value: engine.TextValue("NW-00C0FFEE")}, {Name: "phone", Value: engine.PhoneValue("254711000111")}})},
			{Name: "lang", Value: engine.TextValue("en")},
		}}
	}
	c, ok := contracts[call.Action]
	if !ok {
		return engine.Outcome{Name: engine.Done}
	}
	o := c.Outcomes[0]
	if r.IntN(3) == 0 {
		o = c.Outcomes[r.IntN(len(c.Outcomes))]
	}
	out := engine.Outcome{Name: o.Name}
	for _, g := range o.Gives {
		switch g.Type.Kind {
		case engine.KindMoney:
			out.Values = append(out.Values, engine.Named{Name: g.Name, Value: engine.MoneyValue(20_00)})
		case engine.KindText:
			out.Values = append(out.Values, engine.Named{Name: g.Name, Value: engine.TextValue("NW-1")})
		default:
			return engine.Outcome{Name: engine.Failed}
		}
	}
	return out
}
