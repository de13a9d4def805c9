package syntax

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/paytrace/paytrace/engine"
)

// BuiltinValues lists the values that every call has; nothing may be asked for under
// their names.
var BuiltinValues = map[string]bool{"caller": true, "lang": true, "today": true, "network": true, "service": true, "worker": true}

// prefixes begin the names of a translation's own texts.
var prefixes = map[string]bool{"nav": true, "texts": true}

func (p *reader) vars(e entry) {
	for _, v := range p.entries(e.node, `"vars"`) {
		if !p.goodName(v.key, "a variable") || !p.claim("variable", v.key) {
			continue
		}
		if BuiltinValues[v.key.Value] || prefixes[v.key.Value] {
			p.find("U007", v.key, fmt.Sprintf("%q is a name that every menu has.", v.key.Value), "Choose another name for the variable.")
		}
		p.file.Vars = append(p.file.Vars, p.variable(v))
	}
}

// variable reads "amount: money 10..70000", or a group with "type".
func (p *reader) variable(e entry) *Var {
	v, given := &Var{Name: e.key}, false
	if e.node.Kind != yaml.MappingNode {
		v.Type, _ = p.scalar(e, "a type")
	} else {
		p.fields(e.node, fmt.Sprintf("the variable %q", v.Name.Value), map[string]parser{
			"type":    func(e entry) { v.Type, _ = p.scalar(e, "a type") },
			"options": func(e entry) { given = true; v.Options = p.options(e) },
			"error":   func(e entry) { p.text(e, &v.Error) },
		})
		if !v.Type.Written() {
			p.find("U003", v.Name, fmt.Sprintf("The variable %q has no type.", v.Name.Value), `Write one like "type: text 20".`)
		}
	}
	p.typed(v, given)
	return v
}

// typed makes a type of a variable's words. Options that were given and could not
// be read are not missed once more.
func (p *reader) typed(v *Var, given bool) {
	if !v.Type.Written() {
		return
	}
	typ, err := engine.ParseType(v.Type.Value)
	if err != nil {
		p.shared = append(p.shared, sharing{v, given, err})
		return
	}
	if typ.Optional {
		p.find("U003", v.Type, fmt.Sprintf("The type of %q ends in %q, but a variable has no value anyway until something sets it.", v.Name.Value, engine.OrNothing), fmt.Sprintf("Delete %q.", engine.OrNothing))
		typ.Optional = false
	}
	plain := len(typ.Options) > 0
	switch choice := typ.Kind == engine.KindChoice; {
	case plain && given:
		p.find("U003", v.Type, fmt.Sprintf("The options of %q are written twice.", v.Name.Value), `With "options", the type is "choice" alone. Without words for callers, write "choice town|lake" alone.`)
	case plain:
		p.plainOptions(v.Type)
	case choice && len(v.Options) == 0 && given:
	case choice && len(v.Options) == 0:
		p.find("U003", v.Type, "A choice needs its options.", `Write them like "options: {yes: Yes, no: No}". Without words for callers, write "choice yes|no".`)
	case !choice && len(v.Options) > 0:
		p.find("U002", v.Options[0].Name, fmt.Sprintf("Only a choice has options, but the type of %q is %q.", v.Name.Value, v.Type.Value), `Write "type: choice".`)
	case choice:
		typ.Options = namesOf(v.Options)
	}
	v.Typed = typ
}

func namesOf(options []Named) []string {
	var names []string
	for _, o := range options {
		names = append(names, o.Name.Value)
	}
	return names
}

// plainOptions checks the names of "choice town|lake". Callers never read them.
func (p *reader) plainOptions(t Text) {
	_, rest := t.word()
	for from := 0; from <= len(rest.Value); {
		to := len(rest.Value)
		if n := strings.IndexByte(rest.Value[from:], '|'); n >= 0 {
			to = from + n
		}
		p.goodName(rest.Sub(from, to).Trim(), "an option")
		from = to + 1
	}
}

// options reads a choice's names and words.
func (p *reader) options(e entry) []Named {
	var list []Named
	for _, o := range p.entries(e.node, `"options"`) {
		words, ok := p.words(o)
		if !ok || !p.goodName(o.key, "an option") {
			continue
		}
		if strings.Contains(words.Value, "\n") {
			p.find("U003", words, "An option's text must be on one line.", "")
		}
		list = append(list, Named{Name: o.key, Text: words})
	}
	return list
}
