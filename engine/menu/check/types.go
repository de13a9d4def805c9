package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// typesFit checks U203: every value that is given, compared or shown has the
// right type.
//
// Nothing is missed: each place that takes a value (argument, set, offer, list, SMS,
// comparison, text) compares the value's one type with its own, and two places
// that give one name are compared with each other.
func (c *checker) typesFit() {
	for _, name := range c.names {
		v := c.values[name]
		for _, g := range v.given {
			if !sameType(g.typ, v.typ) {
				c.find(g.at, fmt.Sprintf("%s %q as %s, but elsewhere %q is %s.", g.who, name, typeName(g.typ), name, typeName(v.typ)), "One name has one type in a whole menu: rename the variable, or the row.", noted(v.from)...)
			}
		}
	}
	for _, call := range c.calls {
		c.argumentTypes(call)
	}
	for _, s := range c.f.Screens {
		c.screenTypes(s)
	}
	c.sumTypes()
	for _, k := range c.f.Conditions {
		c.condTypes(k.If)
	}
	for _, u := range c.uses {
		t, ok := typeIn(c.values, syntax.Value{Name: u.name, Field: u.field})
		if ok && u.purpose == shown && (t.Kind == engine.KindRecord || t.Kind == engine.KindList) {
			c.find(u.at, fmt.Sprintf("%s cannot be shown whole: it is %s.", syntax.Quote(u.at.Value), typeName(t)), fieldHelp(u.name, t))
		}
	}
}

func noted(n diag.Related) []diag.Related {
	if n.Text == "" {
		return nil
	}
	return []diag.Related{n}
}

func fieldHelp(name string, t engine.Type) string {
	if t.Kind != engine.KindRecord || len(t.Fields) == 0 {
		return `Show its rows on a screen with "list".`
	}
	return fmt.Sprintf("Show one of its fields, like {%s.%s}.", name, t.Fields[0].Name)
}

// sameType reports whether two places may hold values under one name. Ranges
// and widths may differ: the widest is what is measured.
func sameType(a, b engine.Type) bool {
	if a.Kind != b.Kind {
		return false
	}
	switch a.Kind {
	case engine.KindChoice:
		return within(a.Options, b.Options) && within(b.Options, a.Options)
	case engine.KindRecord, engine.KindList:
		return a.Record == b.Record && len(a.Fields) == len(b.Fields)
	}
	return true
}

// argumentTypes compares an action's arguments with its parameters. U503 reports a
// secret for a parameter that takes none, U204 a range that is too wide.
func (c *checker) argumentTypes(call *syntax.Call) {
	contract := c.contracts[call.Action.Value]
	if contract == nil {
		return
	}
	for i, arg := range call.Args {
		if i >= len(contract.Params) {
			return
		}
		p := contract.Params[i]
		v := c.constantFor(arg, p.Type)
		if v.Name == "" {
			c.constant(v, p.Type, fmt.Sprintf("%q of %q", p.Name, contract.Name))
			continue
		}
		t, ok := typeIn(c.values, v)
		if !ok || t.Kind == engine.KindSecret && p.Type.Kind != engine.KindSecret {
			continue
		}
		if !accepts(p.Type, t) {
			c.find(v.Text, fmt.Sprintf("%s takes %s as its %q, but %s is %s.", syntax.Quote(contract.Name), typeName(p.Type), p.Name, syntax.Quote(v.Text.Value), typeName(t)), c.ofKind(p.Type.Kind))
		}
	}
}

// accepts reports whether a parameter takes values of a type: its own kind, and
// the name of an option where it takes a text.
func accepts(param, t engine.Type) bool {
	if optionsAsText(param, t) {
		return true
	}
	if param.Kind != t.Kind {
		return false
	}
	switch t.Kind {
	case engine.KindRecord, engine.KindList:
		return param.Record == t.Record
	case engine.KindChoice:
		return len(param.Options) == 0 || within(t.Options, param.Options)
	}
	return true
}

// ofKind suggests a variable of a kind, if the menu has exactly one.
func (c *checker) ofKind(k engine.Kind) string {
	only := ""
	for _, v := range c.f.Vars {
		if v.Typed.Kind == k {
			if only != "" {
				return ""
			}
			only = v.Name.Value
		}
	}
	if only == "" {
		return ""
	}
	return fmt.Sprintf("The menu's %s is %q.", kindNames[k][len(article(kindNames[k])):], only)
}

// article returns "a " or "an ".
func article(s string) string {
	if len(s) > 2 && s[:3] == "an " {
		return "an "
	}
	return "a "
}

func (c *checker) screenTypes(s *syntax.Screen) {
	for _, k := range kinds.On(s) {
		if k.types != nil {
			k.types(c, s)
		}
	}
	for _, k := range condsOf(s) {
		c.condTypes(k)
	}
	c.assignTypes(s.Assigns())
	c.placeTypes(s)
}

// placeTypes checks the places that take one kind of value only.
func (c *checker) placeTypes(s *syntax.Screen) {
	if s.SMS != nil {
		if t, ok := typeIn(c.values, s.SMS.To); ok && t.Kind != engine.KindPhone {
			c.find(s.SMS.To.Text, fmt.Sprintf("An SMS goes to a phone number, but %s is %s.", syntax.Quote(s.SMS.To.Text.Value), typeName(t)), "")
		}
	}
}

func (c *checker) assignTypes(list []syntax.Assign) {
	for _, a := range list {
		into := c.values[a.Name.Value]
		if into == nil {
			continue
		}
		v := c.constantFor(a.Value, into.typ)
		if v.Name == "" {
			c.constant(v, into.typ, syntax.Quote(into.name))
			continue
		}
		if t, ok := typeIn(c.values, v); ok {
			c.assigned(into, v, t)
		}
	}
}

// assigned reports a value that another value can't take.
func (c *checker) assigned(into *value, v syntax.Value, t engine.Type) {
	languages := into.name == "lang" && t.Kind == engine.KindChoice
	switch foreign := first(t.Options, func(o string) bool { return !slices.Contains(into.typ.Options, o) }); {
	case languages && foreign != "":
		c.find(v.Text, fmt.Sprintf("%s is one of the languages of the menu (%s), and %s may be %s.", syntax.Quote("lang"), strings.Join(into.typ.Options, ", "), syntax.Quote(v.Text.Value), syntax.Quote(foreign)), "")
	case languages:
	case optionsAsText(into.typ, t):
		c.optionsFit(into, v, t)
	case !sameType(t, into.typ):
		c.find(v.Text, fmt.Sprintf("%s is %s, and %s is %s.", syntax.Quote(into.name), typeName(into.typ), syntax.Quote(v.Text.Value), typeName(t)), "")
	}
}

// optionsFit reports an option whose name is none of the texts that a value takes.
func (c *checker) optionsFit(into *value, v syntax.Value, choice engine.Type) {
	if o := unfitOption(choice, into.typ); o != "" {
		c.find(v.Text, fmt.Sprintf("%s is %s, and %s may be the option %s, which does not fit.", syntax.Quote(into.name), into.typ, syntax.Quote(v.Text.Value), syntax.Quote(o)), "Give the option a shorter name, or the text another type.")
	}
}

// optionsAsText reports whether a text takes the values of a choice: it gets the name
// of the option.
func optionsAsText(text, choice engine.Type) bool {
	return text.Kind == engine.KindText && choice.Kind == engine.KindChoice
}

// unfitOption returns an option whose name is no text of a type, "" if all are.
func unfitOption(choice, text engine.Type) string {
	return first(choice.Options, func(o string) bool { return len(o) > text.Width && text.Width > 0 || !text.Form.Has(o) })
}

// first returns the first of some names for which a test is true, "" if there is none.
func first(names []string, is func(string) bool) string {
	if i := slices.IndexFunc(names, is); i >= 0 {
		return names[i]
	}
	return ""
}
