package menu_test

import (
	"testing"
	"testing/fstest"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu"
)

// dialled is a call to a menu of a test: it types, and answers actions.
type dialled struct {
	t *testing.T
	p *engine.Program
	s engine.Session
	// call is the action that the call waits for, and text the screen it shows.
	call *engine.Call
	text string
}

// callDay is the day of the calls of tests: 1 March 2026.
const callDay = engine.Date(20513)

// build compiles a menu, which must have no diagnostic but infos.
func build(t *testing.T, source string, contracts ...engine.Contract) *engine.Program {
	t.Helper()
	p, found := menu.Load(fstest.MapFS{"a.yaml": {Data: []byte(source)}}, "a.yaml", "", contracts, menu.Options{})
	for _, f := range found {
		t.Errorf("%s: %s %s", f.Pos, f.Code, f.Message)
	}
	if p == nil {
		t.Fatal("no program")
	}
	return p
}

// dial begins a call.
func dial(t *testing.T, p *engine.Program, code string) *dialled {
	t.Helper()
	d := &dialled{t: t, p: p, s: p.Begin(engine.Request{Caller: "254711000111"}, callDay)}
	d.step(engine.Event{Kind: engine.EventDial, Start: p.StartFor(code)})
	return d
}

func (d *dialled) step(ev engine.Event) {
	d.t.Helper()
	s, eff, err := d.p.Step(d.s, ev)
	if err != nil {
		d.t.Fatal(err)
	}
	d.s, d.call, d.text = s, eff.Call, eff.Text
}

// types answers the screen.
func (d *dialled) types(input string) *dialled {
	d.t.Helper()
	d.step(engine.Event{Kind: engine.EventInput, Input: input})
	return d
}

// gives ends the action that the call waits for.
func (d *dialled) gives(outcome string, values ...engine.Named) *dialled {
	d.t.Helper()
	if d.call == nil {
		d.t.Fatalf("no action runs; the screen is %q", d.text)
	}
	d.step(engine.Event{Kind: engine.EventOutcome, Outcome: engine.Outcome{Name: outcome, Values: values}})
	return d
}

// shows compares the screen.
func (d *dialled) shows(want string) *dialled {
	d.t.Helper()
	if d.call != nil || d.text != want {
		d.t.Errorf("got  %q (%v)\nwant %q", d.text, d.call, want)
	}
	return d
}
