package actions

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/paytrace/paytrace/engine"
)

// ending is one outcome: a pointer field of an Out struct.
type ending struct {
	name  string
	index int
	gives shape
	whose engine.Whose
}

type endings []ending

func (es endings) contracts() []engine.OutcomeContract {
	var all []engine.OutcomeContract
	for _, e := range es {
		all = append(all, engine.OutcomeContract{Name: e.name, Gives: e.gives.fields(), Whose: e.whose})
	}
	return all
}

// outcomesOf reads the endings off an Out struct.
func outcomesOf[Out any]() (endings, error) {
	t := reflect.TypeFor[Out]()
	if t.Kind() != reflect.Struct || t.NumField() == 0 {
		return nil, fmt.Errorf("outcomes: %s must be a struct with one pointer field an outcome", t)
	}
	var es endings
	var errs []error
	seen := map[string]bool{engine.Failed: true, engine.Pending: true}
	for i := range t.NumField() {
		e, err := endingOf(t.Field(i))
		if err == nil && seen[e.name] {
			err = errors.New("the name is there twice, or one of the two that every action has (failed, pending)")
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("outcome %s.%s: %w", t, t.Field(i).Name, err))
			continue
		}
		e.index = i
		seen[e.name] = true
		es = append(es, e)
	}
	return es, errors.Join(errs...)
}

func endingOf(sf reflect.StructField) (ending, error) {
	name, spelled, err := tagOf(sf)
	if err != nil {
		return ending{}, err
	}
	whose := engine.Whose(spelled)
	if whose != engine.WhoseUnsaid && whose != engine.WhoseOwn && whose != engine.WhoseOthers {
		return ending{}, fmt.Errorf("behind an outcome's name stands whose values it gives (%s or %s), or nothing; found %q", engine.WhoseOwn, engine.WhoseOthers, spelled)
	}
	if sf.Type.Kind() != reflect.Pointer || sf.Type.Elem().Kind() != reflect.Struct {
		return ending{}, fmt.Errorf("a %s; it must be a pointer to a struct of what the outcome gives", sf.Type)
	}
	gives, err := shapeOf(sf.Type.Elem(), true)
	for _, f := range gives {
		if f.Type.Kind == engine.KindSecret {
			err = errors.Join(err, errGivesSecret)
		}
	}
	return ending{name: name, gives: gives, whose: whose}, err
}

// readOutcome reads which ending is set, and its values.
func readOutcome(es endings, out any) (engine.Outcome, error) {
	v := reflect.ValueOf(out)
	var found *ending
	for i := range es {
		if v.Field(es[i].index).IsNil() {
			continue
		}
		if found != nil {
			return engine.Outcome{}, fmt.Errorf("it ended as %s and as %s; set one outcome", found.name, es[i].name)
		}
		found = &es[i]
	}
	if found == nil {
		return engine.Outcome{}, errors.New("it ended as nothing; set one outcome")
	}
	values, err := readStruct(found.gives, v.Field(found.index).Elem())
	if err != nil {
		return engine.Outcome{}, fmt.Errorf("outcome %s: %w", found.name, err)
	}
	return engine.Outcome{Name: found.name, Values: values}, nil
}
