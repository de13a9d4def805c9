package dialscript_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// What people.yaml says is checked against the actions and the menus of its folder,
// and each diagnostic has its line.
func TestCheckPeople(t *testing.T) {
	contracts := []engine.Contract{
		{Name: "find_boat", Outcomes: []engine.OutcomeContract{
			{Name: "found", Gives: []engine.Field{
				{Name: "skipper", Type: engine.Type{Kind: engine.KindText, Width: 5, Optional: true}},
				{Name: "boat", Type: engine.Type{Kind: engine.KindText, Width: 12}},
				{Name: "berth", Type: engine.Type{Kind: engine.KindNumber, Lo: 1, Hi: 40}},
			}},
			{Name: "none"},
		}},
		{Name: "pay", Outcomes: []engine.OutcomeContract{{Name: "done"}}},
		{Name: "read", Outcomes: []engine.OutcomeContract{{Name: "done", Gives: []engine.Field{
			{Name: "meter", Type: engine.Type{Kind: engine.KindText, Width: 8, Form: engine.Form{Kind: engine.FormDigits, Least: 8}}},
		}}}},
	}
	contracts = append(contracts, engine.Contract{Name: "list_boats", Outcomes: []engine.OutcomeContract{{Name: "listed", Gives: []engine.Field{
		{Name: "boats", Type: engine.Type{Kind: engine.KindList, Record: "boat", Fields: []engine.Field{{Name: "name", Type: engine.Type{Kind: engine.KindText, Width: 9}}}}},
	}}}})
	boats := func(n int) string {
		return "find_boat: none\n  list_boats: >-\n    listed boats=\"" + strings.Repeat("name=Dau;\n    ", n) + "\""
	}
	folder := dialscript.Folder{Contracts: contracts, Declared: []string{"find_boat"}}
	for name, c := range map[string]struct{ answers, want string }{
		"right":                      {"find_boat: found boat=Dau berth=3, then none, then failed", ""},
		"a value that may be absent": {"find_boat: found skipper=Ali boat=Dau berth=3", ""},
		"one of them too long":       {"find_boat: found skipper=Hamisi boat=Dau berth=3", "expected text 5 or nothing"},
		"a value is missing":         {"find_boat: found boat=Dau", "error menus/people.yaml:3:14: U003 This answer of find_boat lacks berth."},
		"all values are missing":     {"find_boat: found", "lacks boat, berth"},
		"the second of two":          {"find_boat: none, then found boat=Dau", "error menus/people.yaml:3:14: U003 This answer of find_boat lacks berth."},
		"the second of a list":       {"find_boat:\n    - none\n    - found boat=Dau", "error menus/people.yaml:5:7: U003 This answer of find_boat lacks berth."},
		"a value too many":           {"find_boat: none boat=Dau", "gives no boat"},
		"another outcome":            {"find_boat: fuond boat=Dau", "never answers fuond"},
		"a value of another type":    {"find_boat: found boat=Dau berth=three", "can't give berth=three"},
		"a value out of bounds":      {"find_boat: found boat=Dau berth=41", "expected number 1..40"},
		"a text that is too long":    {`find_boat: found boat="Dau la Mzee Hamisi" berth=4`, "expected text 12"},
		"a text of its form":         {"find_boat: none\n  read: done meter=00412345", ""},
		"a text of another form":     {"find_boat: none\n  read: done meter=0041-234", "expected digits 8"},
		"a row out of bounds":        {"find_boat: none\n  list_boats: listed boats=\"name=Dau; name=Dau la Mzee\"", "list_boats gives row 2 of boats: name=Dau la Mzee, expected text 9"},
		"a list as long as shown":    {boats(engine.MaxRows), ""},
		"a list that is cut":         {boats(engine.MaxRows + 5), "has 905 rows in boats, but callers see only the first 900"},
		"an action that is not":      {"find_boat: none\n  find_bot: none", `warning menus/people.yaml:4:3: U003 There is no action "find_bot"`},
		"no answer for a declared":   {"pay: done", "info menus/people.yaml:2:1: U003 people.yaml has no answer for find_boat"},
	} {
		text := "people: {Rehema: {phone: 0712345678}}\nanswers:\n  " + c.answers + "\n"
		people, found := syntax.ReadPersonas(fstest.MapFS{"people.yaml": {Data: []byte(text)}}, "people.yaml", "menus")
		if len(found) > 0 {
			t.Fatalf("%s: %v", name, found)
		}
		var got []string
		for _, d := range dialscript.CheckPeople(&people, "menus/people.yaml", folder) {
			got = append(got, d.Severity.String()+" "+d.String())
		}
		if c.want == "" && len(got) > 0 || c.want != "" && (len(got) != 1 || !strings.Contains(got[0], c.want)) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
