package compile

import (
	"strconv"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
	"github.com/paytrace/paytrace/engine/msisdn"
)

// values declares every session value: what the menu asks for, what its actions
// give, and the rows of its lists.
func (c *compiler) values() {
	c.types = map[string]engine.Type{}
	for _, v := range engine.BuiltinVars(c.def.Languages) {
		c.types[v.Name] = v.Type
	}
	for _, v := range c.f.Vars {
		c.declare(c.variable(v))
	}
	for _, call := range syntax.Calls(c.f) {
		c.used[call.Action.Value] = true
		for _, outcome := range c.contracts[call.Action.Value].Outcomes {
			for _, g := range outcome.Gives {
				t := g.Type
				t.Optional = false // which is the outcome's, not the value's
				c.declare(engine.Var{Name: g.Name, Type: t, Pos: call.Pos})
			}
		}
	}
	for _, s := range c.f.Screens {
		if s.List != nil {
			list := c.typeOf(s.List.Items)
			row := engine.Type{Kind: engine.KindRecord, Record: list.Record, Fields: list.Fields}
			c.declare(engine.Var{Name: s.List.As.Value, Type: row, Pos: s.List.As.Pos})
		}
	}
}

// declare adds a value unless it is known: an action may give what the menu
// asks for elsewhere, with the same type.
func (c *compiler) declare(v engine.Var) {
	if _, known := c.types[v.Name]; known || v.Name == "" {
		return
	}
	c.types[v.Name] = v.Type
	c.def.Vars = append(c.def.Vars, v)
}

func (c *compiler) variable(v *syntax.Var) engine.Var {
	out := engine.Var{Name: v.Name.Value, Type: v.Typed, Error: c.words(v.Error), Pos: v.Name.Pos}
	for _, o := range v.Options {
		out.Labels = append(out.Labels, c.words(o.Text))
	}
	return out
}

// typeOf returns the type of a named value.
func (c *compiler) typeOf(v syntax.Value) engine.Type {
	c.sum(v.Name, v.Sum)
	t := c.types[v.Name]
	if v.Field == "" {
		return t
	}
	if part, ok := t.DatePart(v.Field); ok {
		return part
	}
	for _, f := range t.Fields {
		if f.Name == v.Field {
			return f.Type
		}
	}
	return engine.Type{}
}

// sum declares a sum under its name. What it can be was proved by the checker; here its
// type says how it is shown.
func (c *compiler) sum(name string, s *engine.Sum) {
	if _, known := c.types[name]; known || s == nil {
		return
	}
	r := engine.SumRange{Of: func(r engine.Ref) (engine.Type, bool) {
		return c.typeOf(syntax.Value{Name: r.Name, Field: r.Field}), true
	}}
	c.types[name] = r.Type(s)
	c.def.Sums = append(c.def.Sums, engine.NamedSum{Name: name, Sum: s, Type: c.types[name]})
}

// arg returns a value that stands beside another of type t, or for a parameter of type
// t. A bare word that names no value is an option.
func (c *compiler) arg(v syntax.Value, t engine.Type) engine.Arg {
	if v.Name != "" {
		c.sum(v.Name, v.Sum)
		if _, known := c.types[v.Name]; known && !syntax.IsOption(v, t, known) {
			return engine.Arg{Ref: engine.Ref{Name: v.Name, Field: v.Field, Pos: v.Pos}}
		}
		return engine.Arg{Value: engine.ChoiceValue(v.Name)}
	}
	return engine.Arg{Value: constant(v.Text.Value, t)}
}

// constant returns a constant as a value of the expected type.
func constant(s string, t engine.Type) engine.Value {
	n, err := strconv.ParseInt(s, 10, 64)
	switch t.Kind {
	case engine.KindNumber:
		if err == nil {
			return engine.NumberValue(n)
		}
	case engine.KindMoney:
		if err == nil {
			return engine.MoneyValue(n * 100)
		}
	case engine.KindPhone:
		if digits, ok := msisdn.Written(s); ok {
			return engine.PhoneValue(digits)
		}
	case engine.KindChoice:
		return engine.ChoiceValue(s)
	case engine.KindDate:
		if v, ok := syntax.ConstantDate(s); ok {
			return v
		}
	}
	return engine.TextValue(s)
}

var condOps = map[string]engine.CondOp{
	"and": engine.OpAnd, "or": engine.OpOr, "not": engine.OpNot, "is set": engine.OpIsSet, "is empty": engine.OpIsEmpty,
	"=": engine.OpEq, "!=": engine.OpNe, "<": engine.OpLt, "<=": engine.OpLe, ">": engine.OpGt, ">=": engine.OpGe,
}

func (c *compiler) cond(k *syntax.Cond) *engine.Cond {
	if k == nil {
		return nil
	}
	out := &engine.Cond{Op: condOps[k.Op], A: c.cond(k.A), B: c.cond(k.B)}
	switch out.Op {
	case engine.OpAnd, engine.OpOr, engine.OpNot:
	case engine.OpIsSet, engine.OpIsEmpty:
		out.Left = c.arg(k.Left, engine.Type{})
	default:
		out.Left = c.arg(k.Left, c.typeOf(k.Right))
		out.Right = c.arg(k.Right, c.typeOf(k.Left))
	}
	return out
}

func (c *compiler) assigns(list []syntax.Assign) []engine.Assign {
	var out []engine.Assign
	for _, a := range list {
		if a.Value.Dialled {
			out = append(out, engine.Assign{Var: a.Name.Value, Dialled: true})
			continue
		}
		arg := c.arg(a.Value, c.types[a.Name.Value])
		out = append(out, engine.Assign{Var: a.Name.Value, Value: arg.Value, From: arg.Ref})
	}
	return out
}
