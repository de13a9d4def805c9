package menu

import (
	"os"
	"testing"
	"time"

	"github.com/paytrace/paytrace/engine"
)

// Menus of other services, correct and written from the documents alone: the
// checks have nothing to say, not even as advice.
func TestServicesHaveNoFinding(t *testing.T) {
	for _, name := range menusIn(t, "testdata/services") {
		t.Run(name, func(t *testing.T) {
			file, found := Diagnose(os.DirFS("testdata/services"), name, "", serviceContracts)
			for _, f := range found {
				if !f.Suppressed {
					t.Errorf("findings:\n%s", printed(t, file.Source, found))
					break
				}
			}
			if _, err := Compile(file, serviceContracts, Options{}); err != nil {
				t.Error(err)
			}
		})
	}
}

// serviceContracts are the actions of the services in testdata/services.
var serviceContracts = append(testContracts[:len(testContracts):len(testContracts)],
	engine.Contract{
		Name:     "register_mother",
		Params:   []engine.Field{{Name: "phone", Type: typeOf("phone")}, {Name: "clinic", Type: typeOf("number 100000..999999")}, {Name: "day", Type: typeOf("number 1..31")}},
		Outcomes: []engine.OutcomeContract{{Name: "registered"}, {Name: "already"}},
		Takes:    time.Second,
	},
	engine.Contract{Name: "note_id", Params: []engine.Field{{Name: "id", Type: typeOf("text 20")}}, Outcomes: []engine.OutcomeContract{{Name: "noted"}}, Takes: time.Second},
	engine.Contract{Name: "note_passport", Params: []engine.Field{{Name: "country", Type: typeOf("text 20")}, {Name: "number", Type: typeOf("text 20")}}, Outcomes: []engine.OutcomeContract{{Name: "noted"}}, Takes: time.Second},
	engine.Contract{Name: "note_birth", Params: []engine.Field{{Name: "day", Type: typeOf("date")}}, Outcomes: []engine.OutcomeContract{{Name: "noted"}}, Takes: time.Second},
	engine.Contract{
		Name:     "quote",
		Params:   []engine.Field{{Name: "amount", Type: typeOf("money 10..70000")}},
		Outcomes: []engine.OutcomeContract{{Name: "quoted", Gives: []engine.Field{{Name: "fee", Type: typeOf("money 0..500")}}}, {Name: "too_much"}},
		Reads:    true,
		Takes:    time.Second,
	},
	engine.Contract{
		Name:     "price",
		Params:   []engine.Field{{Name: "from", Type: typeOf("text 20")}, {Name: "to", Type: typeOf("text 20")}, {Name: "seats", Type: typeOf("number 1..5")}},
		Outcomes: []engine.OutcomeContract{{Name: "priced", Gives: []engine.Field{{Name: "total", Type: typeOf("money 500..10000")}}}},
		Reads:    true,
		Takes:    time.Second,
	},
	engine.Contract{
		Name:     "collect",
		Params:   []engine.Field{{Name: "amount", Type: typeOf("money 10..70000")}, {Name: "phone", Type: typeOf("phone")}},
		Outcomes: []engine.OutcomeContract{{Name: "asked"}, {Name: "refused"}},
		Money:    true, SIMPrompt: true,
		Takes: 3 * time.Second,
	},
	engine.Contract{
		Name:   "prices",
		Params: []engine.Field{{Name: "crop", Type: typeOf("text 20")}, {Name: "county", Type: typeOf("text 20")}},
		Outcomes: []engine.OutcomeContract{
			{Name: "listed", Gives: []engine.Field{{Name: "markets", Type: engine.Type{Kind: engine.KindList, Record: "market", Fields: []engine.Field{
				{Name: "name", Type: typeOf("text 20")}, {Name: "price", Type: typeOf("money 0..20000")}, {Name: "day", Type: typeOf("text 10")},
			}}}}},
			{Name: "nothing"},
		},
		Reads: true,
		Takes: time.Second,
	},
	engine.Contract{Name: "read_meter", Params: []engine.Field{{Name: "meter", Type: typeOf("number 100000..9999999")}, {Name: "reading", Type: typeOf("number 0..999999")}}, Outcomes: []engine.OutcomeContract{{Name: "taken"}, {Name: "lower"}}, Takes: time.Second},
	engine.Contract{Name: "choose_pin", Params: []engine.Field{{Name: "pin", Type: typeOf("pin 5")}}, Outcomes: []engine.OutcomeContract{{Name: "chosen"}}, Takes: time.Second},
)
