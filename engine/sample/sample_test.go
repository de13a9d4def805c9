package sample_test

import (
	"testing"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/enginetest"
	"github.com/paytrace/paytrace/engine/sample"
)

// asking returns a session that waits for an answer of a type, with its program.
func asking(t *testing.T, typ engine.Type) (*engine.Program, engine.Session) {
	t.Helper()
	p, err := engine.New(engine.Definition{
		Codes: []engine.Code{{Dial: "*1#", Start: "main"}}, Vars: []engine.Var{{Name: "v", Type: typ}},
		Screens: []engine.Screen{
			{Name: "main", Kind: engine.ScreenAsk, Say: []engine.Say{{Words: enginetest.Words("?")}}, Ask: &engine.Ask{Var: "v", Go: "end"}},
			{Name: "end", Kind: engine.ScreenEnd, Say: []engine.Say{{Words: enginetest.Words("End")}}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	s, _, err := p.Step(p.Begin(engine.Request{Caller: "254711000111"}, 0), engine.Event{Kind: engine.EventDial, Start: "main"})
	if err != nil {
		t.Fatal(err)
	}
	return p, s
}

// What is made up for a type is taken by a question of the type, and its first wrong
// answer is refused. So are the texts of records, where a form asks for more.
func TestSamplesHaveTheirForm(t *testing.T) {
	values := sample.Values{People: &engine.Personas{}}
	for _, spelled := range []string{
		"phone", "phone UG", "money 10..500", "number 5..9", "date 2026-01-01..2026-12-31", "text 3", "text 20", "pin 4", "secret 8",
		"digits 1", "digits 8", "digits 6..8", "letters 1", "letters 2..20", "letters 12", "letters and digits 1", "letters and digits 7",
		`text 12 like "AB-123"`, `text 12 like /[A-Z]{2}-?[0-9]+/ such as "AB-7"`,
	} {
		typ, err := engine.ParseType(spelled)
		if err != nil {
			t.Fatal(err)
		}
		p, s := asking(t, typ)
		takes := func(typed string) bool {
			after, _, err := p.Step(s, engine.Event{Kind: engine.EventInput, Input: typed})
			return err == nil && after.Screen == "end"
		}
		if typed := sample.Typed(typ); !takes(typed) {
			t.Errorf("%s does not take its sample %q", spelled, typed)
		}
		if wrong := values.Wrong(&typ)[0]; takes(wrong) {
			t.Errorf("%s takes its wrong answer %q", spelled, wrong)
		}
		if typ.Kind != engine.KindText {
			continue
		}
		row, ok := values.Record([]engine.Field{{Name: "code", Type: typ}}, 2)
		if typed := row[len("code="):]; !ok || !takes(typed) {
			t.Errorf("%s does not take the sample %q of a record", spelled, typed)
		}
	}
}
