package engine

import (
	"time"

	"github.com/paytrace/paytrace/engine/secret"
)

// A Kind says what sort of value it is.
type Kind uint8

// The kinds of the menu language. A pin is a secret with a fixed number of digits.
const (
	KindNone Kind = iota
	KindText
	KindNumber // a whole number
	KindMoney  // whole cents of the service's currency
	KindDate   // a calendar day, no time and no zone
	KindPhone  // MSISDN: digits with country code, no plus sign
	KindChoice // the name of one option
	KindSecret // a PIN or password; never shown, kept or logged
	KindRecord // named fields, given by an action
	KindList   // records, given by an action
)

// A Type bounds a variable, a parameter or a value that an action gives. The zero
// Type is no type.
type Type struct {
	Kind Kind
	// Lo and Hi bound a number (units) or money (cents), inclusive.
	Lo, Hi int64
	// From and To bound a date, inclusive.
	From, To DateBound
	// Width is the greatest number of characters that a shown value takes. The
	// length check relies on it.
	Width int
	// Year says that a number is a year, which is shown without groups: 2026.
	Year bool `json:",omitzero"`
	// Form bounds what a text is made of.
	Form Form `json:",omitzero"`
	// Stars says that a text may contain a star, which also separates the answers of a
	// call on the wire.
	Stars bool `json:",omitzero"`
	// Digits is the exact length of a PIN; 0 for other secrets.
	Digits int
	// Countries lists the regions (ISO 3166, "KE") of a phone number. Empty means
	// the gateway's own, the single entry "any" means all.
	Countries []string
	// Options has the names of a choice, in the order in which they are shown.
	Options []string
	// Record names the type of a record, or of a list's rows.
	Record string
	// Fields has the fields of a record, or of a list's rows.
	Fields []Field
	// Optional says that the value may be absent: a parameter that an action can do
	// without, or a value that an outcome may leave out.
	Optional bool `json:",omitempty"`
}

// field returns the type of a record's field or of a part of a date, or nil.
func (t *Type) field(name string) *Type {
	if part, ok := t.DatePart(name); ok {
		return &part
	}
	for i := range t.Fields {
		if t.Fields[i].Name == name {
			return &t.Fields[i].Type
		}
	}
	return nil
}

// A Field is one name with its type: a record's field, an action's parameter, or a
// value that an outcome gives.
type Field struct {
	Name string
	Type Type
}

// A DateBound is one end of a date's range: a fixed day, or a distance from the day
// of the call. If Relative, Years, Months and Days are added to today.
type DateBound struct {
	Set                 bool
	Relative            bool
	Day                 Date
	Years, Months, Days int
}

// on returns the bound's day in a call that begins today.
func (b DateBound) on(today Date) Date {
	if !b.Relative {
		return b.Day
	}
	y, m, d := today.Time().Date()
	// A month before 31 March is the last day of February, not 3 March.
	last := time.Date(y+b.Years, m+time.Month(b.Months)+1, 0, 0, 0, 0, 0, time.UTC)
	if d < last.Day() {
		last = last.AddDate(0, 0, d-last.Day())
	}
	return DateOf(last.AddDate(0, 0, b.Days))
}

// A Date counts the days since 1970-01-01, so days compare as numbers.
type Date int64

// DateOf returns the calendar day of t in t's own location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay)
}

const secondsPerDay = 24 * 60 * 60

// Time returns midnight UTC of the day.
func (d Date) Time() time.Time { return time.Unix(int64(d)*secondsPerDay, 0).UTC() }

// Go types for the parameters and outcomes of actions. They carry the kinds of the
// menu language into Go signatures; see package actions.
type (
	// Phone is an MSISDN: digits with country code, no plus sign.
	Phone string
	// Money is an amount in whole cents.
	Money int64
	// Secret is a PIN or password. Every format, encoder and logger prints it as
	// [redacted]; only Reveal returns the text.
	Secret = secret.Text
)

// NewSecret returns a secret that is never printed.
func NewSecret(text string) Secret { return secret.New(text) }

const centsPerUnit = 100
