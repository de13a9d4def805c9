package menu

import (
	"os"
	"testing"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/check"
	"github.com/paytrace/paytrace/engine/menu/compile"
	"github.com/paytrace/paytrace/engine/menu/menutest"
)

// Menus of other services, correct and written from the documents alone: the
// checks have nothing to say, not even as advice.
func TestServicesHaveNoFinding(t *testing.T) {
	for _, name := range menutest.MenusIn(t, "testdata/services") {
		t.Run(name, func(t *testing.T) {
			file, found := check.Diagnose(os.DirFS("testdata/services"), name, "", serviceContracts)
			for _, f := range found {
				if !f.Suppressed {
					t.Errorf("diagnostics:\n%s", menutest.Printed(t, file.Source, found))
					break
				}
			}
			if _, err := compile.Compile(file, serviceContracts, compile.Options{}); err != nil {
				t.Error(err)
			}
		})
	}
}

// serviceContracts lists the actions of the services in testdata/services.
var serviceContracts = append(menutest.Contracts[:len(menutest.Contracts):len(menutest.Contracts)],
	engine.Contract{
		Name:     "register_mother",
		Params:   []engine.Field{{Name: "phone", Type: menutest.TypeOf("phone")}, {Name: "clinic", Type: menutest.TypeOf("number 100000..999999")}, {Name: "day", Type: menutest.TypeOf("number 1..31")}},
		Outcomes: []engine.OutcomeContract{{Name: "registered"}, {Name: "already"}},
		Takes:    time.Second,
	},
	engine.Contract{Name: "note_id", Params: []engine.Field{{Name: "id", Type: menutest.TypeOf("text 20")}}, Outcomes: []engine.OutcomeContract{{Name: "noted"}}, Takes: time.Second},
	engine.Contract{Name: "note_passport", Params: []engine.Field{{Name: "country", Type: menutest.TypeOf("text 20")}, {Name: "number", Type: menutest.TypeOf("text 20")}}, Outcomes: []engine.OutcomeContract{{Name: "noted"}}, Takes: time.Second},
	engine.Contract{Name: "note_birth", Params: []engine.Field{{Name: "day", Type: menutest.TypeOf("date")}}, Outcomes: []engine.OutcomeContract{{Name: "noted"}}, Takes: time.Second},
	engine.Contract{
		Name:     "quote",
		Params:   []engine.Field{{Name: "amount", Type: menutest.TypeOf("money 10..70000")}},
		Outcomes: []engine.OutcomeContract{{Name: "quoted", Gives: []engine.Field{{Name: "fee", Type: menutest.TypeOf("money 0..500")}}}, {Name: "too_much"}},
		Reads:    true,
		Takes:    time.Second,
	},
	engine.Contract{
		Name:     "price",
		Params:   []engine.Field{{Name: "from", Type: menutest.TypeOf("text 20")}, {Name: "to", Type: menutest.TypeOf("text 20")}, {Name: "seats", Type: menutest.TypeOf("number 1..5")}},
		Outcomes: []engine.OutcomeContract{{Name: "priced", Gives: []engine.Field{{Name: "total", Type: menutest.TypeOf("money 500..10000")}}}},
		Reads:    true,
		Takes:    time.Second,
	},
	engine.Contract{
		Name:     "collect",
		Params:   []engine.Field{{Name: "amount", Type: menutest.TypeOf("money 10..70000")}, {Name: "phone", Type: menutest.TypeOf("phone")}},
		Outcomes: []engine.OutcomeContract{{Name: "asked"}, {Name: "refused"}},
		Money:    true, SIMPrompt: true,
		Takes: 3 * time.Second,
	},
	engine.Contract{
		Name:   "prices",
		Params: []engine.Field{{Name: "crop", Type: menutest.TypeOf("text 20")}, {Name: "county", Type: menutest.TypeOf("text 20")}},
		Outcomes: []engine.OutcomeContract{
			{Name: "listed", Gives: []engine.Field{{Name: "markets", Type: engine.Type{Kind: engine.KindList, Record: "market", Fields: []engine.Field{
				{Name: "name", Type: menutest.TypeOf("text 20")}, {Name: "price", Type: menutest.TypeOf("money 0..20000")}, {Name: "day", Type: menutest.TypeOf("text 10")},
			}}}}},
			{Name: "nothing"},
		},
		Reads: true,
		Takes: time.Second,
	},
	engine.Contract{Name: "read_meter", Params: []engine.Field{{Name: "meter", Type: menutest.TypeOf("number 100000..9999999")}, {Name: "reading", Type: menutest.TypeOf("number 0..999999")}}, Outcomes: []engine.OutcomeContract{{Name: "taken"}, {Name: "lower"}}, Takes: time.Second},
	engine.Contract{Name: "choose_pin", Params: []engine.Field{{Name: "pin", Type: menutest.TypeOf("pin 5")}}, Outcomes: []engine.OutcomeContract{{Name: "chosen"}}, Takes: time.Second},
)
