package service

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/paytrace/paytrace/actions"
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
	"github.com/paytrace/paytrace/engine/runner"
)

// Answers come in turn within a call, a repeat gets its own again, and a run that was
// pending gets the next one.
func TestDemoAnswers(t *testing.T) {
	contract := engine.Contract{Name: "pay", Outcomes: []engine.OutcomeContract{{Name: "paid"}, {Name: "refused"}}}
	d := &demonstration{given: map[string]int{}, turn: map[string]int{}, people: &engine.Personas{Answers: map[string][]engine.Answer{
		"pay": {{Outcome: "refused"}, {Outcome: engine.Pending}, {Outcome: "paid"}},
	}}}
	ask := func(session, id string, again bool) string {
		t.Helper()
		out, err := d.answer(context.Background(), actions.Question{Contract: &contract, Again: again, Call: engine.Call{Action: "pay", Session: session, ID: id}})
		if errors.Is(err, engine.ErrUnknown) {
			return engine.Pending
		}
		if err != nil {
			t.Fatal(err)
		}
		return out.Name
	}
	for i, c := range []struct {
		session, id string
		again       bool
		want        string
	}{
		{"a", "1", false, "refused"},
		{"a", "1", false, "refused"},
		{"a", "2", false, engine.Pending},
		{"b", "3", false, "refused"},
		{"a", "2", true, "paid"},
		{"a", "2", true, "paid"},
		{"a", "4", false, "paid"},
	} {
		if got := ask(c.session, c.id, c.again); got != c.want {
			t.Errorf("%d: got %s, want %s", i, got, c.want)
		}
	}
}

// A demonstration answers declared actions as they are declared, so nothing says that
// the program has another one of the name.
func TestDemoKeepsDeclarations(t *testing.T) {
	folder := &Folder{Dir: "menus", FS: fstest.MapFS{syntax.DeclaredFile: {Data: []byte("actions:\n  find_boat:\n    ends: {found: {boat: text 8}}\n")}}}
	var says strings.Builder
	declared, err := folder.Declared(&says)
	if err != nil {
		t.Fatal(err, says.String())
	}
	for range 2 {
		all, err := folder.Contracts(declared.Contracts, &says)
		if err != nil || len(all) != 1 || says.Len() > 0 {
			t.Errorf("%d contracts, %v, %s", len(all), err, says.String())
		}
	}
	other := slices.Clone(declared.Contracts)
	other[0].Outcomes = nil
	if _, err := folder.Contracts(other, &says); err != nil || !strings.Contains(says.String(), "find_boat is built") {
		t.Errorf("an action with another contract: %v, %s", err, says.String())
	}
}

// Actions of the program that move money do not run.
func TestDemoMovesNoMoney(t *testing.T) {
	ran := &countedActions{}
	guarded := refuseMoney([]engine.Contract{{Name: "pay", Money: true}, {Name: "note"}})(ran)
	if _, err := guarded.Act(context.Background(), engine.Call{Action: "pay"}, &runner.Place{}); !errors.Is(err, errDemoMoney) || ran.n != 0 {
		t.Errorf("pay: %v, ran %d times", err, ran.n)
	}
	if _, err := guarded.Act(context.Background(), engine.Call{Action: "note"}, &runner.Place{}); err != nil || ran.n != 1 {
		t.Errorf("note: %v, ran %d times", err, ran.n)
	}
}

type countedActions struct {
	runner.Actions
	n int
}

func (c *countedActions) Act(context.Context, engine.Call, *runner.Place) (engine.Outcome, error) {
	c.n++
	return engine.Outcome{}, nil
}
