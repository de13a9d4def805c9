package backend

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/msisdn"
)

// requestBody is the JSON of a request. docs/actions.md describes it.
type requestBody struct {
	Action   string  `json:"action"`
	Service  string  `json:"service"`
	Caller   string  `json:"caller"`
	Language string  `json:"language"`
	Call     string  `json:"call"`
	Again    bool    `json:"again,omitempty"`
	Values   members `json:"values"`
}

// members is a JSON object whose members keep their order.
type members []member

type member struct {
	name  string
	value json.RawMessage
}

// MarshalJSON writes the members in their order, so every try has the same bytes.
func (m members) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, one := range m {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendQuote(b, one.name) // a name of the menu language: letters, digits and _
		b = append(b, ':')
		b = append(b, one.value...)
	}
	return append(b, '}'), nil
}

// encode returns the body of a request. Values that are not set are left out, and so are
// secrets where the request is a later try.
func encode(r *Request) ([]byte, error) {
	if len(r.Args) != len(r.Contract.Params) {
		return nil, fmt.Errorf("found %d values; %d are expected", len(r.Args), len(r.Contract.Params))
	}
	body := requestBody{
		Action: r.Contract.Name, Service: r.Service, Caller: e164(r.Caller), Language: r.Lang, Call: r.Session, Again: r.Again,
	}
	for i, p := range r.Contract.Params {
		v := r.Args[i]
		secret := v.Kind() == engine.KindSecret
		if !v.IsSet() || secret && r.Again {
			continue
		}
		if v.Kind() != p.Type.Kind {
			return nil, fmt.Errorf("the value %s is of another kind than the contract says", p.Name)
		}
		raw, err := encodeValue(v)
		if err != nil {
			return nil, fmt.Errorf("the value %s: %w", p.Name, err)
		}
		body.Values = append(body.Values, member{p.Name, raw})
	}
	return plainJSON(body)
}

func e164(digits string) string {
	if digits == "" {
		return ""
	}
	return msisdn.E164(digits)
}

// plainJSON writes JSON that leaves <, > and & as they are.
func plainJSON(x any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(x)
	return bytes.TrimSuffix(b.Bytes(), []byte{'\n'}), err
}

// dayForm is how dates are written: ISO 8601.
const dayForm = time.DateOnly

// encodeValue writes a value as backends read it. A secret is revealed: its parameter is
// one of secrets, and the address is protected.
func encodeValue(v engine.Value) (json.RawMessage, error) {
	switch v.Kind() {
	case engine.KindNumber, engine.KindMoney:
		return strconv.AppendInt(nil, v.Int(), 10), nil
	case engine.KindDate:
		return plainJSON(engine.Date(v.Int()).Time().Format(dayForm))
	case engine.KindPhone:
		return plainJSON(e164(v.Text()))
	case engine.KindText, engine.KindChoice:
		return plainJSON(v.Text())
	case engine.KindSecret:
		return plainJSON(v.Reveal())
	case engine.KindRecord:
		return encodeRecord(v)
	case engine.KindList:
		list := make([]json.RawMessage, 0, len(v.Items()))
		for _, item := range v.Items() {
			raw, err := encodeRecord(item)
			if err != nil {
				return nil, err
			}
			list = append(list, raw)
		}
		return plainJSON(list)
	}
	return nil, errors.New("it is not set")
}

func encodeRecord(v engine.Value) (json.RawMessage, error) {
	m := members{}
	for _, f := range v.Fields() {
		if f.Value.Kind() == engine.KindSecret {
			return nil, errors.New("a secret may only be a value of its own, not part of a record")
		}
		if !f.Value.IsSet() {
			continue
		}
		raw, err := encodeValue(f.Value)
		if err != nil {
			return nil, err
		}
		m = append(m, member{f.Name, raw})
	}
	return m.MarshalJSON()
}

// answerBody is the JSON of an answer.
type answerBody struct {
	Outcome *string                    `json:"outcome"`
	Values  map[string]json.RawMessage `json:"values"`
}

// shownName is an outcome that a log may show: a name, and no text of a person.
var shownName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,39}$`)

// decode reads an answer and holds it against the contract. Its errors name what was
// found and expected, and never a value.
func decode(r *Request, body []byte) (engine.Outcome, error) {
	var a answerBody
	d := json.NewDecoder(bytes.NewReader(body))
	if err := d.Decode(&a); err != nil {
		return engine.Outcome{}, notJSON(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return engine.Outcome{}, errors.New("something follows the JSON of the answer; expected one object")
	}
	if a.Outcome == nil {
		return engine.Outcome{}, errors.New(`the answer has no "outcome"; expected {"outcome":"…","values":{…}}`)
	}
	name := *a.Outcome
	if slices.Contains(engine.GeneralOutcomes(r.Contract.Reads), name) {
		return engine.Outcome{Name: name}, nil
	}
	contract, ok := r.Contract.Outcome(name)
	if !ok {
		return engine.Outcome{}, unknownOutcome(r.Contract, name)
	}
	out := engine.Outcome{Name: name}
	for _, f := range contract.Gives {
		v, err := decodeValue(&f.Type, a.Values[f.Name], r.Today)
		if err != nil {
			return engine.Outcome{}, fmt.Errorf("outcome %s, value %s: %w", name, f.Name, err)
		}
		out.Values = append(out.Values, engine.Named{Name: f.Name, Value: v})
	}
	return out, nil
}

// notJSON says why an answer can't be read. The words of the library may repeat the
// answer.
func notJSON(err error) error {
	var of *json.UnmarshalTypeError
	switch {
	case errors.As(err, &of):
		return fmt.Errorf(`the answer's %q is a JSON %s; expected {"outcome":"…","values":{…}}`, of.Field, of.Value)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the answer is empty or ends early; expected one JSON object")
	}
	return errors.New("the answer is not JSON; expected one JSON object")
}

func unknownOutcome(c *engine.Contract, name string) error {
	if !shownName.MatchString(name) {
		name = "a text that is not a name"
	}
	known := engine.GeneralOutcomes(c.Reads)
	for _, o := range c.Outcomes {
		known = append(known, o.Name)
	}
	return fmt.Errorf("the outcome is %s; the contract knows %v", name, known)
}

// decodeValue reads one value of an answer.
func decodeValue(t *engine.Type, raw json.RawMessage, today engine.Date) (engine.Value, error) {
	absent := raw == nil || string(raw) == "null"
	switch {
	case absent && t.Optional:
		return engine.Value{}, nil
	case raw == nil:
		return engine.Value{}, fmt.Errorf("it is missing; expected %s", wanted(t))
	case string(raw) == "null" && t.Kind == engine.KindPhone:
		return engine.Value{}, nil // a number that nobody has is not set
	}
	switch t.Kind {
	case engine.KindRecord:
		return decodeRecord(t, raw, today)
	case engine.KindList:
		var rows []json.RawMessage
		if raw[0] != '[' || json.Unmarshal(raw, &rows) != nil {
			return engine.Value{}, mistyped(t, raw)
		}
		items := make([]engine.Value, 0, len(rows))
		for i, row := range rows {
			v, err := decodeRecord(t, row, today)
			if err != nil {
				return engine.Value{}, fmt.Errorf("row %d: %w", i+1, err)
			}
			items = append(items, v)
		}
		return engine.ListValue(items), nil
	case engine.KindNumber, engine.KindMoney:
		n, err := strconv.ParseInt(string(raw), 10, 64)
		switch {
		case err != nil:
			return engine.Value{}, mistyped(t, raw)
		case n < t.Lo || n > t.Hi:
			return engine.Value{}, outside(t)
		case t.Kind == engine.KindMoney:
			return engine.MoneyValue(n), nil
		}
		return engine.NumberValue(n), nil
	}
	var s string
	if raw[0] != '"' || json.Unmarshal(raw, &s) != nil {
		return engine.Value{}, mistyped(t, raw)
	}
	return decodeString(t, s, today)
}

func decodeString(t *engine.Type, s string, today engine.Date) (engine.Value, error) {
	switch t.Kind {
	case engine.KindDate:
		day, err := time.Parse(dayForm, s)
		if err != nil {
			return engine.Value{}, fmt.Errorf("it is not a date; expected %s", wanted(t))
		}
		if !t.Includes(engine.DateOf(day), today) {
			return engine.Value{}, outside(t)
		}
		return engine.DateValue(engine.DateOf(day)), nil
	case engine.KindPhone:
		digits, ok := msisdn.Digits(s)
		if !ok || s[0] != '+' {
			return engine.Value{}, fmt.Errorf("it is not a phone number; expected %s", wanted(t))
		}
		return engine.PhoneValue(digits), nil
	case engine.KindChoice:
		if !slices.Contains(t.Options, s) {
			return engine.Value{}, outside(t)
		}
		return engine.ChoiceValue(s), nil
	case engine.KindText:
		if utf8.RuneCountInString(s) > t.Width {
			return engine.Value{}, fmt.Errorf("it has %d characters; expected %s", utf8.RuneCountInString(s), wanted(t))
		}
		if !t.Form.Has(s) {
			return engine.Value{}, outside(t)
		}
		for _, r := range s {
			if unicode.IsControl(r) || r == utf8.RuneError {
				return engine.Value{}, errors.New("it has a character that can't be shown, such as a line break; expected one line of text")
			}
		}
		if !t.Form.Has(s) {
			return engine.Value{}, outside(t)
		}
		return engine.TextValue(s), nil
	}
	return engine.Value{}, errors.New("an outcome can't give a secret; take it out of the contract")
}

func decodeRecord(t *engine.Type, raw json.RawMessage, today engine.Date) (engine.Value, error) {
	var of map[string]json.RawMessage
	if raw[0] != '{' || json.Unmarshal(raw, &of) != nil {
		return engine.Value{}, fmt.Errorf("it is %s; expected an object, a %s", jsonKind(raw), t.Record)
	}
	fields := make([]engine.Named, 0, len(t.Fields))
	for _, f := range t.Fields {
		v, err := decodeValue(&f.Type, of[f.Name], today)
		if err != nil {
			return engine.Value{}, fmt.Errorf("%s: %w", f.Name, err)
		}
		fields = append(fields, engine.Named{Name: f.Name, Value: v})
	}
	return engine.RecordValue(fields), nil
}

func mistyped(t *engine.Type, raw json.RawMessage) error {
	return fmt.Errorf("it is %s; expected %s", jsonKind(raw), wanted(t))
}

func outside(t *engine.Type) error {
	return fmt.Errorf("it is outside the contract; expected %s", wanted(t))
}

// wanted says what a backend has to answer for a type.
func wanted(t *engine.Type) string {
	switch t.Kind {
	case engine.KindMoney:
		return fmt.Sprintf("whole cents from %d to %d", t.Lo, t.Hi)
	case engine.KindNumber:
		return fmt.Sprintf("a whole number from %d to %d", t.Lo, t.Hi)
	case engine.KindDate:
		return fmt.Sprintf("a day as %q (%s)", "2026-03-01", t)
	case engine.KindPhone:
		return fmt.Sprintf("a phone number as %q", "+254712345678")
	case engine.KindChoice:
		return fmt.Sprintf("one of %v", t.Options)
	case engine.KindText:
		if t.Form.Kind != engine.FormAny {
			return "a string of " + t.String()
		}
		return fmt.Sprintf("a string of at most %d characters", t.Width)
	case engine.KindList:
		return "an array of objects"
	case engine.KindRecord:
		return "an object"
	}
	return t.String()
}

// jsonKind names the kind of a JSON value.
func jsonKind(raw json.RawMessage) string {
	switch raw[0] {
	case '"':
		return "a string"
	case '{':
		return "an object"
	case '[':
		return "an array"
	case 't', 'f':
		return "true or false"
	case 'n':
		return "null"
	}
	if _, err := strconv.ParseInt(string(raw), 10, 64); err != nil {
		return "a number that is not whole"
	}
	return "a whole number"
}
