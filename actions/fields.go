package actions

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unicode"

	"github.com/paytrace/paytrace/engine"
)

// tagKey is the key of a field's tag, `menu:"name,type"`. The tag has the name
// and the type as menus spell them ("money 10..70000", "text 20", "choice
// female|male"). The name defaults to the Go name in snake case. engine.Phone
// and engine.Date need no type. The others do: every type has a maximum width.
//
// A type that ends in "or nothing" may be absent, and its field is a pointer:
// Note *string `menu:"note,text 40 or nothing"`.
//
// A struct is a record, and a slice of structs is a list. Their tag has the
// record's name in place of the type: Payments []Payment
// `menu:"payments,payment"`.
//
// An outcome's tag may say whose values the outcome gives, because the action's
// number may be one that the caller only typed: `menu:"found,others"`.
const tagKey = "menu"

// goKinds maps each Go type to the kinds of value it can hold.
var goKinds = map[reflect.Type][]engine.Kind{
	reflect.TypeFor[engine.Phone]():  {engine.KindPhone},
	reflect.TypeFor[engine.Money]():  {engine.KindMoney},
	reflect.TypeFor[engine.Date]():   {engine.KindDate},
	reflect.TypeFor[engine.Secret](): {engine.KindSecret},
	reflect.TypeFor[int64]():         {engine.KindNumber},
	reflect.TypeFor[string]():        {engine.KindText, engine.KindChoice},
}

// goDefaults lists the types that need no tag.
var goDefaults = map[reflect.Type]string{
	reflect.TypeFor[engine.Phone](): "phone",
	reflect.TypeFor[engine.Date]():  "date",
}

// field maps one field of a Go struct to a menu's field.
type field struct {
	engine.Field
	index int
	sub   shape // of a record, or of a list's rows
}

// shape lists the fields of a Go struct, in order.
type shape []field

func (s shape) fields() []engine.Field {
	var fields []engine.Field
	for _, f := range s {
		fields = append(fields, f.Field)
	}
	return fields
}

func paramsOf[In any]() (shape, error) {
	s, err := shapeOf(reflect.TypeFor[In](), false)
	if err != nil {
		return nil, fmt.Errorf("parameters: %w", err)
	}
	return s, nil
}

// shapeOf reads a struct's fields. compound allows records and lists, which
// outcomes may have and parameters may not.
func shapeOf(t reflect.Type, compound bool) (shape, error) {
	if t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("%s must be a struct", t)
	}
	var s shape
	var errs []error
	seen := map[string]bool{}
	for i := range t.NumField() {
		f, err := fieldOf(t.Field(i), compound)
		if err == nil && seen[f.Name] {
			err = errors.New("two fields have this name")
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s.%s: %w", t, t.Field(i).Name, err))
			continue
		}
		f.index = i
		seen[f.Name] = true
		s = append(s, f)
	}
	return s, errors.Join(errs...)
}

func fieldOf(sf reflect.StructField, compound bool) (field, error) {
	name, spelled, err := tagOf(sf)
	if err != nil {
		return field{}, err
	}
	if row, kind := rowOf(sf.Type); row != nil {
		if !compound {
			return field{}, errors.New("a record or list is allowed only in an outcome, and not inside another one")
		}
		return compoundOf(name, spelled, kind, row)
	}
	held, optional := sf.Type, sf.Type.Kind() == reflect.Pointer
	if optional {
		held = held.Elem()
	}
	kinds, ok := goKinds[held]
	if !ok {
		return field{}, fmt.Errorf("a field of type %s can't hold a menu's value; use engine.Phone, engine.Money, engine.Date, engine.Secret, int64 or string", sf.Type)
	}
	if spelled == "" {
		spelled = goDefaults[held]
		if optional && spelled != "" {
			spelled += " " + engine.OrNothing
		}
	}
	typ, err := parseType(spelled)
	if err != nil {
		return field{}, err
	}
	if typ.Optional != optional {
		return field{}, fmt.Errorf("a %s can't hold a %q; a pointer goes with %q", sf.Type, spelled, engine.OrNothing)
	}
	for _, kind := range kinds {
		if kind == typ.Kind {
			return field{Field: engine.Field{Name: name, Type: typ}}, nil
		}
	}
	return field{}, fmt.Errorf("a %s can't hold a %q", sf.Type, spelled)
}

// tagOf returns a field's name and the rest of its tag, "" if there is none.
func tagOf(sf reflect.StructField) (name, spelled string, err error) {
	if !sf.IsExported() || sf.Anonymous {
		return "", "", errors.New("the field must be exported and not embedded")
	}
	name, spelled, _ = strings.Cut(sf.Tag.Get(tagKey), ",")
	if name == "" {
		name = snake(sf.Name)
	}
	if !validName(name) {
		return "", "", fmt.Errorf("the name %q must be lower-case letters, digits and _, beginning with a letter", name)
	}
	return name, strings.TrimSpace(spelled), nil
}

// rowOf returns the struct of a record or of a list's rows, and nil for any
// other type.
func rowOf(t reflect.Type) (reflect.Type, engine.Kind) {
	_, scalar := goKinds[t]
	switch {
	case scalar:
		return nil, engine.KindNone
	case t.Kind() == reflect.Struct:
		return t, engine.KindRecord
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct:
		return t.Elem(), engine.KindList
	}
	return nil, engine.KindNone
}

func compoundOf(name, record string, kind engine.Kind, row reflect.Type) (field, error) {
	if record == "" {
		record = snake(row.Name())
	}
	if !validName(record) {
		return field{}, fmt.Errorf("the record's name %q must be lower-case letters, digits and _", record)
	}
	sub, err := shapeOf(row, false)
	if err == nil && len(sub) == 0 {
		err = fmt.Errorf("%s has no fields", row)
	}
	for _, f := range sub {
		if f.Type.Kind == engine.KindSecret {
			err = errors.Join(err, errGivesSecret)
		}
	}
	typ := engine.Type{Kind: kind, Record: record, Fields: sub.fields()}
	return field{Field: engine.Field{Name: name, Type: typ}, sub: sub}, err
}

var errGivesSecret = errors.New("an outcome can't give a secret, because outcomes are stored and shown")

// parseType parses a type as engine.ParseType does. The options of a choice must be
// names that every menu can write.
func parseType(spelled string) (engine.Type, error) {
	if spelled == "" {
		return engine.Type{}, errors.New(`the type is missing; write it in the tag, such as menu:"amount,money 10..70000"`)
	}
	typ, err := engine.ParseType(spelled)
	if err != nil {
		return engine.Type{}, err
	}
	for _, option := range typ.Options {
		if !validName(option) {
			return engine.Type{}, fmt.Errorf("the option %q must be lower-case letters, digits and _", option)
		}
	}
	return typ, nil
}

// validName reports whether s is a name that menus can write.
func validName(s string) bool {
	for i, r := range s {
		letter := r >= 'a' && r <= 'z'
		if !letter && (i == 0 || r != '_' && (r < '0' || r > '9')) {
			return false
		}
	}
	return s != ""
}

// snake converts a Go name to snake case: WorkerID becomes worker_id.
func snake(name string) string {
	runes := []rune(name)
	var b strings.Builder
	for i, r := range runes {
		begins := i > 0 && unicode.IsUpper(r) &&
			(!unicode.IsUpper(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1]))
		if begins {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
