package check

import (
	"fmt"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// collectValues returns every session value of a menu by name: the built-in ones,
// its variables, what its actions give, and the rows of its lists.
func (c *index) collectValues() map[string]*value {
	values := map[string]*value{}
	for _, v := range engine.BuiltinVars(engineLanguages(c.f)) {
		if v.Type.Kind == engine.KindDate { // "today" is no other day
			v.Type.From = engine.DateBound{Set: true, Relative: true}
			v.Type.To = v.Type.From
		}
		values[v.Name] = &value{name: v.Name, typ: v.Type, foreign: true}
	}
	for _, v := range c.f.Vars {
		if values[v.Name.Value] == nil {
			values[v.Name.Value] = &value{
				name: v.Name.Value, typ: v.Typed, v: v, secret: v.Typed.Kind == engine.KindSecret,
				from: diag.At(v.Name.Pos, fmt.Sprintf("%q is declared here.", v.Name.Value)),
			}
		}
	}
	for _, call := range c.calls {
		c.given(values, call)
	}
	c.rows(values)
	c.otherSources(values)
	return values
}

func engineLanguages(f *syntax.File) []engine.Language {
	var list []engine.Language
	for _, l := range syntax.Languages(f) {
		list = append(list, engine.Language{Code: l.Code.Value, Name: l.Name.Value})
	}
	return list
}

func (c *index) given(values map[string]*value, call *syntax.Call) {
	contract := c.contracts[call.Action.Value]
	if contract == nil {
		return
	}
	for _, outcome := range contract.Outcomes {
		for _, g := range outcome.Gives {
			who := fmt.Sprintf("%q gives", contract.Name)
			t := g.Type
			t.Optional = false // which is the outcome's, not the value's
			declare(values, g.Name, givenValue{t, call.Action, who})
		}
	}
}

// declare adds a value, or one more place that gives it.
func declare(values map[string]*value, name string, g givenValue) {
	if name == "" {
		return
	}
	v := values[name]
	if v == nil {
		values[name] = &value{
			name: name, typ: g.typ, foreign: true, secret: g.typ.Kind == engine.KindSecret,
			from: diag.At(g.at.Pos, fmt.Sprintf("%s %q here.", g.who, name)),
		}
		return
	}
	v.given = append(v.given, g)
	v.foreign = true
}

// rows declares the row of each list. A list may be a field of another list's row,
// so rows takes one round for each level of nesting.
func (c *index) rows(values map[string]*value) {
	todo := map[*syntax.Screen]bool{}
	for _, s := range c.f.Screens {
		if s.List != nil {
			todo[s] = true
		}
	}
	for again := true; again; {
		again = false
		for _, s := range c.f.Screens {
			list, ok := typeIn(values, itemsOf(s))
			if !todo[s] || !ok || list.Kind != engine.KindList {
				continue
			}
			delete(todo, s)
			again = true
			row := engine.Type{Kind: engine.KindRecord, Record: list.Record, Fields: list.Fields}
			declare(values, s.List.As.Value, givenValue{row, s.List.As, fmt.Sprintf("The list %q calls its row", s.Name.Value)})
		}
	}
}

// itemsOf returns what the screen lists, the zero Value where it lists nothing.
func itemsOf(s *syntax.Screen) syntax.Value {
	if s.List == nil {
		return syntax.Value{}
	}
	return s.List.Items
}

// otherSources notes what offers and "set" may put into a variable besides typed
// answers. A phone number from there may be of any country.
func (c *index) otherSources(values map[string]*value) {
	mark := func(name string, from syntax.Value) {
		// A sum is never wider than its variable: U210.
		if t, ok := typeIn(values, from); ok && values[name] != nil && from.Sum == nil {
			values[name].foreign = true
			values[name].also = append(values[name].also, t)
		}
	}
	for _, s := range c.f.Screens {
		for _, a := range s.Assigns() {
			mark(a.Name.Value, a.Value)
		}
		if s.Ask != nil {
			for _, o := range s.Ask.Offers {
				mark(s.Ask.Var.Value, o.Value)
			}
		}
	}
}

// optionalFields returns the fields of a record that a row may lack, as
// "payment.ref". Whether one is set is followed like a value of its own.
func (c *index) optionalFields(name string) []string {
	v := c.values[name]
	if v == nil || v.typ.Kind != engine.KindRecord {
		return nil
	}
	var list []string
	for _, f := range v.typ.Fields {
		if f.Type.Optional {
			list = append(list, name+"."+f.Name)
		}
	}
	return list
}
