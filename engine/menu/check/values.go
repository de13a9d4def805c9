package check

import (
	"fmt"

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
}

// givenValue describes one more place that gives a value.
type givenValue struct {
	typ engine.Type
	at  syntax.Text
	who string // `"create_account" gives`
}

// collectValues returns every session value of a menu by name: the built-in ones,
// its variables, what its actions give, and the rows of its lists.
func (c *checker) collectValues() map[string]*value {
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

func (c *checker) given(values map[string]*value, call *syntax.Call) {
	contract := c.contracts[call.Action.Value]
	if contract == nil {
		return
	}
	for _, outcome := range contract.Outcomes {
		for _, g := range outcome.Gives {
			who := fmt.Sprintf("%q gives", contract.Name)
			declare(values, g.Name, givenValue{g.Type, call.Action, who})
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
func (c *checker) rows(values map[string]*value) {
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
func (c *checker) otherSources(values map[string]*value) {
	mark := func(name string, from syntax.Value) {
		if t, ok := typeIn(values, from); ok && values[name] != nil {
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

// typeIn returns the type of a name or a record's field, false if there is none.
func typeIn(values map[string]*value, v syntax.Value) (engine.Type, bool) {
	val := values[v.Name]
	if val == nil || v.Name == "" {
		return engine.Type{}, false
	}
	if v.Field == "" {
		return val.typ, true
	}
	return fieldType(val.typ, v.Field)
}

func fieldType(t engine.Type, field string) (engine.Type, bool) {
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
	case kindNames[t.Kind] == "":
		return "nothing"
	}
	return kindNames[t.Kind]
}
