package menu

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/gsm7"
	"github.com/paytrace/paytrace/engine/menu/check"
	"github.com/paytrace/paytrace/engine/menu/compile"
	"github.com/paytrace/paytrace/engine/menu/menutest"
)

// runCodes lists the diagnostics that foretell what a call would run into.
var runCodes = map[string]bool{"U104": true, "U205": true, "U301": true}

// verdict returns what the checks say of a menu: fine, or a fault that a call would
// meet, or something else.
func verdict(found diag.List) string {
	faults := ""
	for _, f := range found {
		switch {
		case runCodes[f.Code]:
			faults = f.Code
		case f.Severity == diag.Error && !judged[f.Code]:
			return "other"
		}
	}
	if faults != "" {
		return faults
	}
	return "fine"
}

// judged are errors that say nothing about whether a call runs.
var judged = map[string]bool{"U103": true, "U105": true, "U601": true, "U602": true, "U605": true}

// Menus that the checks let pass run: no call meets a value that is not set, a
// screen that is too long, or steps without end. Menus that they refuse for
// such a fault show that these calls would find it.
func TestWhatIsProvedHolds(t *testing.T) {
	const menus = 600
	counts, met := map[string]int{}, 0
	for seed := range uint64(menus) {
		m := &menutest.RandomMenu{Rand: rand.New(rand.NewPCG(seed, 1)), N: 4 + int(seed%6)}
		text := m.Write()
		fsys := fstest.MapFS{"random.yaml": {Data: []byte(text)}}
		f, found := check.Diagnose(fsys, "random.yaml", "", menutest.Contracts)
		v := verdict(found)
		counts[v]++
		if v == "other" {
			t.Fatalf("seed %d: a diagnostic that was not foreseen:\n%s", seed, menutest.Printed(t, f.Source, found))
		}
		p, err := compile.Compile(f, menutest.Contracts, compile.Options{})
		if err != nil {
			t.Fatalf("seed %d: %v\n%s\n%s", seed, err, text, menutest.Printed(t, f.Source, found))
		}
		fault := ""
		for call := range uint64(20) {
			if fault = walkCall(p, rand.New(rand.NewPCG(seed, call))); fault != "" {
				break
			}
		}
		switch {
		case v == "fine" && fault != "":
			t.Fatalf("seed %d: %s\n%s", seed, fault, text)
		case v != "fine" && fault != "":
			met++
		}
	}
	t.Logf("menus %v; faults that calls met %d", counts, met)
	if counts["fine"] < menus/20 || met < menus/20 {
		t.Errorf("too few menus of a kind to mean anything: %v, faults met %d", counts, met)
	}
}

var typedAnswers = []string{"1", "2", "3", "0", "00", "98", "9", "1234", "200", "400", "0712345678", "Kisumu"}

// walkCall makes one call with random answers and outcomes; it is the fault
// that the call met, or "".
func walkCall(p *engine.Program, r *rand.Rand) string {
	s := p.Begin(engine.Request{Caller: "254711000111", Network: "63902"}, 20000)
	ev := engine.Event{Kind: engine.EventDial, Start: p.StartFor("*384#")}
	path := ""
	for range 60 {
		next, eff, err := p.Step(s, ev)
		if err != nil {
			return fmt.Sprintf("%s: %v", path, err)
		}
		s = next
		if eff.Call != nil {
			ev = engine.Event{Kind: engine.EventOutcome, Outcome: randomOutcome(r, eff.Call)}
			path += " " + eff.Call.Action + "=" + ev.Outcome.Name
			continue
		}
		if strings.Contains(eff.Text, "[]") {
			return fmt.Sprintf("%s: a value is not set: %q", path, eff.Text)
		}
		if !gsm7.Fits(eff.Text, 160, 70) || onePage(p, &s) && !strings.Contains(eff.Text, "$") {
			return fmt.Sprintf("%s: too long: %q", path, eff.Text)
		}
		if eff.End {
			return ""
		}
		ev = engine.Event{Kind: engine.EventInput, Input: typedAnswers[r.IntN(len(typedAnswers))]}
		path += " " + ev.Input
	}
	return ""
}

// onePage reports a screen of the menu that may not be divided.
func onePage(p *engine.Program, s *engine.Session) bool {
	screen, ok := p.Screen(s.Screen)
	if !ok || strings.HasPrefix(s.Screen, "(") {
		return false
	}
	return screen.Kind == engine.ScreenAsk || screen.Kind == engine.ScreenConfirm || screen.Kind == engine.ScreenEnd
}

// randomOutcome returns one of an action's endings, with values as wide as they get.
func randomOutcome(r *rand.Rand, call *engine.Call) engine.Outcome {
	set := func(name string, v engine.Value) engine.Named { return engine.Named{Name: name, Value: v} }
	if call.Action == engine.CallFacts {
		out := engine.Outcome{Name: engine.Done}
		if r.IntN(8) == 0 {
			out.Name = engine.Failed
		} else if r.IntN(2) == 0 {
			out.Values = append(out.Values, set("worker", engine.RecordValue([]engine.Named{
				set("id", engine.TextValue("NW-00C0FFEE")), set("phone", engine.PhoneValue("254711000111")), set("name", engine.TextValue("Amina {of} Mombasa ~~~")),
			})))
		}
		return out
	}
	for _, c := range menutest.Contracts {
		if c.Name != call.Action {
			continue
		}
		if i := r.IntN(len(c.Outcomes) + 1); i < len(c.Outcomes) {
			out := engine.Outcome{Name: c.Outcomes[i].Name}
			for _, g := range c.Outcomes[i].Gives {
				if g.Type.Optional && r.IntN(2) == 0 {
					continue // the outcome leaves it out
				}
				v := engine.TextValue(strings.Repeat("~", g.Type.Width))
				switch g.Type.Kind {
				case engine.KindMoney:
					v = engine.MoneyValue([]int64{g.Type.Lo, g.Type.Hi, g.Type.Hi}[r.IntN(3)])
				case engine.KindNumber:
					v = engine.NumberValue([]int64{g.Type.Lo, g.Type.Hi}[r.IntN(2)])
				case engine.KindDate:
					v = engine.DateValue([]engine.Date{-719528, 20000, 2932896}[r.IntN(3)]) // the first and the last that dates have
				case engine.KindList:
					v = engine.ListValue(nil)
				}
				out.Values = append(out.Values, set(g.Name, v))
			}
			return out
		}
		return engine.Outcome{Name: engine.Failed}
	}
	return engine.Outcome{Name: engine.Done}
}
