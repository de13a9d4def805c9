package check

import (
	"slices"

	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// condsOf returns a screen's conditions.
func condsOf(s *syntax.Screen) []*syntax.Cond {
	var conds []*syntax.Cond
	if s.Skip != nil {
		conds = append(conds, s.Skip.If)
	}
	for _, say := range s.Say {
		conds = append(conds, say.If)
	}
	for _, k := range kinds.On(s) {
		if k.conds != nil {
			conds = append(conds, k.conds(s)...)
		}
	}
	return conds
}

// decisions collects what the menu's conditions tell apart.
func (c *index) collectDecisions() *decisions {
	d := &decisions{c: c, domains: map[string]*domain{}, sides: map[*syntax.Cond]side{}}
	for _, s := range c.f.Screens {
		for _, k := range condsOf(s) {
			d.collect(k)
		}
	}
	for name, dom := range d.domains {
		slices.Sort(dom.points)
		dom.points = slices.Compact(dom.points)
		slices.Sort(dom.options)
		dom.options = slices.Compact(dom.options)
		if v := d.c.values[name]; dom.cells() > mostCells || v != nil && v.secret {
			delete(d.domains, name) // actions and screens wipe secrets
		}
	}
	return d
}

func (d *decisions) collect(k *syntax.Cond) {
	if k == nil {
		return
	}
	d.collect(k.A)
	d.collect(k.B)
	switch k.Op {
	case "and", "or", "not":
	case "is set", "is empty":
		d.domain(d.tested(k))
	default:
		side, ok := d.side(k)
		if !ok {
			return
		}
		d.sides[k] = side
		dom := d.domain(side.name)
		if dom.ordered {
			dom.points = append(dom.points, side.n)
		} else {
			dom.options = append(dom.options, side.constant)
		}
	}
}
