package dialscript

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/paytrace/paytrace/engine"
)

// facts returns what is remembered of the caller.
func (a *fakeActions) facts(call engine.Call) (engine.Outcome, error) {
	out := engine.Outcome{Name: engine.Done}
	for _, name := range call.Facts {
		v, err := a.fact(call.Service, name)
		if err != nil {
			return engine.Outcome{}, err
		}
		if v.IsSet() {
			out.Values = append(out.Values, engine.Named{Name: name, Value: v})
		}
	}
	return out, nil
}

// fact returns one remembered value, or a record of the values below its name.
func (a *fakeActions) fact(service, name string) (engine.Value, error) {
	if v, kept := a.memory[name]; kept {
		return v, nil
	}
	v, err := a.scene.Fact(a.vars[service][name], name)
	if err != nil {
		a.lacking = err.Error()
	}
	return v, err
}

// Fact returns what the scene remembers for the caller under a name, as a value
// of its type: one value, or a record of the values below the name. The value is
// not set if there is none.
func (s *Scene) Fact(t engine.Type, name string) (engine.Value, error) {
	var fields []engine.Named
	for _, one := range s.Remembered {
		base, field, dotted := strings.Cut(one.Name, ".")
		if base != name {
			continue
		}
		if !dotted {
			return remembered(t, one)
		}
		for _, f := range t.Fields {
			if f.Name == field {
				v, err := remembered(f.Type, one)
				if err != nil {
					return engine.Value{}, err
				}
				fields = append(fields, engine.Named{Name: field, Value: v})
			}
		}
	}
	if fields == nil {
		return engine.Value{}, nil
	}
	if name == "worker" { // the account is the caller's
		fields = append(fields, engine.Named{Name: "phone", Value: engine.PhoneValue(s.Caller.Phone)})
	}
	return engine.RecordValue(fields), nil
}

func remembered(t engine.Type, s engine.Setting) (engine.Value, error) {
	v, ok := ReadValue(&t, s.Text)
	if !ok {
		return v, fmt.Errorf("%s=%s can't be remembered: the value is of another type", s.Name, s.Text)
	}
	return v, nil
}

// lacks stores what is wrong with the scene, and returns it as an error.
func (a *fakeActions) lacks(format string, args ...any) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.lacking = fmt.Sprintf(format, args...)
	return errors.New(a.lacking)
}

// seed puts the remembered values into the real store, before its first call.
func (a *fakeActions) seed(ctx context.Context, call engine.Call) error {
	a.seeding.Lock()
	defer a.seeding.Unlock()
	if a.seeded {
		return nil
	}
	a.seeded = true
	var values []engine.Named
	for _, s := range a.scene.Remembered {
		t, known := a.vars[call.Service][s.Name]
		if !known {
			continue // a worker's values: on an empty store nobody has an account
		}
		v, ok := ReadValue(&t, s.Text)
		if !ok {
			return a.lacks("%s=%s can't be remembered: the value is of another type", s.Name, s.Text)
		}
		values = append(values, engine.Named{Name: s.Name, Value: v})
	}
	if len(values) == 0 {
		return nil
	}
	given := engine.Call{
		ID: "given", Action: engine.CallRemember, Remember: values,
		Caller: call.Caller, Service: call.Service, Session: "given", Provider: call.Provider, Lang: call.Lang,
	}
	_, err := a.real.Do(ctx, given)
	return err
}
