package check

import (
	"fmt"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
	"github.com/paytrace/paytrace/engine/msisdn"
)

// rangesFit checks U204: no argument has a wider range than its parameter.
//
// Nothing is missed: an argument is compared with everything its variable may
// hold, also from offers and "set". Conditions on the path are not taken into
// account.
func (c *checker) rangesFit() {
	for _, call := range c.calls {
		contract := c.contracts[call.Action.Value]
		for i, arg := range call.Args {
			if contract == nil || i >= len(contract.Params) {
				continue
			}
			p := contract.Params[i]
			if arg.Number {
				c.numberFits(arg, p, contract)
				continue
			}
			if arg.Sum != nil {
				c.sumFits(call, arg, p, contract)
				continue
			}
			c.valueFits(arg, p, contract)
		}
	}
}

// valueFits reports a value that may be outside of the range of a parameter.
func (c *checker) valueFits(arg syntax.Value, p engine.Field, contract *engine.Contract) {
	for _, t := range c.typesOf(arg) {
		if what := wider(t, p.Type); what != "" {
			r := c.find(arg.Text, fmt.Sprintf("%s may be %s, but %s takes %s.", syntax.Quote(arg.Text.Value), what, syntax.Quote(contract.Name), rangeWords(p.Type)), rangeHelp(p.Type, t))
			if v := c.values[arg.Name]; v.v != nil && arg.Field == "" && !optionsAsText(p.Type, t) {
				r.Retype(c.f, v.v, rangeWords(p.Type))
			}
			return
		}
	}
}

func rangeHelp(param, t engine.Type) string {
	if optionsAsText(param, t) {
		return "Give the option a name that the action takes."
	}
	return "Give the variable the range of the action."
}

// sumFits reports a sum that may be outside of the range of a parameter.
func (c *checker) sumFits(call *syntax.Call, arg syntax.Value, p engine.Field, contract *engine.Contract) {
	for _, u := range c.uses {
		if u.sum == nil || u.call != call || u.at.Pos != arg.Text.Pos {
			continue
		}
		t, _, ok := c.sumType(u)
		into := ranged(p.Type)
		if into.Kind == engine.KindMoney && p.Type.Lo == 0 && p.Type.Hi == 0 {
			into.Lo = 0
		}
		if what := outside(t, into); ok && t.Kind == p.Type.Kind && what != "" {
			c.find(arg.Text, fmt.Sprintf("%s may be %s, but %s takes %s.", syntax.Quote(arg.Text.Value), what, syntax.Quote(contract.Name), rangeWords(into)), fittingHelp(arg.Sum, t, into))
		}
		return
	}
}

// fittingHelp says where a sum fits a range.
func fittingHelp(s *engine.Sum, t, into engine.Type) string {
	const otherwise = "or give its values smaller ranges."
	switch {
	case t.Kind == engine.KindDate:
		return "Come here only where it fits, " + otherwise
	case t.Hi > into.Hi:
		return fmt.Sprintf(`Come here only where "%s <= %s", %s`, s, unitWords(t.Kind, into.Hi), otherwise)
	}
	return fmt.Sprintf(`Come here only where "%s >= %s", %s`, s, unitWords(t.Kind, into.Lo), otherwise)
}

// typesOf returns every type that a value may have, from all places that set it.
func (c *checker) typesOf(v syntax.Value) []engine.Type {
	t, ok := typeIn(c.values, v)
	if !ok {
		return nil
	}
	types := []engine.Type{t}
	if v.Field == "" {
		types = append(types, c.values[v.Name].also...)
	}
	return types
}

func (c *checker) numberFits(arg syntax.Value, p engine.Field, contract *engine.Contract) {
	n, whole := wholeNumber(arg.Text.Value)
	if p.Type.Kind == engine.KindMoney {
		n *= 100
	}
	ranged := p.Type.Lo != 0 || p.Type.Hi != 0
	if whole && ranged && ordered("<", p.Type) && (n < p.Type.Lo || n > p.Type.Hi) {
		c.find(arg.Text, fmt.Sprintf("%s is given %s, but takes %s.", syntax.Quote(contract.Name), arg.Text.Value, rangeWords(p.Type)), "")
	}
}

// wider describes the values of a type that a parameter does not take. It is "" if
// there are none, and for types that do not match at all, which are U203.
func wider(t, param engine.Type) string {
	switch {
	case optionsAsText(param, t):
		if o := unfitOption(t, param); o != "" {
			return "the option " + syntax.Quote(o)
		}
	case t.Kind != param.Kind:
	case t.Kind == engine.KindNumber || t.Kind == engine.KindMoney:
		if (param.Lo != 0 || param.Hi != 0) && (t.Lo < param.Lo || t.Hi > param.Hi) {
			return rangeWords(t)
		}
	case t.Kind == engine.KindText && param.Width > 0 && !t.Within(&param):
		return rangeWords(t)
	case t.Kind == engine.KindSecret && t.Digits != param.Digits && param.Digits > 0,
		t.Kind == engine.KindSecret && param.Width > 0 && t.Width > param.Width:
		return rangeWords(t)
	case t.Kind == engine.KindPhone && len(param.Countries) > 0 && param.Countries[0] != msisdn.Any:
		if len(t.Countries) > 0 && !within(t.Countries, param.Countries) {
			return "a number of another country"
		}
	case t.Kind == engine.KindDate:
		return outside(t, param)
	}
	return ""
}

// typesUsed checks U209: some variable has every type of the menu.
func (c *checker) typesUsed() {
	used := map[*syntax.Type]bool{}
	for _, v := range c.f.Vars {
		used[v.Of] = true
	}
	for _, t := range c.f.Types {
		if !used[t] {
			c.find(t.Name, fmt.Sprintf("No variable is of the type %s.", syntax.Quote(t.Name.Value)), "Name it as the type of a variable, or delete it.")
		}
	}
}

// conditionsUsed checks U213: some screen or condition uses every named condition.
func (c *checker) conditionsUsed() {
	used := map[string]bool{}
	var see func(k *syntax.Cond)
	see = func(k *syntax.Cond) {
		if k != nil {
			used[k.Of.Value] = true
			see(k.A)
			see(k.B)
		}
	}
	for _, s := range c.f.Screens {
		for _, k := range condsOf(s) {
			see(k)
		}
	}
	for _, k := range c.f.Conditions {
		see(k.If)
	}
	for _, k := range c.f.Conditions {
		if !used[k.Name.Value] {
			c.find(k.Name, fmt.Sprintf("No screen uses the condition %s.", syntax.Quote(k.Name.Value)), "Write its name behind an \"if\", or delete it.")
		}
	}
}

// valuesUsed checks U207: something uses every answer.
func (c *checker) valuesUsed() {
	used := map[string]bool{}
	for _, u := range c.uses {
		used[u.name] = true
	}
	for _, name := range c.f.Remember {
		used[name.Value] = true
	}
	for _, s := range c.f.Screens {
		if s.Ask == nil || used[s.Ask.Var.Value] {
			continue
		}
		if v := c.values[s.Ask.Var.Value]; v != nil && !v.secret { // U507
			c.find(s.Ask.Var, fmt.Sprintf("%s is asked for, but nothing uses it.", syntax.Quote(s.Ask.Var.Value)), "Show it, give it to an action, or do not ask.")
		}
	}
}
