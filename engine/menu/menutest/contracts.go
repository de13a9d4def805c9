// Package menutest holds what the tests of the menu packages share: contracts,
// golden files and random menus.
package menutest

import (
	"time"

	"github.com/paytrace/paytrace/engine"
)

// Contracts lists the actions that the menus of testdata may call.
var Contracts = []engine.Contract{
	{
		Name:   "create_account",
		Params: []engine.Field{{Name: "phone", Type: TypeOf("phone")}},
		Outcomes: []engine.OutcomeContract{
			{Name: "created", Gives: []engine.Field{{Name: "worker_id", Type: TypeOf("text 11")}}, Whose: engine.WhoseOwn},
			{Name: "exists", Gives: []engine.Field{{Name: "worker_id", Type: TypeOf("text 11")}}, Whose: engine.WhoseOthers},
		},
		SendsSMS: true,
		Takes:    2 * time.Second,
	},
	{
		Name:   "lookup_worker",
		Params: []engine.Field{{Name: "phone", Type: TypeOf("phone")}},
		Outcomes: []engine.OutcomeContract{
			{Name: "own", Gives: []engine.Field{{Name: "worker_id", Type: TypeOf("text 11")}}, Whose: engine.WhoseOwn},
			{Name: "found", Gives: []engine.Field{{Name: "worker_id", Type: TypeOf("text 11")}}},
			{Name: "not_found"},
		},
		Reads: true,
		Takes: time.Second,
	},
	{
		Name: "withdraw",
		Params: []engine.Field{
			{Name: "amount", Type: TypeOf("money 10..70000")},
			{Name: "pin", Type: TypeOf("pin 4")},
		},
		Outcomes: []engine.OutcomeContract{
			{Name: "done", Gives: []engine.Field{
				{Name: "ref", Type: TypeOf("text 10")},
				{Name: "fee", Type: TypeOf("money 0..500")},
			}},
			{Name: "wrong_pin"},
			{Name: "locked"},
		},
		Money: true, SendsSMS: true,
		Takes: 2 * time.Second,
	},
	{
		Name:   "history",
		Params: []engine.Field{{Name: "phone", Type: TypeOf("phone")}},
		Outcomes: []engine.OutcomeContract{
			{Name: "listed", Gives: []engine.Field{{Name: "payments", Type: engine.Type{
				Kind: engine.KindList, Record: "payment", Fields: []engine.Field{
					{Name: "date", Type: TypeOf("date")},
					{Name: "amount", Type: TypeOf("money 0..70000")},
					{Name: "to", Type: TypeOf("text 20")},
				},
			}}}},
			{Name: "nothing"},
		},
		Reads: true,
		Takes: time.Second,
	},
	{
		Name:     "deposit",
		Params:   []engine.Field{{Name: "amount", Type: TypeOf("money 10..500")}, {Name: "phone", Type: TypeOf("phone KE")}},
		Outcomes: []engine.OutcomeContract{{Name: "asked"}, {Name: "refused"}},
		Money:    true, SIMPrompt: true,
		Takes: 6 * time.Second,
	},
	{
		Name:   "find_note",
		Params: []engine.Field{{Name: "phone", Type: TypeOf("phone")}, {Name: "city", Type: TypeOf("text 20 or nothing")}},
		Outcomes: []engine.OutcomeContract{{Name: "found", Whose: engine.WhoseOwn, Gives: []engine.Field{
			{Name: "note", Type: TypeOf("text 20 or nothing")},
			{Name: "left", Type: TypeOf("money 0..500 or nothing")},
			{Name: "visits", Type: engine.Type{Kind: engine.KindList, Record: "visit", Fields: []engine.Field{
				{Name: "date", Type: TypeOf("date")},
				{Name: "remark", Type: TypeOf("text 20 or nothing")},
			}}},
		}}},
		Reads: true,
		Takes: time.Second,
	},
	{
		Name:     "rename",
		Params:   []engine.Field{{Name: "name", Type: TypeOf("text 10")}},
		Outcomes: []engine.OutcomeContract{{Name: "done"}},
		Takes:    6 * time.Second, TellsLate: true,
	},
	{
		Name:     "check_pin",
		Params:   []engine.Field{{Name: "pin", Type: TypeOf("pin 4")}},
		Outcomes: []engine.OutcomeContract{{Name: "right"}, {Name: "wrong"}},
		Reads:    true,
		Takes:    time.Second,
	},
	{
		Name:     "top_up",
		Params:   []engine.Field{{Name: "meter", Type: TypeOf("digits 8")}, {Name: "plate", Type: TypeOf(`text 7 like "KDA123B"`)}},
		Outcomes: []engine.OutcomeContract{{Name: "topped"}},
		Takes:    time.Second,
	},
	{
		Name:   "price_for",
		Params: []engine.Field{{Name: "total", Type: TypeOf("money 0..2000")}, {Name: "turn", Type: TypeOf("number 0..200")}, {Name: "seen", Type: TypeOf("date or nothing")}},
		Outcomes: []engine.OutcomeContract{
			{Name: "priced", Gives: []engine.Field{
				{Name: "price", Type: TypeOf("money 0..3000")}, {Name: "wait", Type: TypeOf("number -30..400")}, {Name: "until", Type: TypeOf("date")},
			}},
			{Name: "sold_out"},
		},
		Reads: true,
		Takes: time.Second,
	},
}

// TypeOf returns a type as menus write it.
func TypeOf(s string) engine.Type {
	t, err := engine.ParseType(s)
	if err != nil {
		panic(err) // a mistake of the test itself
	}
	return t
}
