package menu_test

import (
	"testing"

	"github.com/paytrace/paytrace/engine"
)

// TestPlainChoice sets a choice that has no words, compares it, and gives it to an
// action.
func TestPlainChoice(t *testing.T) {
	source, err := engine.ParseType("choice radio|poster")
	if err != nil {
		t.Fatal(err)
	}
	note := engine.Contract{
		Name: "note_source", Params: []engine.Field{{Name: "source", Type: source}},
		Outcomes: []engine.OutcomeContract{{Name: "noted"}},
	}
	p := build(t, `ussd: 1
service: A
dial: {"*1*1#": radio, "*1*2#": poster}
start: radio
vars:
  source: choice radio|poster
screens:
  radio:
    set: {source: radio}
    go: main
  poster:
    set: {source: poster}
    go: main
  main:
    say:
      - {if: source = radio, say: You heard us}
      - say: You saw us
    menu:
      1: Go on -> noting
  noting:
    do: note_source(source)
    when: {noted: bye}
  bye: {end: Bye}
`, note)
	dial(t, p, "*1*1#").shows("You heard us\n1. Go on")
	d := dial(t, p, "*1*2#").shows("You saw us\n1. Go on").types("1")
	if d.call == nil || d.call.Args[0].Text() != "poster" || d.call.Args[0].Kind() != engine.KindChoice {
		t.Fatalf("the action got %+v", d.call)
	}
	d.gives("noted").shows("Bye")
}
