package menu_test

import (
	"testing"

	"github.com/paytrace/paytrace/engine"
)

const notes = `ussd: 1
service: Notes
dial: "*1#"
start: main
nav: {back: 0 Back, more: 98 More}
remember: [note]
vars:
  city: text 20
screens:
  main:
    say:
      - {if: note is set, say: "Last: {note}"}
      - say: Notes
    menu:
      1: With a city -> town
      2: Without one -> finding
      3: Exit -> bye
  bye: {end: Bye}
  town:
    say: Which city?
    ask: city -> finding
  finding:
    do: find_note(caller, city)
    when: {found: shown}
  shown:
    say:
      - {if: note is set, say: "Note: {note}"}
      - say: No note
    menu:
      1: Again -> finding
      2: Visits -> visits
  visits:
    say: Visits
    list: visits as visit -> visit
    each: "{visit.date}"
    empty: shown
  visit:
    say:
      - {if: visit.remark is set, say: "Remark: {visit.remark}"}
      - say: No remark
    menu:
      1: Back to all -> visits
`

func findNote(t *testing.T) engine.Contract {
	t.Helper()
	typ := func(s string) engine.Type {
		typ, err := engine.ParseType(s)
		if err != nil {
			t.Fatal(err)
		}
		return typ
	}
	visit := engine.Type{Kind: engine.KindList, Record: "visit", Fields: []engine.Field{
		{Name: "date", Type: typ("date")}, {Name: "remark", Type: typ("text 20 or nothing")},
	}}
	return engine.Contract{
		Name: "find_note", Reads: true,
		Params: []engine.Field{{Name: "phone", Type: typ("phone")}, {Name: "city", Type: typ("text 20 or nothing")}},
		Outcomes: []engine.OutcomeContract{{Name: "found", Whose: engine.WhoseOwn, Gives: []engine.Field{
			{Name: "note", Type: typ("text 20 or nothing")}, {Name: "visits", Type: visit},
		}}},
	}
}

// TestValuesThatMayBeAbsent gives an action no value, and gets none. A value that the
// action leaves out replaces the one that an earlier run gave, also for later calls.
func TestValuesThatMayBeAbsent(t *testing.T) {
	p := build(t, notes, findNote(t))
	text := func(name, s string) engine.Named { return engine.Named{Name: name, Value: engine.TextValue(s)} }
	row := func(fields ...engine.Named) engine.Value {
		return engine.RecordValue(append([]engine.Named{{Name: "date", Value: engine.DateValue(callDay)}}, fields...))
	}
	visits := engine.Named{Name: "visits", Value: engine.ListValue([]engine.Value{row(text("remark", "fine")), row()})}

	d := dial(t, p, "*1#").gives(engine.Done).shows("Notes\n1. With a city\n2. Without one\n3. Exit").types("2")
	if d.call == nil || len(d.call.Args) != 2 || d.call.Args[1].IsSet() {
		t.Fatalf("the action got %+v", d.call)
	}
	d.gives("found", text("note", "Bring salt"), visits)
	if d.call == nil || d.call.Action != engine.CallRemember || d.call.Remember[0].Value.Text() != "Bring salt" {
		t.Fatalf("remembers %+v", d.call)
	}
	d.gives(engine.Done).shows("Note: Bring salt\n1. Again\n2. Visits\n0:Back")

	d.types("1").gives("found", visits)
	if d.call == nil || d.call.Action != engine.CallRemember || d.call.Remember[0].Value.IsSet() {
		t.Fatalf("the note that is gone is still remembered: %+v", d.call)
	}
	d.gives(engine.Done).shows("No note\n1. Again\n2. Visits\n0:Back")
	d.types("2").shows("Visits\n1. 01/03/2026\n2. 01/03/2026\n0:Back")
	d.types("1").shows("Remark: fine\n1. Back to all\n0:Back").types("0")
	d.types("2").shows("No remark\n1. Back to all\n0:Back")
}

// TestAbsentIsRead reads the remembered value that is gone.
func TestAbsentIsRead(t *testing.T) {
	p := build(t, notes, findNote(t))
	dial(t, p, "*1#").gives(engine.Done, engine.Named{Name: "note"}).shows("Notes\n1. With a city\n2. Without one\n3. Exit")
	dial(t, p, "*1#").gives(engine.Done, engine.Named{Name: "note", Value: engine.TextValue("x")}).shows("Last: x\n1. With a city\n2. Without one\n3. Exit")
}
