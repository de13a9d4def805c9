package coverage

import (
	"maps"
	"slices"
	"strings"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/sample"
)

// endings finds the outcomes of actions that a script can write, with values to try.
type endings struct {
	contracts map[string]*engine.Contract
	samples   *sample.Values
	decides   *decides
	standard  map[string][]engine.Answer
	// long has the lengths of long lists to try, or none if the search needs no second
	// page.
	long []int
}

// longLists has lengths of lists that fill more than one page, for long, usual and
// short rows.
var longLists = []int{8, 24, 90}

// usualRows is the number of rows of an ordinary list.
const usualRows = 2

// of returns the outcomes of an action, those of people.yaml first. current returns
// the session's values.
func (e *endings) of(action string, current func(place string) engine.Value) []engine.Answer {
	var list []engine.Answer
	add := func(a engine.Answer) {
		if !slices.ContainsFunc(list, func(b engine.Answer) bool { return sameAnswer(a, b) }) {
			list = append(list, a)
		}
	}
	for _, a := range e.standard[action] {
		add(a)
	}
	c := e.contracts[action]
	if c == nil {
		return nil
	}
	for i := range c.Outcomes {
		o := &c.Outcomes[i]
		plain, ok := e.plain(action, o)
		if !ok {
			continue
		}
		add(plain)
		for n, f := range o.Gives {
			if f.Type.Optional && e.decides.names[f.Name] {
				add(engine.Answer{Outcome: o.Name, Values: slices.Delete(slices.Clone(plain.Values), n, n+1)})
			}
			for _, text := range e.others(o, &f, current) {
				a := engine.Answer{Outcome: o.Name, Values: slices.Clone(plain.Values)}
				a.Values[n].Text = text
				add(a)
			}
		}
	}
	for _, name := range engine.GeneralOutcomes(c.Reads) {
		add(engine.Answer{Outcome: name})
	}
	return list
}

// plain returns an outcome with usual values, from people.yaml if it has some.
func (e *endings) plain(action string, o *engine.OutcomeContract) (engine.Answer, bool) {
	for _, a := range e.standard[action] {
		if a.Outcome == o.Name {
			values := e.withOptional(a.Values, o)
			return engine.Answer{Outcome: a.Outcome, Values: values}, len(values) == len(o.Gives) && inOrder(values, o.Gives)
		}
	}
	a := engine.Answer{Outcome: o.Name}
	for _, f := range o.Gives {
		text, ok := e.usual(&f)
		if !ok {
			return a, false
		}
		a.Values = append(a.Values, engine.Setting{Name: f.Name, Text: text})
	}
	return a, true
}

// withOptional adds the values that an answer leaves out because it may.
func (e *endings) withOptional(values []engine.Setting, o *engine.OutcomeContract) []engine.Setting {
	values = slices.Clone(values)
	for _, f := range o.Gives {
		given := slices.ContainsFunc(values, func(s engine.Setting) bool { return s.Name == f.Name })
		if text, ok := e.usual(&f); ok && f.Type.Optional && !given {
			values = append(values, engine.Setting{Name: f.Name, Text: text})
		}
	}
	return values
}

// usual returns a usual value of a field, from people.yaml if it has one.
func (e *endings) usual(f *engine.Field) (text string, ok bool) {
	if text := e.given(f); text != "" {
		return text, true
	}
	return e.samples.Setting(&f.Type, usualRows)
}

// given returns the value that people.yaml gives a field of this name in any outcome,
// or "".
func (e *endings) given(f *engine.Field) string {
	for _, action := range slices.Sorted(maps.Keys(e.standard)) {
		for _, a := range e.standard[action] {
			for _, v := range a.Values {
				if _, ok := dialscript.ReadValue(&f.Type, v.Text); ok && v.Name == f.Name {
					return v.Text
				}
			}
		}
	}
	return ""
}

// inOrder sorts an answer's values in the order of its contract. It reports whether
// the contract has all of them.
func inOrder(values []engine.Setting, gives []engine.Field) bool {
	at := func(s engine.Setting) int {
		return slices.IndexFunc(gives, func(f engine.Field) bool { return f.Name == s.Name })
	}
	slices.SortStableFunc(values, func(a, b engine.Setting) int { return at(a) - at(b) })
	return !slices.ContainsFunc(values, func(s engine.Setting) bool { return at(s) < 0 })
}

// others returns more values of one field of an outcome: those that conditions
// compare it with, and for a list no rows, one row and more than a page.
func (e *endings) others(o *engine.OutcomeContract, f *engine.Field, current func(string) engine.Value) []string {
	switch f.Type.Kind {
	case engine.KindList:
		return e.lists(f, current)
	case engine.KindRecord:
		if e.decides.names[f.Name] {
			return e.records(f.Name, f.Type.Fields, current)
		}
	default:
		if e.decides.compares(f.Name) {
			return writable(e.samples.Texts(&f.Type, e.decides.near(f.Name, current)))
		}
	}
	return nil
}

// lists returns lists of several lengths, and of one row that conditions ask for.
func (e *endings) lists(f *engine.Field, current func(string) engine.Value) []string {
	list := []string{""}
	for _, rows := range e.long {
		if text, ok := e.samples.Setting(&f.Type, rows); ok {
			list = append(list, text)
		}
	}
	return append(list, e.records(f.Name, f.Type.Fields, current)...)
}

// records returns records that differ from the usual one in a single field that
// conditions ask for, or that lack one field.
func (e *endings) records(name string, fields []engine.Field, current func(string) engine.Value) []string {
	usual, ok := e.samples.Record(fields, 0)
	if !ok {
		return nil
	}
	var list []string
	parts := strings.Split(usual, ", ")
	for n, f := range fields {
		near := e.decides.near(name+"."+f.Name, current)
		if !e.decides.compares(name + "." + f.Name) {
			continue
		}
		for _, text := range writable(e.samples.Texts(&f.Type, near)) {
			if strings.ContainsAny(text, ",;=") {
				continue
			}
			changed := slices.Clone(parts)
			changed[n] = f.Name + "=" + text
			list = append(list, strings.Join(changed, ", "))
		}
	}
	if len(fields) > 1 && e.decides.names[name] {
		for n := range fields {
			list = append(list, strings.Join(slices.Delete(slices.Clone(parts), n, n+1), ", "))
		}
	}
	return list
}

// writable removes texts that no stage direction can write.
func writable(texts []string) []string {
	return slices.DeleteFunc(texts, func(s string) bool { return strings.ContainsAny(s, "\"\n") })
}

// sameAnswer reports whether two answers are equal.
func sameAnswer(a, b engine.Answer) bool {
	return a.Outcome == b.Outcome && slices.Equal(a.Values, b.Values)
}

// turn returns the n-th answer of an action in people.yaml.
func (e *endings) turn(action string, n int) (engine.Answer, bool) {
	list := e.standard[action]
	if len(list) == 0 {
		return engine.Answer{}, false
	}
	return list[min(n, len(list)-1)], true
}

// outcome converts an answer to the outcome that the engine gets.
func (e *endings) outcome(action string, a engine.Answer) (engine.Outcome, bool) {
	out, err := dialscript.OutcomeOf(e.contracts[action], a)
	return out, err == nil
}
