package backend

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/internal/fuzz"
)

func typeOf(t testing.TB, text string) engine.Type {
	t.Helper()
	if options, ok := strings.CutPrefix(text, "choice "); ok {
		return engine.Type{Kind: engine.KindChoice, Options: strings.Split(options, "|"), Width: 10}
	}
	typ, err := engine.ParseType(text)
	if err != nil {
		t.Fatal(err)
	}
	return typ
}

func field(t testing.TB, name, typ string) engine.Field {
	return engine.Field{Name: name, Type: typeOf(t, typ)}
}

var today = engine.DateOf(time.Date(2026, 3, 10, 0, 0, 0, 0, time.UTC))

// everything is a contract with each kind of value.
func everything(t testing.TB) *engine.Contract {
	row := engine.Type{Kind: engine.KindList, Record: "payment", Fields: []engine.Field{field(t, "day", "date"), field(t, "amount", "money 1..500")}}
	place := engine.Type{Kind: engine.KindRecord, Record: "place", Fields: []engine.Field{field(t, "town", "text 9")}}
	return &engine.Contract{
		Name: "everything", Takes: time.Second,
		Params: []engine.Field{
			field(t, "name", "text 20"), field(t, "n", "number -5..12"), field(t, "amount", "money 1..500"), field(t, "day", "date"),
			field(t, "to", "phone"), field(t, "kind", "choice bus|boat"), field(t, "pin", "pin 4"),
			{Name: "place", Type: place},
			{Name: "rows", Type: row},
		},
		Outcomes: []engine.OutcomeContract{
			{Name: "done", Gives: []engine.Field{
				field(t, "name", "text 5"), field(t, "n", "number -5..12"), field(t, "amount", "money 1..500"),
				field(t, "day", "date today-1y..today"), field(t, "to", "phone"), field(t, "kind", "choice bus|boat"),
				{Name: "place", Type: place},
				{Name: "rows", Type: row},
			}},
			{Name: "not_found"},
		},
	}
}

func TestEncode(t *testing.T) {
	payment := engine.RecordValue([]engine.Named{{Name: "day", Value: engine.DateValue(today)}, {Name: "amount", Value: engine.MoneyValue(250)}})
	r := Request{
		Contract: everything(t), Caller: "254712345678", Service: "*384*55#", Lang: "sw", Session: "ATUid_1",
		Args: []engine.Value{
			engine.TextValue(`Amina "A" <&>`), engine.NumberValue(-3), engine.MoneyValue(12345), engine.DateValue(today), engine.PhoneValue("254722000111"),
			engine.ChoiceValue("bus"), engine.SecretValue("4821"), engine.RecordValue([]engine.Named{{Name: "town", Value: engine.TextValue("Lamu")}}),
			engine.ListValue([]engine.Value{payment}),
		},
	}
	const head = `{"action":"everything","service":"*384*55#","caller":"+254712345678","language":"sw","call":"ATUid_1",`
	const values = `"values":{"name":"Amina \"A\" <&>","n":-3,"amount":12345,"day":"2026-03-10","to":"+254722000111","kind":"bus",%s` +
		`"place":{"town":"Lamu"},"rows":[{"day":"2026-03-10","amount":250}]}}`
	got, err := encode(&r)
	if err != nil || string(got) != head+fmt.Sprintf(values, `"pin":"4821",`) {
		t.Errorf("%s, %v", got, err)
	}
	r.Again = true
	if got, err = encode(&r); err != nil || string(got) != head+`"again":true,`+fmt.Sprintf(values, "") {
		t.Errorf("again: %s, %v", got, err)
	}
	r.Again, r.Args[0] = false, engine.Value{}
	if got, err = encode(&r); err != nil || strings.Contains(string(got), `"name"`) {
		t.Errorf("a value that is not set is sent: %s, %v", got, err)
	}
	r.Args[0] = engine.SecretValue("4821")
	if got, err = encode(&r); err == nil {
		t.Errorf("a secret was sent to a parameter of text: %s", got)
	}
	r.Args[0] = engine.Value{}
	r.Args[7] = engine.RecordValue([]engine.Named{{Name: "town", Value: engine.SecretValue("4821")}})
	if got, err = encode(&r); err == nil {
		t.Errorf("a secret was sent within a record: %s", got)
	}
}

const rightAnswer = `{"outcome":"done","values":{"name":"Amina","n":12,"amount":500,"day":"2026-03-10","to":"+254722000111",
	"kind":"boat","place":{"town":"Lamu"},"rows":[{"day":"2024-02-29","amount":100}],"more":{"is":["passed","over"]}}}`

func TestDecode(t *testing.T) {
	r := Request{Contract: everything(t), Today: today}
	got, err := decode(&r, []byte(rightAnswer))
	if err != nil {
		t.Fatal(err)
	}
	leap := engine.DateOf(time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC))
	want := engine.Outcome{Name: "done", Values: []engine.Named{
		{Name: "name", Value: engine.TextValue("Amina")},
		{Name: "n", Value: engine.NumberValue(12)},
		{Name: "amount", Value: engine.MoneyValue(500)},
		{Name: "day", Value: engine.DateValue(today)},
		{Name: "to", Value: engine.PhoneValue("254722000111")},
		{Name: "kind", Value: engine.ChoiceValue("boat")},
		{Name: "place", Value: engine.RecordValue([]engine.Named{{Name: "town", Value: engine.TextValue("Lamu")}})},
		{Name: "rows", Value: engine.ListValue([]engine.Value{engine.RecordValue([]engine.Named{
			{Name: "day", Value: engine.DateValue(leap)},
			{Name: "amount", Value: engine.MoneyValue(100)},
		})})},
	}}
	if !cmp.Equal(want, got) {
		t.Errorf("%v, want %v", got, want)
	}
	for _, name := range []string{"not_found", engine.Failed, engine.Pending, engine.Limited} {
		if out, err := decode(&r, []byte(`{"outcome":"`+name+`"}`)); err != nil || out.Name != name {
			t.Errorf("%s: %v, %v", name, out, err)
		}
	}
	// A value that the contract marks as optional may be left out.
	optional := *r.Contract
	optional.Outcomes = []engine.OutcomeContract{{Name: "done", Gives: []engine.Field{field(t, "town", "text 9")}}}
	optional.Outcomes[0].Gives[0].Type.Optional = true
	for _, answer := range []string{`{"outcome":"done"}`, `{"outcome":"done","values":{"town":null}}`} {
		if out, err := decode(&Request{Contract: &optional}, []byte(answer)); err != nil || out.Values[0].Value.IsSet() {
			t.Errorf("%s: %v, %v", answer, out, err)
		}
	}
	reads := *r.Contract
	reads.Reads = true
	if out, err := decode(&Request{Contract: &reads}, []byte(`{"outcome":"pending"}`)); err == nil {
		t.Errorf("an action that only reads is pending: %v", out)
	}
}

// Each fault of an answer is named, and nothing of the answer is repeated.
func TestDecodeFaults(t *testing.T) {
	const canary = "Zawadi 0799"
	change := func(from, to string) string {
		if !strings.Contains(rightAnswer, from) {
			t.Fatalf("the right answer has no %s", from)
		}
		return strings.Replace(rightAnswer, from, to, 1)
	}
	for answer, says := range map[string]string{
		"":                                        "empty or ends early",
		rightAnswer[:40]:                          "ends early",
		rightAnswer + "{}":                        "something follows",
		"<html>" + canary:                         "not JSON",
		`["` + canary + `"]`:                      "is a JSON array",
		`{"outcome":7}`:                           `"outcome" is a JSON number`,
		`{"outcome":null}`:                        `no "outcome"`,
		`{"values":{}}`:                           `no "outcome"`,
		`{"outcome":"paid"}`:                      "the outcome is paid; the contract knows [failed pending limited done not_found]",
		`{"outcome":"` + canary + `"}`:            "a text that is not a name",
		`{"outcome":"done"}`:                      "value name: it is missing; expected a string of at most 5 characters",
		change(`"Amina"`, `"`+canary+`"`):         "it has 11 characters",
		change(`"Amina"`, `"A\nB"`):               "a line break",
		change(`"Amina"`, `7`):                    "value name: it is a whole number; expected a string",
		change(`"n":12`, `"n":13`):                "outside the contract; expected a whole number from -5 to 12",
		change(`"n":12`, `"n":1.5`):               "a number that is not whole",
		change(`"n":12`, `"n":1e1`):               "a number that is not whole",
		change(`"n":12`, `"n":"12"`):              "it is a string",
		change(`500`, `50001`):                    "whole cents from 100 to 50000",
		change(`500`, `99`):                       "outside",
		change(`500`, `99999999999999999999`):     "not whole",
		change(`2026-03-10`, `10/03/2026`):        "it is not a date",
		change(`2026-03-10`, `2026-03-11`):        "outside the contract; expected a day",
		change(`+254722000111`, canary):           "it is not a phone number",
		change(`+254722000111`, `0722000111`):     "it is not a phone number",
		change(`"boat"`, `"`+canary+`"`):          "one of [bus boat]",
		change(`{"town":"Lamu"}`, `[]`):           "value place: it is an array; expected an object, a place",
		change(`{"town":"Lamu"}`, `{}`):           "town: it is missing",
		change(`[{"day"`, `[7,{"day"`):            "row 1: it is a whole number",
		change(`"amount":100}`, `"amount":null}`): "amount: it is null",
	} {
		_, err := decode(&Request{Contract: everything(t), Today: today}, []byte(answer))
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s\n%v, want %q", answer, err, says)
		} else if strings.Contains(err.Error(), "Zawadi") || strings.Contains(err.Error(), "0799") {
			t.Errorf("%s: repeated in %q", answer, err)
		}
	}
}

func FuzzDecode(tf *testing.F) {
	f := fuzz.New(tf)
	f.Add(rightAnswer)
	f.Add(`{"outcome":"not_found"}`)
	f.Add(`{"outcome":"done","values":{"rows":[[]],"place":null}}`)
	f.Fuzz(func(t *testing.T, answer string) {
		c := everything(t)
		out, err := decode(&Request{Contract: c, Today: today}, []byte(answer))
		if err != nil {
			return
		}
		if of, ok := c.Outcome(out.Name); ok && len(out.Values) != len(of.Gives) {
			t.Errorf("%s: %v lacks values", answer, out)
		}
	})
}

// A text of a form is taken if it has the form. Samples have it, and the description of
// the API says it.
func TestFormsOfTexts(t *testing.T) {
	for spelled, c := range map[string]struct{ right, wrong string }{
		"digits 8":                      {"00412345", "0041234A"},
		"digits 6..8":                   {"000001", "00001"},
		"letters 2..9":                  {"Amina", "Amina1"},
		"letters and digits 7":          {"KDA123B", "KDA-123"},
		`text 12 like "AB-123"`:         {"KD-007", "KD007"},
		`text 9 like /a+/ such as "aa"`: {"aaa", "ab"},
	} {
		typ, err := engine.ParseType(spelled)
		if err != nil {
			t.Fatal(err)
		}
		if v, err := decodeString(&typ, c.right, today); err != nil || v.Text() != c.right {
			t.Errorf("%s: %q is read as %s, %v", spelled, c.right, v, err)
		}
		if v, err := decodeString(&typ, c.wrong, today); err == nil || !strings.Contains(err.Error(), "expected a string of "+typ.String()) {
			t.Errorf("%s: %q is read as %s, %v", spelled, c.wrong, v, err)
		}
		for _, other := range []bool{false, true} {
			if v := sampleValue(&typ, today, other); !typ.Form.Has(v.Text()) {
				t.Errorf("%s: the sample %s has not the form", spelled, v)
			}
		}
		if said := typeSchema(&typ)["description"]; said != "Of the form: "+typ.String()+"." {
			t.Errorf("%s is described as %v", spelled, said)
		}
	}
}
