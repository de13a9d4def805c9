package syntax

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/menutest"
)

func readDeclared(source string) ([]engine.Contract, diag.List) {
	return ReadDeclared(fstest.MapFS{DeclaredFile: {Data: []byte(source)}}, DeclaredFile, "menus")
}

func TestReadDeclared(t *testing.T) {
	got, found := readDeclared(`actions:
  pay_fees:
    about: Pays school fees.
    takes: {pupil: text 12, amount: money 1..100000, pin: pin 4, term: choice one|two}
    ends:
      paid: {receipt: text 10}
      wrong_pin:
    within: 3s
    is: [money, followed by a SIM prompt]
  list_pupils:
    ends:
      listed: {pupils: {list of: pupil, name: text 12, owes: money 0..90000}, school: {record of: school, name: text 9}}
    is: read only
`)
	if len(found) > 0 {
		t.Fatal(found)
	}
	field := func(name, typ string) engine.Field { return engine.Field{Name: name, Type: menutest.TypeOf(typ)} }
	want := []engine.Contract{
		{
			Name: "pay_fees", About: "Pays school fees.", Takes: 3 * time.Second, Money: true, SIMPrompt: true,
			Params: []engine.Field{
				field("pupil", "text 12"), field("amount", "money 1..100000"), field("pin", "pin 4"),
				{Name: "term", Type: engine.Type{Kind: engine.KindChoice, Options: []string{"one", "two"}, Width: 3}},
			},
			Outcomes: []engine.OutcomeContract{{Name: "paid", Gives: []engine.Field{field("receipt", "text 10")}}, {Name: "wrong_pin"}},
		},
		{
			Name: "list_pupils", Takes: 2 * time.Second, Reads: true,
			Outcomes: []engine.OutcomeContract{{Name: "listed", Gives: []engine.Field{
				{Name: "pupils", Type: engine.Type{Kind: engine.KindList, Record: "pupil", Fields: []engine.Field{field("name", "text 12"), field("owes", "money 0..90000")}}},
				{Name: "school", Type: engine.Type{Kind: engine.KindRecord, Record: "school", Fields: []engine.Field{field("name", "text 9")}}},
			}}},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestReadDeclaredFindings(t *testing.T) {
	for name, c := range map[string]struct{ source, code, says string }{
		"key":     {"acts: {}\n", "U002", `"acts" is not a key`},
		"no end":  {"actions:\n  pay: {about: Pays.}\n", "U003", "has no outcomes"},
		"failed":  {"actions:\n  pay: {ends: {failed: , done: }}\n", "U007", `has the outcome "failed"`},
		"type":    {"actions:\n  pay: {takes: {n: numbr 1..2}, ends: {done: }}\n", "U003", "is not a type"},
		"time":    {"actions:\n  pay: {within: soon, ends: {done: }}\n", "U003", "a time, as 2s"},
		"trait":   {"actions:\n  pay: {is: fast, ends: {done: }}\n", "U003", `can't be "fast"`},
		"group":   {"actions:\n  pay: {ends: {done: {all: {name: text 9}}}}\n", "U003", "without its kind"},
		"a name":  {"actions:\n  pay now: {ends: {done: }}\n", "U003", "cannot be the name of an action"},
		"a list":  {"actions: [pay]\n", "U003", "a list"},
		"twice":   {"actions:\n  pay: {ends: {done: }}\n  pay: {ends: {done: }}\n", "U005", "twice"},
		"no YAML": {"actions: [\n", "U001", ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, found := readDeclared(c.source)
			for _, f := range found {
				if f.Code == c.code && strings.Contains(f.Message, c.says) {
					return
				}
			}
			t.Errorf("%v, want %s %q", found, c.code, c.says)
		})
	}
}

func FuzzReadDeclared(f *testing.F) {
	f.Add("actions:\n  pay: {takes: {n: number 1..2}, ends: {done: {all: {list of: one, name: text 9}}}, within: 2s, is: money}\n")
	f.Fuzz(func(t *testing.T, source string) {
		contracts, found := readDeclared(source)
		for _, c := range contracts {
			if len(found) == 0 && (c.Name == "" || len(c.Outcomes) == 0 || c.Takes <= 0) {
				t.Errorf("%+v was read without a diagnostic", c)
			}
		}
	})
}
