package check

import (
	"sort"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// value describes a session value: what it may hold and where it comes from.
type value struct {
	name string
	typ  engine.Type
	// v is the variable if the menu asks for the value, otherwise nil.
	v *syntax.Var
	// from says where the value is declared, for messages.
	from diag.Related
	// given lists further places that give it, with their types.
	given []givenValue
	// foreign says that it may hold a phone number that was not typed here and
	// may be of any country.
	foreign bool
	// also lists the types of values that are set or offered in its place.
	also   []engine.Type
	secret bool
	// sum is set for a sum, whose name is its text.
	sum *engine.Sum
}

// givenValue describes one more place that gives a value.
type givenValue struct {
	typ engine.Type
	at  syntax.Text
	who string // `"create_account" gives`
}

// typeIn returns the type of a name or a record's field, false if there is none.
func typeIn(values map[string]*value, v syntax.Value) (engine.Type, bool) {
	val := values[v.Name]
	if val == nil || v.Name == "" || val.sum != nil && val.typ.Kind == engine.KindNone {
		return engine.Type{}, false
	}
	if v.Field == "" {
		return val.typ, true
	}
	return fieldType(val.typ, v.Field)
}

// fieldType returns the type of a record's field or of a part of a date.
func fieldType(t engine.Type, field string) (engine.Type, bool) {
	if part, ok := t.DatePart(field); ok {
		return part, true
	}
	for _, f := range t.Fields {
		if f.Name == field && t.Kind == engine.KindRecord {
			return f.Type, true
		}
	}
	return engine.Type{}, false
}

// kindNames lists the kinds in the words of a menu.
var kindNames = map[engine.Kind]string{
	engine.KindText: "a text", engine.KindNumber: "a number", engine.KindMoney: "an amount of money",
	engine.KindDate: "a date", engine.KindPhone: "a phone number", engine.KindChoice: "a choice",
	engine.KindSecret: "a secret", engine.KindRecord: "a record", engine.KindList: "a list",
}

// typeName returns a type in the words of a menu.
func typeName(t engine.Type) string {
	switch {
	case t.Kind == engine.KindRecord && t.Record != "":
		return "a record (" + t.Record + ")"
	case t.Kind == engine.KindList && t.Record != "":
		return "a list (" + t.Record + ")"
	case t.Kind == engine.KindText && t.Form.Kind != engine.FormAny:
		return t.String()
	case kindNames[t.Kind] == "":
		return "nothing"
	}
	return kindNames[t.Kind]
}

func SortedNames[T any](m map[string]T) []string {
	names := make([]string, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

// within reports whether b contains every element of a.
func within(a, b []string) bool {
	in := map[string]bool{}
	for _, s := range b {
		in[s] = true
	}
	for _, s := range a {
		if !in[s] {
			return false
		}
	}
	return true
}

// nameOf returns a value's name, with its field as "payment.ref".
func nameOf(v syntax.Value) string {
	if v.Field == "" {
		return v.Name
	}
	return v.Name + "." + v.Field
}
