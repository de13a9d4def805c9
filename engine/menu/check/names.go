package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
	"github.com/paytrace/paytrace/engine/spelling"
)

// valuesExist checks U206: every value, field and shared text that the menu names
// exists.
//
// Nothing is missed: c.uses lists all places that name a value, in the first
// language. The other languages show the same values (U312).
func (c *checker) valuesExist() {
	for _, u := range c.uses {
		if !u.under.Written() { // that is said where the condition is defined
			c.valueExists(u)
		}
	}
	for _, w := range c.msgs.All {
		c.placeholdersExist(w)
	}
	for _, v := range c.f.Choices() {
		for _, o := range v.Options {
			c.plainLabel(o.Text, "an option's words")
		}
	}
	n := &c.f.Nav
	for _, label := range []syntax.Text{n.Back.Label, n.Home.Label, n.More.Label} {
		c.plainLabel(label, "the words of a navigation key")
	}
	for _, s := range c.f.Screens {
		c.namesExist(s)
	}
	for _, name := range c.f.Remember {
		c.wantValue(name, "There is nothing called %s to remember.")
	}
}

func (c *checker) valueExists(u use) {
	v := c.values[u.name]
	switch {
	case u.purpose == shown && u.at.Value != "" && strings.HasPrefix(u.at.Value, syntax.SharedTexts+"."):
		// The check of the shared text itself looks for its values.
	case u.sum != nil:
		// Its values have uses of their own.
	case v == nil:
		c.noValue(u)
	case u.field != "":
		if _, ok := fieldType(v.typ, u.field); !ok {
			c.noField(u, v)
		}
	}
}

func (c *checker) noValue(u use) {
	near := c.near(u.name, c.names)
	if c.guessing() && (len(near) == 0 || !oneSlip(u.name, c.names)) {
		return // an unknown action may give it
	}
	if c.isCondition(u.name) {
		c.find(u.at, fmt.Sprintf("%s is a condition, and here a value is expected.", syntax.Quote(u.name)), fmt.Sprintf(`Write it alone, as "if: %s" or "if: not %s".`, u.name, u.name))
		return
	}
	help := `Values are asked for ("vars"), given by actions, or built in: caller, lang, today, network, service, worker.`
	if u.purpose == taken || u.purpose == passed || u.purpose == lent || u.purpose == asked {
		help = fmt.Sprintf(`If the word itself is meant, put it in quotes: "%s".`, u.at.Value)
	}
	c.find(u.at, fmt.Sprintf("There is no value %s for %s.", syntax.Quote(u.name), u.in), help).Suggest(near)
}

func (c *checker) isCondition(name string) bool {
	return slices.ContainsFunc(c.f.Conditions, func(k *syntax.Condition) bool { return k.Name.Value == name })
}

// oneSlip reports whether a name is one letter away from an existing one.
func oneSlip(name string, names []string) bool {
	near := spelling.Nearest(name, names)
	return len(near) > 0 && spelling.Distance(spelling.Plain(name), spelling.Plain(near[0]), 1) <= 1
}

// guessing reports whether the menu calls an action that does not exist, or a variable
// has a type that can't be read. Then the menu's values and options are not all known.
func (c *checker) guessing() bool {
	for _, v := range c.f.Vars {
		if v.Typed.Kind == engine.KindNone {
			return true
		}
	}
	for _, call := range c.calls {
		if c.contracts[call.Action.Value] == nil {
			return true
		}
	}
	return false
}

func (c *checker) noField(u use, v *value) {
	var fields []string
	for _, f := range v.typ.Fields {
		fields = append(fields, f.Name)
	}
	if v.typ.Kind == engine.KindDate {
		fields = engine.DateParts()
	}
	if len(fields) == 0 {
		c.find(u.at, fmt.Sprintf("%s has no fields: it is %s.", syntax.Quote(v.name), typeName(v.typ)), fmt.Sprintf("Write %q.", v.name)).Replace(v.name)
		return
	}
	help := "Its fields are " + strings.Join(fields, ", ") + "."
	c.find(u.at, fmt.Sprintf("%s has no field %s.", syntax.Quote(v.name), syntax.Quote(u.field)), help).Suggest(c.near(u.field, fields))
}

// placeholdersExist reports braces without a name, shared texts that do not exist,
// and unknown values in shared texts.
func (c *checker) placeholdersExist(w syntax.Message) {
	parts, bad := syntax.Parts(w.Text)
	for _, b := range bad {
		if wrong := syntax.WrongValue(b); wrong != "" {
			c.find(b, fmt.Sprintf("%s shows no value: %s.", syntax.Quote(b.Value), wrong), "Write values as {amount}, {name cut 9}, {amount + fee}, {price * count} or {today + 14d}; to show a brace itself write \"{{\".")
			continue
		}
		c.find(b, fmt.Sprintf("This %s shows no value.", syntax.Quote(b.Value)), fmt.Sprintf("A value is shown as {amount}; to show a brace itself write %q.", b.Value+b.Value))
	}
	shared := strings.HasPrefix(w.Key, syntax.SharedTexts+".")
	for _, p := range parts {
		switch {
		case !p.Placeholder():
		case p.Name == syntax.SharedTexts && shared:
			c.find(p.At, "A shared text cannot show another one.", "Write the words out.")
		case p.Name == syntax.SharedTexts:
			if !c.msgs.Has(syntax.SharedKey(p.Field)) {
				c.find(p.At, fmt.Sprintf("There is no shared text %s.", syntax.Quote(p.Field)), "").Suggest(c.near(p.Field, c.textNames()))
			}
		case shared && p.Sum != nil:
			p.Sum.Refs(func(r engine.Ref) {
				c.valueExists(use{purpose: asked, name: r.Name, field: r.Field, at: p.At, in: "the text " + syntax.Quote(w.Key)})
			})
		case shared:
			c.valueExists(use{purpose: asked, name: p.Name, field: p.Field, at: p.At, in: "the text " + syntax.Quote(w.Key)})
		}
	}
}

func (c *checker) textNames() []string {
	var names []string
	for _, t := range c.f.Texts {
		names = append(names, t.Name.Value)
	}
	return names
}

// plainLabel reports placeholders in a text that can show none.
func (c *checker) plainLabel(t syntax.Text, what string) {
	parts, _ := syntax.Parts(t)
	for _, p := range parts {
		if p.Placeholder() && p.Name != syntax.SharedTexts {
			c.find(p.At, fmt.Sprintf("%s cannot show a value.", syntax.Upper(what)), "Show it in the text above.")
		}
	}
}

// namesExist checks the names on a screen that are not uses: the variable it asks
// for, the values it sets and the languages it offers.
func (c *checker) namesExist(s *syntax.Screen) {
	for _, a := range s.Assigns() {
		c.settable(a.Name)
	}
	for _, k := range kinds.On(s) {
		if k.names != nil {
			k.names(c, s)
		}
	}
}

func (c *checker) nearVariable(name string) []string {
	var vars []string
	for _, v := range c.f.Vars {
		vars = append(vars, v.Name.Value)
	}
	return c.near(name, vars)
}

func declareHelp(name string) string {
	return fmt.Sprintf(`Declare it below "vars", like "%s: text 20".`, name)
}

// settable checks that a menu may set a value: its variables, what its actions give,
// and the language can be set. What the network reports can't.
func (c *checker) settable(name syntax.Text) {
	if syntax.BuiltinValues[name.Value] && name.Value != "lang" {
		c.find(name, fmt.Sprintf("%s comes from the service and cannot be set.", syntax.Quote(name.Value)), "Set a variable of your own.")
		return
	}
	c.wantValue(name, "There is no value %s to set.")
}

func (c *checker) wantValue(name syntax.Text, message string) {
	if c.values[name.Value] == nil {
		c.find(name, fmt.Sprintf(message, syntax.Quote(name.Value)), declareHelp(name.Value)).Suggest(c.nearVariable(name.Value))
	}
}
