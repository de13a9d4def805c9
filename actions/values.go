package actions

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"unicode/utf8"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/msisdn"
)

// readParams fills an In struct with a call's arguments and checks them against
// the contract. Calls from a compiled menu always pass; a REST request may not.
func readParams[In any](s shape, args []engine.Value) (in In, err error) {
	if len(args) != len(s) {
		return in, fmt.Errorf("found %d values; %d are expected", len(args), len(s))
	}
	v := reflect.ValueOf(&in).Elem()
	for i, f := range s {
		if err := checkValue(args[i], &f.Type); err != nil {
			return in, fmt.Errorf("parameter %s: %w", f.Name, err)
		}
		setField(v.Field(f.index), args[i])
	}
	return in, nil
}

// ErrArgument reports a value that the contract does not allow.
var ErrArgument = errors.New("the contract does not allow this value")

func checkValue(v engine.Value, t *engine.Type) error {
	if t.Optional && !v.IsSet() {
		return nil
	}
	if v.Kind() != t.Kind {
		return fmt.Errorf("%w: it is not set or of another kind", ErrArgument)
	}
	ok := true
	switch t.Kind {
	case engine.KindPhone:
		ok = msisdn.Valid(v.Text())
	case engine.KindMoney, engine.KindNumber:
		ok = v.Int() >= t.Lo && v.Int() <= t.Hi
	case engine.KindText:
		ok = utf8.ValidString(v.Text()) && utf8.RuneCountInString(v.Text()) <= t.Width && t.Form.Has(v.Text())
	case engine.KindChoice:
		ok = len(t.Options) == 0 || slices.Contains(t.Options, v.Text())
	case engine.KindSecret:
		n := utf8.RuneCountInString(v.Reveal())
		ok = n > 0 && n <= t.Width && (t.Digits == 0 || n == t.Digits)
	}
	if !ok {
		return fmt.Errorf("%w: it is outside its range", ErrArgument)
	}
	return nil
}

func setField(to reflect.Value, v engine.Value) {
	if to.Kind() == reflect.Pointer {
		if !v.IsSet() {
			return // nil
		}
		to.Set(reflect.New(to.Type().Elem()))
		to = to.Elem()
	}
	switch {
	case v.Kind() == engine.KindSecret:
		to.Set(reflect.ValueOf(engine.NewSecret(v.Reveal())))
	case to.Kind() == reflect.String:
		to.SetString(v.Text())
	default:
		to.SetInt(v.Int())
	}
}

// readStruct reads the values of an outcome or a record. An empty phone number
// and a nil pointer count as not set.
func readStruct(s shape, v reflect.Value) ([]engine.Named, error) {
	var values []engine.Named
	for _, f := range s {
		value, err := readField(f, v.Field(f.index))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		values = append(values, engine.Named{Name: f.Name, Value: value})
	}
	return values, nil
}

func readField(f field, v reflect.Value) (engine.Value, error) {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return engine.Value{}, nil
		}
		v = v.Elem()
	}
	switch f.Type.Kind {
	case engine.KindPhone:
		if v.String() == "" {
			return engine.Value{}, nil
		}
		return engine.PhoneValue(v.String()), nil
	case engine.KindMoney:
		return engine.MoneyValue(v.Int()), nil
	case engine.KindDate:
		return engine.DateValue(engine.Date(v.Int())), nil
	case engine.KindNumber:
		return engine.NumberValue(v.Int()), nil
	case engine.KindText:
		return engine.TextValue(v.String()), nil
	case engine.KindChoice:
		if value := engine.ChoiceValue(v.String()); checkValue(value, &f.Type) == nil {
			return value, nil
		}
		return engine.Value{}, fmt.Errorf("%q is not one of its options", v.String())
	case engine.KindRecord:
		fields, err := readStruct(f.sub, v)
		return engine.RecordValue(fields), err
	case engine.KindList:
		return readList(f, v)
	}
	return engine.Value{}, errors.New("an outcome can't give this kind of value")
}

func readList(f field, v reflect.Value) (engine.Value, error) {
	rows := make([]engine.Value, v.Len())
	for i := range rows {
		fields, err := readStruct(f.sub, v.Index(i))
		if err != nil {
			return engine.Value{}, fmt.Errorf("row %d: %w", i+1, err)
		}
		rows[i] = engine.RecordValue(fields)
	}
	return engine.ListValue(rows), nil
}
