package coverage

import (
	"maps"
	"slices"
	"strings"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/sample"
)

// endings are how actions may end in a script, with values worth trying.
type endings struct {
	contracts map[string]*engine.Contract
	samples   *sample.Values
	decides   *decides
	standard  map[string][]engine.Answer
	// long are the lengths of long lists to try, none where no second page is
	// looked for.
	long []int
}

// longLists are lengths of lists that fill more than one page: of the longest
// rows, of usual ones, of the shortest.
var longLists = []int{8, 24, 90}

// usualRows is how many rows a list has that is nothing special.
const usualRows = 2

// of are the endings of an action, the standard one first. held are the values
// of the session so far.
func (e *endings) of(action string, held func(place string) engine.Value) []engine.Answer {
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
			for _, text := range e.others(o, &f, held) {
				a := engine.Answer{Outcome: o.Name, Values: slices.Clone(plain.Values)}
				a.Values[n].Text = text
				add(a)
			}
		}
	}
	for _, name := range []string{engine.Failed, engine.Pending, engine.Limited} {
		add(engine.Answer{Outcome: name})
	}
	return list
}

// plain is an ending with usual values: those of people.yaml where it has some.
func (e *endings) plain(action string, o *engine.OutcomeContract) (engine.Answer, bool) {
	for _, a := range e.standard[action] {
		if a.Outcome == o.Name {
			return engine.Answer{Outcome: a.Outcome, Values: slices.Clone(a.Values)}, len(a.Values) == len(o.Gives) && inOrder(a.Values, o.Gives)
		}
	}
	a := engine.Answer{Outcome: o.Name}
	for _, f := range o.Gives {
		text, ok := e.said(&f), true
		if text == "" {
			text, ok = e.samples.Setting(&f.Type, usualRows)
		}
		if !ok {
			return a, false
		}
		a.Values = append(a.Values, engine.Setting{Name: f.Name, Text: text})
	}
	return a, true
}

// said is what people.yaml says a value of this name is where another outcome
// gives it; "" for nothing.
func (e *endings) said(f *engine.Field) string {
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

// inOrder sorts an answer's values as the contract has them.
func inOrder(values []engine.Setting, gives []engine.Field) bool {
	at := func(s engine.Setting) int {
		return slices.IndexFunc(gives, func(f engine.Field) bool { return f.Name == s.Name })
	}
	slices.SortStableFunc(values, func(a, b engine.Setting) int { return at(a) - at(b) })
	return !slices.ContainsFunc(values, func(s engine.Setting) bool { return at(s) < 0 })
}

// others are further texts of one value that an outcome gives: those a condition
// turns on, and for a list none, one, and more rows than a page shows.
func (e *endings) others(o *engine.OutcomeContract, f *engine.Field, held func(string) engine.Value) []string {
	switch f.Type.Kind {
	case engine.KindList:
		return e.lists(f, held)
	case engine.KindRecord:
		if e.decides.names[f.Name] {
			return e.records(f.Name, f.Type.Fields, held)
		}
	default:
		if e.decides.weighed(f.Name) {
			return writable(e.samples.Texts(&f.Type, e.decides.near(f.Name, held)))
		}
	}
	return nil
}

func (e *endings) lists(f *engine.Field, held func(string) engine.Value) []string {
	list := []string{""}
	for _, rows := range e.long {
		if text, ok := e.samples.Setting(&f.Type, rows); ok {
			list = append(list, text)
		}
	}
	return append(list, e.records(f.Name, f.Type.Fields, held)...)
}

// records are records that differ from the usual one in a single field, as far
// as a condition asks for it, or lack it.
func (e *endings) records(name string, fields []engine.Field, held func(string) engine.Value) []string {
	usual, ok := e.samples.Record(fields, 0)
	if !ok {
		return nil
	}
	var list []string
	parts := strings.Split(usual, ", ")
	for n, f := range fields {
		near := e.decides.near(name+"."+f.Name, held)
		if !e.decides.weighed(name + "." + f.Name) {
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

// writable leaves out what stage directions can't hold.
func writable(texts []string) []string {
	return slices.DeleteFunc(texts, func(s string) bool { return strings.ContainsAny(s, "\"\n") })
}

func sameAnswer(a, b engine.Answer) bool {
	return a.Outcome == b.Outcome && slices.Equal(a.Values, b.Values)
}

// turn is what an action answers in its n-th turn where a script says nothing.
func (e *endings) turn(action string, n int) (engine.Answer, bool) {
	list := e.standard[action]
	if len(list) == 0 {
		return engine.Answer{}, false
	}
	return list[min(n, len(list)-1)], true
}

// outcome is an ending as the engine's runner hands it on.
func (e *endings) outcome(action string, a engine.Answer) (engine.Outcome, bool) {
	out, err := dialscript.OutcomeOf(e.contracts[action], a)
	return out, err == nil
}
