package actions

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/paytrace/paytrace/engine"
)

// ending maps one outcome to a pointer field of an Out struct.
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

// outcomesOf reads the outcomes from an Out struct.
func outcomesOf[Out any]() (endings, error) {
	t := reflect.TypeFor[Out]()
	if t.Kind() != reflect.Struct || t.NumField() == 0 {
		return nil, fmt.Errorf("outcomes: %s must be a struct with one pointer field for each outcome", t)
	}
	var es endings
	var errs []error
	seen := map[string]bool{engine.Failed: true, engine.Pending: true}
	for i := range t.NumField() {
		e, err := endingOf(t.Field(i))
		if err == nil && seen[e.name] {
			err = errors.New("the name is used twice, or it is failed or pending, which every action has")
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
		return ending{}, fmt.Errorf("found %q after the outcome's name; %s, %s or nothing is expected (whose values it gives)", spelled, engine.WhoseOwn, engine.WhoseOthers)
	}
	if sf.Type.Kind() != reflect.Pointer || sf.Type.Elem().Kind() != reflect.Struct {
		return ending{}, fmt.Errorf("found a %s; a pointer to a struct with the outcome's values is expected", sf.Type)
	}
	gives, err := shapeOf(sf.Type.Elem(), true)
	for _, f := range gives {
		if f.Type.Kind == engine.KindSecret {
			err = errors.Join(err, errGivesSecret)
		}
	}
	return ending{name: name, gives: gives, whose: whose}, err
}

// readOutcome returns the one outcome that is set, with its values.
func readOutcome(es endings, out any) (engine.Outcome, error) {
	v := reflect.ValueOf(out)
	var found *ending
	for i := range es {
		if v.Field(es[i].index).IsNil() {
			continue
		}
		if found != nil {
			return engine.Outcome{}, fmt.Errorf("the outcomes %s and %s are both set; set one", found.name, es[i].name)
		}
		found = &es[i]
	}
	if found == nil {
		return engine.Outcome{}, errors.New("no outcome is set; set one")
	}
	values, err := readStruct(found.gives, v.Field(found.index).Elem())
	if err != nil {
		return engine.Outcome{}, fmt.Errorf("outcome %s: %w", found.name, err)
	}
	return engine.Outcome{Name: found.name, Values: values}, nil
}
