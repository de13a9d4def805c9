package engine

import (
	"time"
)

// Kind says what sort of thing a value is.
type Kind uint8

// The kinds of the menu language. Pin is a Secret with a fixed number of digits.
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

// Type is what a variable, a parameter or a value that an action gives may
// hold. The zero Type is no type.
type Type struct {
	Kind Kind
	// Lo and Hi bound a number (units) or money (cents), inclusive.
	Lo, Hi int64
	// From and To bound a date, inclusive.
	From, To DateBound
	// Width is the greatest number of characters a value takes when it is
	// shown. It is what turns the length check into a proof.
	Width int
	// Digits is the exact length of a PIN; 0 for other secrets.
	Digits int
	// Countries are the regions (ISO 3166, "KE") a phone number may belong to:
	// empty for the gateway's own, or the single entry "any".
	Countries []string
	// Options are the names of a choice, in the order they are shown.
	Options []string
	// Record names a record's type, or that of a list's rows.
	Record string
	// Fields are those of a record, or of a list's rows.
	Fields []Field
}

// Field is one named, typed place: a record's field, an action's parameter, or
// a value that an outcome gives.
type Field struct {
	Name string
	Type Type
}

// DateBound is one end of a date's range: a fixed day, or a distance from the
// day of the call. Years, Months and Days are added to today when Relative.
type DateBound struct {
	Set                 bool
	Relative            bool
	Day                 Date
	Years, Months, Days int
}

// Date is a calendar day as days since 1970-01-01, so that days compare as
// numbers.
type Date int64

// DateOf is the calendar day of t in t's own location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay)
}

const secondsPerDay = 24 * 60 * 60

// Time is midnight UTC of the day.
func (d Date) Time() time.Time { return time.Unix(int64(d)*secondsPerDay, 0).UTC() }

// Go types for the parameters and outcomes of actions. They carry the menu
// language's kinds into Go signatures; see package actions.
type (
	// Phone is an MSISDN: digits with country code, no plus sign.
	Phone string
	// Money is an amount in whole cents.
	Money int64
)
