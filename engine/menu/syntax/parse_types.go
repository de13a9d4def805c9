package syntax

import (
	"fmt"
	"slices"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/spelling"
)

// types reads "types: {agree: {yes: Agree, no: Disagree}}".
func (p *reader) types(e entry) {
	for _, t := range p.entries(e.node, `"types"`) {
		if !p.goodName(t.key, "a type") || !p.claim("type", t.key) {
			continue
		}
		if slices.Contains(engine.TypeNames(), t.key.Value) || BuiltinValues[t.key.Value] || prefixes[t.key.Value] {
			p.find("U007", t.key, fmt.Sprintf("%q is a name that every menu has.", t.key.Value), "Choose another name for the type.")
			continue
		}
		typ := &Type{Name: t.key, Options: p.options(t)}
		if len(t.node.Content) == 0 && shape(t.node) == "a group of entries" {
			p.find("U003", t.key, fmt.Sprintf("The type %q has no options.", t.key.Value), `Write them like "{yes: Yes, no: No}".`)
		}
		p.file.Types = append(p.file.Types, typ)
	}
}

// shareOptions gives the variables that name a type of the menu its options.
func (p *reader) shareOptions() {
	names := engine.TypeNames()
	types := map[string]*Type{}
	for _, t := range p.file.Types {
		names = append(names, t.Name.Value)
		types[t.Name.Value] = t
	}
	for _, s := range p.shared {
		v := s.v
		switch t := types[v.Type.Value]; {
		case t == nil:
			r := p.find("U003", v.Type, Upper(s.err.Error())+".", "")
			if kind, _ := v.Type.word(); !slices.Contains(names, kind.Value) {
				r.Suggest(spelling.Nearest(kind.Value, names))
			}
		case s.given:
			p.find("U003", v.Type, fmt.Sprintf("The options of %q are written twice: here and in the type %q.", v.Name.Value, t.Name.Value), `Delete "options", or write "type: choice".`)
		default:
			v.Of, v.Options = t, t.Options
			v.Typed = engine.Type{Kind: engine.KindChoice, Options: namesOf(t.Options)}
		}
	}
}
