package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// A Value is one typed value of a session. The zero Value is unset. Values are
// immutable and may be shared.
type Value struct {
	kind Kind
	n    int64  // number, money (cents), date (days)
	s    string // text, phone, choice, secret
	more *compound
}

type compound struct {
	fields []Named // a record's
	items  []Value // a list's
}

// TextValue returns plain text.
func TextValue(s string) Value { return Value{kind: KindText, s: s} }

// NumberValue returns a whole number.
func NumberValue(n int64) Value { return Value{kind: KindNumber, n: n} }

// MoneyValue returns an amount in whole cents.
func MoneyValue(cents int64) Value { return Value{kind: KindMoney, n: cents} }

// DateValue returns a calendar day.
func DateValue(d Date) Value { return Value{kind: KindDate, n: int64(d)} }

// PhoneValue returns an MSISDN: digits with country code, no plus sign.
func PhoneValue(digits string) Value { return Value{kind: KindPhone, s: digits} }

// ChoiceValue returns the name of one option.
func ChoiceValue(name string) Value { return Value{kind: KindChoice, s: name} }

// SecretValue returns a PIN or password.
func SecretValue(s string) Value { return Value{kind: KindSecret, s: s} }

// RecordValue returns a record with these fields.
func RecordValue(fields []Named) Value {
	return Value{kind: KindRecord, more: &compound{fields: fields}}
}

// ListValue returns a list of records.
func ListValue(items []Value) Value { return Value{kind: KindList, more: &compound{items: items}} }

// Kind returns the value's kind, or KindNone if it is unset.
func (v Value) Kind() Kind { return v.kind }

// IsSet reports whether the value is set.
func (v Value) IsSet() bool { return v.kind != KindNone }

// Text returns the text of a text, phone or choice, and "" for every other kind.
// Only Reveal returns secrets.
func (v Value) Text() string {
	if v.kind == KindSecret {
		return ""
	}
	return v.s
}

// Reveal returns a secret, for the one action that checks it.
func (v Value) Reveal() string {
	if v.kind != KindSecret {
		return ""
	}
	return v.s
}

// Int returns a number, an amount in cents, or a date's days since 1970-01-01.
func (v Value) Int() int64 { return v.n }

// Fields returns the fields of a record.
func (v Value) Fields() []Named {
	if v.more == nil {
		return nil
	}
	return v.more.fields
}

// Field returns one field of a record or one part of a date, or an unset Value if there
// is none.
func (v Value) Field(name string) Value {
	if v.kind == KindDate {
		return partOfDay(Date(v.n), name)
	}
	for _, f := range v.Fields() {
		if f.Name == name {
			return f.Value
		}
	}
	return Value{}
}

// Items returns the rows of a list.
func (v Value) Items() []Value {
	if v.more == nil {
		return nil
	}
	return v.more.items
}

// holdsSecret reports whether the value contains a secret, at any depth.
func (v Value) holdsSecret() bool {
	if v.more == nil {
		return v.kind == KindSecret
	}
	for _, f := range v.more.fields {
		if f.Value.holdsSecret() {
			return true
		}
	}
	for _, item := range v.more.items {
		if item.holdsSecret() {
			return true
		}
	}
	return false
}

// Equal reports whether both values are the same.
func (v Value) Equal(w Value) bool {
	if v.kind != w.kind || v.n != w.n || v.s != w.s {
		return false
	}
	return namedEqual(v.Fields(), w.Fields()) && itemsEqual(v.Items(), w.Items())
}

func namedEqual(a, b []Named) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Name != b[i].Name || !a[i].Value.Equal(b[i].Value) {
			return false
		}
	}
	return true
}

func itemsEqual(a, b []Value) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !a[i].Equal(b[i]) {
			return false
		}
	}
	return true
}

// String returns the value for debugging, with secrets hidden.
func (v Value) String() string {
	switch v.kind {
	case KindNone:
		return "(not set)"
	case KindText, KindPhone, KindChoice:
		return v.s
	case KindSecret:
		return redacted
	case KindMoney:
		return fmt.Sprintf("%d.%02d", v.n/100, v.n%100)
	case KindDate:
		return Date(v.n).Time().Format("2006-01-02")
	case KindNumber:
		return fmt.Sprint(v.n)
	case KindRecord:
		parts := make([]string, 0, len(v.Fields()))
		for _, f := range v.Fields() {
			parts = append(parts, f.Name+": "+f.Value.String())
		}
		return "{" + strings.Join(parts, ", ") + "}"
	default:
		return fmt.Sprintf("[%d rows]", len(v.Items()))
	}
}

// Format writes String for every format verb, so none shows a secret.
func (v Value) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, v.String()) }

const redacted = "[redacted]"

// ErrSecret says that a secret was about to be stored.
var ErrSecret = errors.New("a secret can't be stored")

// kindTags has the keys of values in their JSON form, an object with one entry like
// {"t":"Amina"}.
var kindTags = map[Kind]string{
	KindText: "t", KindNumber: "n", KindMoney: "m", KindDate: "d",
	KindPhone: "p", KindChoice: "c", KindRecord: "r", KindList: "l",
}

// MarshalJSON writes the value with a tag for its kind. It returns ErrSecret for a
// secret at any depth.
func (v Value) MarshalJSON() ([]byte, error) {
	switch v.kind {
	case KindNone:
		return []byte("null"), nil
	case KindSecret:
		return nil, ErrSecret
	case KindNumber, KindMoney, KindDate:
		return fmt.Appendf(nil, `{"%s":%d}`, kindTags[v.kind], v.n), nil
	case KindRecord:
		return tagged("r", v.Fields())
	case KindList:
		return tagged("l", v.Items())
	default:
		return tagged(kindTags[v.kind], v.s)
	}
}

func tagged(tag string, x any) ([]byte, error) {
	b, err := json.Marshal(x)
	if err != nil {
		return nil, err
	}
	out := make([]byte, 0, len(b)+8)
	out = append(out, `{"`...)
	out = append(out, tag...)
	out = append(out, `":`...)
	out = append(out, b...)
	return append(out, '}'), nil
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (v *Value) UnmarshalJSON(b []byte) error {
	*v = Value{}
	if string(b) == "null" {
		return nil
	}
	var in map[string]json.RawMessage
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	if len(in) != 1 {
		return fmt.Errorf("a value has one tag, found %d", len(in))
	}
	for tag, raw := range in {
		return v.untag(tag, raw)
	}
	return nil
}

func (v *Value) untag(tag string, raw json.RawMessage) error {
	for kind, t := range kindTags {
		if t != tag {
			continue
		}
		v.kind = kind
		switch kind {
		case KindNumber, KindMoney, KindDate:
			return json.Unmarshal(raw, &v.n)
		case KindRecord:
			v.more = &compound{}
			return json.Unmarshal(raw, &v.more.fields)
		case KindList:
			v.more = &compound{}
			return json.Unmarshal(raw, &v.more.items)
		default:
			return json.Unmarshal(raw, &v.s)
		}
	}
	return fmt.Errorf("no kind of value has the tag %q", tag)
}

// Named is a value with its name, for instance a record's field.
type Named struct {
	Name  string
	Value Value
}

// MarshalJSON writes the short form ["name", value].
func (n Named) MarshalJSON() ([]byte, error) {
	return json.Marshal([2]any{n.Name, n.Value})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (n *Named) UnmarshalJSON(b []byte) error {
	var raw []json.RawMessage
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	if len(raw) != 2 {
		return fmt.Errorf("a named value is a name and a value; found %d parts", len(raw))
	}
	if err := json.Unmarshal(raw[0], &n.Name); err != nil {
		return err
	}
	return json.Unmarshal(raw[1], &n.Value)
}
