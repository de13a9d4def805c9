package engine

import (
	"errors"
	"slices"
	"testing"

	"github.com/paytrace/paytrace/engine/machine"
)

func two() Definition {
	say := func(s string) []Say { return []Say{{Words: Localized{{{Lit: s}}}}} }
	return Definition{
		Name: "two", Codes: []Code{{Dial: "*1#", Start: "first"}},
		Screens: []Screen{
			{Name: "first", Kind: ScreenMenu, Say: say("First"), Options: []Option{{Key: "1", Label: Localized{{{Lit: "Next"}}}, Go: "second"}, {Key: "2", Label: Localized{{{Lit: "Stay"}}}, Go: "first"}}},
			{Name: "second", Kind: ScreenShow, Say: say("Second")},
		},
	}
}

func dialled(t *testing.T, p *Program) Session {
	t.Helper()
	s, _, err := p.Step(p.Begin(Request{Caller: "254711000111"}, 0), Event{Kind: EventDial, Start: "first"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The table is the machine and not a picture of it: without its row a step fails, and
// the session stays where it was.
func TestStepNeedsTheTransition(t *testing.T) {
	p, err := New(two())
	if err != nil {
		t.Fatal(err)
	}
	s := dialled(t, p)
	if _, _, err := p.Step(s, Event{Kind: EventInput, Input: "1"}); err != nil {
		t.Fatalf("with its row: %v", err)
	}
	rows := slices.DeleteFunc(slices.Clone(p.table.Rows("first")), func(r machine.Row[Trigger]) bool { return r.To == "second" })
	p.table = machine.New(rows, Trigger.String)
	after, _, err := p.Step(s, Event{Kind: EventInput, Input: "1"})
	if !errors.Is(err, machine.ErrTransition) {
		t.Fatalf("without its row: got %v, want %v", err, machine.ErrTransition)
	}
	if after.Screen != "first" {
		t.Errorf("the session moved to %q", after.Screen)
	}
	if _, _, err := p.Step(s, Event{Kind: EventInput, Input: "2"}); err != nil {
		t.Errorf("another event after the failure: %v", err)
	}
}

func TestStepIsPure(t *testing.T) {
	p, err := New(two())
	if err != nil {
		t.Fatal(err)
	}
	s := dialled(t, p)
	for range 3 {
		after, eff, err := p.Step(s, Event{Kind: EventInput, Input: "1"})
		if err != nil || after.Screen != "second" || eff.Text != "Second" {
			t.Fatalf("got %q %q %v", after.Screen, eff.Text, err)
		}
		if s.Screen != "first" || len(s.Undo) != 0 {
			t.Fatalf("the given session has changed: %q, %d entries in Undo", s.Screen, len(s.Undo))
		}
	}
}

func TestNewRefuses(t *testing.T) {
	for name, change := range map[string]func(*Definition){
		"a target that does not exist": func(d *Definition) { d.Screens[0].Options[0].Go = "nowhere" },
		"two screens of one name":      func(d *Definition) { d.Screens[1].Name = "first" },
		"a value that does not exist":  func(d *Definition) { d.Screens[1].Say[0].Words[0][0] = Part{Ref: Ref{Name: "x"}} },
		"no code":                      func(d *Definition) { d.Codes = nil },
		"an unknown time zone":         func(d *Definition) { d.Session.Timezone = "Moon" },
		"two targets for one trigger": func(d *Definition) {
			d.Screens[1] = Screen{Name: "second", Kind: ScreenDo, Do: &Do{Action: "x", Outcomes: []OutcomeCase{{Outcome: "a", Go: "first"}, {Outcome: "a", Go: "second"}}}}
			d.Contracts = []Contract{{Name: "x"}}
		},
	} {
		d := two()
		change(&d)
		if _, err := New(d); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
