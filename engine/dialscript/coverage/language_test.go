package coverage_test

import (
	"testing"
	"testing/fstest"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/dialscript/coverage"
	"github.com/paytrace/paytrace/engine/menu"
	"github.com/paytrace/paytrace/store/memory"
)

// suggestsAll suggests scripts for a menu, plays them, and requires that they cover
// every item.
func suggestsAll(t *testing.T, source string, contracts ...engine.Contract) {
	t.Helper()
	p, found := menu.Load(fstest.MapFS{"a.yaml": {Data: []byte(source)}}, "a.yaml", "", contracts, menu.Options{})
	if p == nil {
		t.Fatal(found)
	}
	people := &engine.Personas{List: []engine.Persona{{Name: "Amina", Phone: "254712345678"}}, Answers: map[string][]engine.Answer{}}
	local := &dialscript.InProcess{
		Menus:      []*engine.Program{p},
		NewRecords: func(now func() time.Time) dialscript.Records { return memory.NewSessions(now) },
	}
	player := &dialscript.Player{Codes: []string{p.Codes()[0].Dial}, KeepGoing: true}
	author := &coverage.Author{
		People: people,
		Play: func(calls []*dialscript.Call) []dialscript.Result {
			return dialscript.Run(t.Context(), player, local, people, calls, dialscript.Options{Parallel: 2})
		},
		Path:  func(*engine.Program) string { return "a.suggested.dial" },
		Taken: func(*engine.Program) []string { return nil },
	}
	menus, _, err := author.Suggest([]*engine.Program{p}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if total := menus[0].Total(); total.Percent() != 100 {
		t.Errorf("%s covered", total)
	}
	for _, it := range menus[0].Missing() {
		t.Errorf("%s %s is not covered", it.Group, it.Name)
	}
}

// TestSuggestAbsent: scripts come to the screens for values that an action leaves out,
// and for rows that lack a field.
func TestSuggestAbsent(t *testing.T) {
	visits := engine.Field{Name: "visits", Type: engine.Type{Kind: engine.KindList, Record: "visit", Fields: []engine.Field{
		field("day", "date"), field("remark", "text 20 or nothing"),
	}}}
	suggestsAll(t, `ussd: 1
service: Notes
dial: "*384*78#"
start: finding
nav: {more: 98 More}
screens:
  finding:
    do: find_note(caller)
    when: {found: which}
  which:
    choose:
      - if note is set -> with_note
      - else -> without_note
  with_note: {end: "{note}"}
  without_note:
    say: None.
    list: visits as visit -> one
    each: "{visit.day}"
    empty: nobody
  nobody: {end: Nobody came.}
  one:
    choose:
      - if visit.remark is set -> remark
      - else -> plain
  remark: {end: "{visit.remark}"}
  plain: {end: "{visit.day}"}
`, engine.Contract{
		Name: "find_note", Reads: true, Takes: time.Second, Params: []engine.Field{field("phone", "phone")},
		Outcomes: []engine.OutcomeContract{{Name: "found", Gives: []engine.Field{field("note", "text 20 or nothing"), visits}}},
	})
}
