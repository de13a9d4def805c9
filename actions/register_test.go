package actions_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/actions"
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/store"
)

// everything has a parameter of each kind that actions accept.
type everything struct {
	Phone  engine.Phone
	Other  engine.Phone  `menu:"other,phone KE|UG"`
	Amount engine.Money  `menu:"amount,money 10..70000"`
	Born   engine.Date   `menu:",date today-100y..today"`
	PIN    engine.Secret `menu:"pin,pin 4"`
	Months int64         `menu:"months,number 1..12"`
	Note   string        `menu:"note,text 20"`
	Gender string        `menu:"gender,choice female|male"`
}

type payment struct {
	Date   engine.Date
	Amount engine.Money `menu:"amount,money 0..70000"`
}

// endingsOf has a value of each kind that outcomes may give.
type endingsOf struct {
	Done *struct {
		Echo     string       `menu:"echo,text 160"`
		Fee      engine.Money `menu:"fee,money 0..1000"`
		Left     int64        `menu:"left,number 0..10"`
		Day      engine.Date
		To       engine.Phone
		Gender   string    `menu:"gender,choice female|male"`
		Last     payment   `menu:"last,payment"`
		Payments []payment `menu:"payments,payment"`
	}
	WrongPIN *struct{} `menu:"wrong_pin"`
	NotFound *struct{}
}

var spec = actions.Spec{Name: "try_all", About: "Takes and gives one of each.", Takes: time.Second, Money: true, SIMPrompt: true}

func mustType(t *testing.T, s string) engine.Type {
	t.Helper()
	typ, err := engine.ParseType(s)
	if err != nil {
		t.Fatal(err)
	}
	return typ
}

func TestContractComesFromTheTypes(t *testing.T) {
	b := newBench(t)
	err := actions.Register(b.Table, spec, func(context.Context, actions.Call, everything) (actions.Work[endingsOf], error) { return nil, nil })
	if err != nil {
		t.Fatal(err)
	}
	f := func(name, spelled string) engine.Field { return engine.Field{Name: name, Type: mustType(t, spelled)} }
	gender := engine.Field{Name: "gender", Type: engine.Type{Kind: engine.KindChoice, Options: []string{"female", "male"}, Width: 6}}
	rows := []engine.Field{f("date", "date"), f("amount", "money 0..70000")}
	want := []engine.Contract{{
		Name: "try_all", About: "Takes and gives one of each.", Takes: time.Second, Money: true, SIMPrompt: true,
		Params: []engine.Field{
			f("phone", "phone"), f("other", "phone KE|UG"), f("amount", "money 10..70000"), f("born", "date today-100y..today"),
			f("pin", "pin 4"), f("months", "number 1..12"), f("note", "text 20"), gender,
		},
		Outcomes: []engine.OutcomeContract{
			{Name: "done", Gives: []engine.Field{
				f("echo", "text 160"), f("fee", "money 0..1000"), f("left", "number 0..10"), f("day", "date"), f("to", "phone"), gender,
				{Name: "last", Type: engine.Type{Kind: engine.KindRecord, Record: "payment", Fields: rows}},
				{Name: "payments", Type: engine.Type{Kind: engine.KindList, Record: "payment", Fields: rows}},
			}},
			{Name: "wrong_pin"},
			{Name: "not_found"},
		},
	}}
	if diff := cmp.Diff(want, b.Contracts()); diff != "" {
		t.Errorf("contracts (-want +got):\n%s", diff)
	}
}

// A value of every kind reaches the Go function and comes back.
func TestValuesRoundTrip(t *testing.T) {
	b := newBench(t)
	var got everything
	err := actions.Register(b.Table, spec, func(_ context.Context, _ actions.Call, in everything) (actions.Work[endingsOf], error) {
		got = in
		return func(context.Context, store.Tx) (endingsOf, error) {
			var out endingsOf
			out.Done = &struct {
				Echo     string       `menu:"echo,text 160"`
				Fee      engine.Money `menu:"fee,money 0..1000"`
				Left     int64        `menu:"left,number 0..10"`
				Day      engine.Date
				To       engine.Phone
				Gender   string    `menu:"gender,choice female|male"`
				Last     payment   `menu:"last,payment"`
				Payments []payment `menu:"payments,payment"`
			}{in.Note, 2700, 3, in.Born, "", in.Gender, payment{1, 100}, []payment{{1, 100}, {2, 200}}}
			return out, nil
		}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	args := []engine.Value{
		engine.PhoneValue(amina), engine.PhoneValue(brian), engine.MoneyValue(1500_00), engine.DateValue(7300),
		engine.SecretValue("0000"), engine.NumberValue(12), engine.TextValue("hello"), engine.ChoiceValue("female"),
	}
	out := b.must(t, engine.Call{ID: "a", Action: "try_all", Args: args})
	if got.Phone != amina || got.Other != brian || got.Amount != 1500_00 || got.Born != 7300 ||
		got.PIN.Reveal() != "0000" || got.Months != 12 || got.Note != "hello" || got.Gender != "female" {
		t.Errorf("the action got %+v", got)
	}
	row := func(day engine.Date, cents int64) engine.Value {
		return engine.RecordValue([]engine.Named{{Name: "date", Value: engine.DateValue(day)}, {Name: "amount", Value: engine.MoneyValue(cents)}})
	}
	want := engine.Outcome{Name: "done", Values: []engine.Named{
		{Name: "echo", Value: engine.TextValue("hello")},
		{Name: "fee", Value: engine.MoneyValue(2700)},
		{Name: "left", Value: engine.NumberValue(3)},
		{Name: "day", Value: engine.DateValue(7300)},
		{Name: "to"},
		{Name: "gender", Value: engine.ChoiceValue("female")},
		{Name: "last", Value: row(1, 100)},
		{Name: "payments", Value: engine.ListValue([]engine.Value{row(1, 100), row(2, 200)})},
	}}
	for _, out := range []engine.Outcome{out, b.must(t, engine.Call{ID: "a", Action: "try_all", Args: args})} { // fresh and stored
		if diff := cmp.Diff(want, out); diff != "" {
			t.Errorf("outcome (-want +got):\n%s", diff)
		}
	}
}

type ok struct{ Done *struct{} }

// An action is not run with a text that has not the form of its parameter.
func TestTextsHaveTheirForm(t *testing.T) {
	b := newBench(t)
	type in struct {
		Meter string `menu:"meter,digits 8"`
	}
	if err := actions.Register(b.Table, actions.Spec{Name: "top_up", About: "Tops a meter up.", Takes: time.Second}, does[in](ok{Done: &struct{}{}})); err != nil {
		t.Fatal(err)
	}
	for meter, want := range map[string]error{"00412345": nil, "0041234": actions.ErrArgument, "0041234A": actions.ErrArgument} {
		_, err := b.Do(t.Context(), engine.Call{ID: "top up " + meter, Action: "top_up", Args: []engine.Value{engine.TextValue(meter)}})
		if !errors.Is(err, want) {
			t.Errorf("meter %s: %v, want %v", meter, err, want)
		}
	}
}

func does[In, Out any](out Out) func(context.Context, actions.Call, In) (actions.Work[Out], error) {
	return func(context.Context, actions.Call, In) (actions.Work[Out], error) {
		return func(context.Context, store.Tx) (Out, error) { return out, nil }, nil
	}
}

func TestRegisterRefuses(t *testing.T) {
	type nothing struct{}
	named := func(name string) actions.Spec {
		return actions.Spec{Name: name, About: "About.", Takes: time.Second}
	}
	tests := []struct {
		name     string
		register func(*actions.Table) error
		want     []string
	}{
		{"a bad name", func(t *actions.Table) error {
			return actions.Register(t, named("Bad Name"), does[nothing](ok{}))
		}, []string{`"Bad Name" must be`}},
		{"the engine's own name", func(t *actions.Table) error {
			return actions.Register(t, named("sms"), does[nothing](ok{}))
		}, []string{"taken"}},
		{"no words, no time, and both money and nothing", func(t *actions.Table) error {
			return actions.Register(t, actions.Spec{Name: "a", Reads: true, Money: true}, does[nothing](ok{}))
		}, []string{"About is empty", "Takes is 0s", "Reads and Money are both set"}},
		{"too much time", func(t *actions.Table) error {
			return actions.Register(t, actions.Spec{Name: "a", About: "About.", Takes: time.Minute}, does[nothing](ok{}))
		}, []string{"Takes is 1m0s"}},
		{"several bad parameters at once", func(t *actions.Table) error {
			return actions.Register(t, named("a"), does[struct {
				Amount engine.Money
				Note   string `menu:"note,text"`
				Count  int
				Name   string `menu:"Name,text 5"`
				Pin    string `menu:"pin,pin 4"`
				Rows   []payment
				hidden string
				Size   int64          `menu:"size,number 5..1"`
				Kind   string         `menu:"kind,choice a b"`
				Price  float64        `menu:"price,money 1..2"`
				A      string         `menu:"twice,text 5"`
				B      string         `menu:"twice,text 5"`
				Bare   *string        `menu:"bare,text 5"`
				Direct string         `menu:"direct,text 5 or nothing"`
				Word   *engine.Secret `menu:"word,secret 5 or nothing"`
			}](ok{}))
		}, []string{
			"Amount: the type is missing", "Note: text needs its length", "Count: a field of type int", `Name: the name "Name" must be`,
			`Pin: a string can't hold a "pin 4"`, "Rows: a record or list", "hidden: the field must be exported",
			"Size: number 5..1", `Kind: "a b" is not an option`, "Price: a field of type float64", "B: two fields have this name",
			`Bare: a *string can't hold a "text 5"`, `Direct: a string can't hold a "text 5 or nothing"`, "Word: a secret can't be absent",
		}},
		{"parameters that are no struct", func(t *actions.Table) error {
			return actions.Register(t, named("a"), does[string](ok{}))
		}, []string{"parameters: string must be a struct"}},
		{"outcomes that are no struct", func(t *actions.Table) error {
			return actions.Register(t, named("a"), does[nothing](1))
		}, []string{"outcomes: int must be a struct"}},
		{"no outcome", func(t *actions.Table) error {
			return actions.Register(t, named("a"), does[nothing](nothing{}))
		}, []string{"one pointer field for each outcome"}},
		{"bad outcomes", func(t *actions.Table) error {
			return actions.Register(t, named("a"), does[nothing](struct {
				Failed *struct{}
				Done   struct{}
				Number *int
				Typed  *struct{} `menu:"typed,text 5"`
				Secret *struct {
					PIN engine.Secret `menu:"pin,pin 4"`
				}
				Deep *struct {
					Rows []struct {
						Row payment
					}
				}
				Hidden *struct {
					Rows []struct {
						PIN engine.Secret `menu:"pin,pin 4"`
					} `menu:"rows,row"`
				}
				Empty *struct {
					Rows []struct{} `menu:"rows,row"`
				}
			}{}))
		}, []string{
			"Failed: the name is used twice, or", "Done: found a struct {}", "Number: found a *int", `Typed: found "text 5" after the outcome's name`,
			"Secret: an outcome can't give a secret", "Deep:", "Hidden:", "Empty:",
		}},
	}
	for _, test := range tests {
		table := actions.New(nil, time.Now)
		err := test.register(table)
		if err == nil {
			t.Errorf("%s: registered", test.name)
			continue
		}
		for _, want := range test.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: the error lacks %q:\n%v", test.name, want, err)
			}
		}
		if len(table.Contracts()) != 0 {
			t.Errorf("%s: the contract is registered despite the error", test.name)
		}
	}
}

func TestRegisterTwice(t *testing.T) {
	b := newBench(t)
	s := actions.Spec{Name: "a", About: "About.", Takes: time.Second}
	if err := actions.Register(b.Table, s, does[struct{}](ok{})); err != nil {
		t.Fatal(err)
	}
	if err := actions.Register(b.Table, s, does[struct{}](ok{})); err == nil || !strings.Contains(err.Error(), `"a": the name is taken`) {
		t.Errorf("the second time: %v", err)
	}
}

// noted has values that may be absent, alone and in a row.
type noted struct{ Found *found }

type found struct {
	Note *string       `menu:"note,text 20 or nothing"`
	Left *engine.Money `menu:"left,money 0..100 or nothing"`
	Day  *engine.Date
	Rows []remarked `menu:"rows,row"`
}

type remarked struct {
	Remark *string `menu:"remark,text 9 or nothing"`
}

// TestAbsentValues: a nil pointer is a value that is not set, in both directions, fresh
// and stored.
func TestAbsentValues(t *testing.T) {
	b := newBench(t)
	type asked struct {
		City *string `menu:"city,text 9 or nothing"`
		From *engine.Phone
	}
	err := actions.Register(b.Table, actions.Spec{Name: "note", About: "About.", Takes: time.Second}, func(_ context.Context, _ actions.Call, in asked) (actions.Work[noted], error) {
		return func(context.Context, store.Tx) (noted, error) {
			out := noted{&found{}}
			if in.City != nil && in.From != nil {
				left := engine.Money(500)
				out.Found.Note, out.Found.Left = in.City, &left
				out.Found.Rows = []remarked{{in.City}}
			}
			return out, nil
		}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if typ := b.Contracts()[0].Params[1].Type; typ.String() != "phone or nothing" {
		t.Errorf("the second parameter is %s", typ)
	}
	text := engine.TextValue("Kisumu")
	row := engine.RecordValue([]engine.Named{{Name: "remark", Value: text}})
	for id, c := range map[string]struct{ args, want []engine.Value }{
		"given":  {[]engine.Value{text, engine.PhoneValue(amina)}, []engine.Value{text, engine.MoneyValue(500), {}, engine.ListValue([]engine.Value{row})}},
		"absent": {[]engine.Value{{}, {}}, []engine.Value{{}, {}, {}, engine.ListValue(nil)}},
	} {
		for range 2 {
			out := b.must(t, engine.Call{ID: id, Action: "note", Args: c.args})
			for i, want := range c.want {
				if got := out.Values[i].Value; !got.Equal(want) {
					t.Errorf("%s: %s is %s, want %s", id, out.Values[i].Name, got, want)
				}
			}
		}
	}
}
