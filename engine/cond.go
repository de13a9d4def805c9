package engine

import (
	"cmp"
	"strings"
)

// Value returns a session value by name, or an unset Value if there is none.
func (p *Program) Value(s *Session, name string) Value {
	if i, ok := p.slotIndex[name]; ok && i < len(s.Values) {
		return p.value(s, Ref{Name: name})
	}
	return Value{}
}

// value returns what r stands for, or an unset Value if any part of it is unset.
func (p *Program) value(s *Session, r Ref) Value {
	i, ok := p.slotIndex[r.Name]
	if !ok {
		if sum := p.sums[r.Name]; sum != nil {
			return sum.Sum.Value(func(r Ref) Value { return p.value(s, r) })
		}
		return Value{}
	}
	v := s.Values[i]
	if i == slotLang {
		v = ChoiceValue(v.s) // a call always has a language, chosen or not
	}
	if r.Field != "" {
		return v.Field(r.Field)
	}
	return v
}

// arg returns an argument's constant, or the value it names.
func (p *Program) arg(s *Session, a Arg) Value {
	if a.Ref.IsZero() {
		return a.Value
	}
	return p.value(s, a.Ref)
}

// chosen returns an argument for "is set" and "is empty". These ask whether the
// caller has chosen a language, now or in a remembered call.
func (p *Program) chosen(s *Session, a Arg) Value {
	if a.Ref.Name == "lang" && a.Ref.Field == "" {
		return s.Values[slotLang]
	}
	return p.arg(s, a)
}

// holds evaluates a condition. A comparison with an unset value is false whatever
// its operator; the checker makes sure that there is none.
func (p *Program) holds(s *Session, c *Cond) bool {
	if c == nil {
		return true
	}
	switch c.Op {
	case OpAnd:
		return p.holds(s, c.A) && p.holds(s, c.B)
	case OpOr:
		return p.holds(s, c.A) || p.holds(s, c.B)
	case OpNot:
		return !p.holds(s, c.A)
	case OpIsSet:
		return p.chosen(s, c.Left).IsSet()
	case OpIsEmpty:
		return isEmpty(p.chosen(s, c.Left))
	default:
		return compare(c.Op, p.arg(s, c.Left), p.arg(s, c.Right))
	}
}

// isEmpty reports an unset value, a list without rows or a blank text.
func isEmpty(v Value) bool {
	switch v.kind {
	case KindNone:
		return true
	case KindList:
		return len(v.Items()) == 0
	case KindText:
		return strings.TrimSpace(v.s) == ""
	default:
		return false
	}
}

func compare(op CondOp, a, b Value) bool {
	if !a.IsSet() || !b.IsSet() {
		return false
	}
	order := 0
	if ordered(a.kind) && ordered(b.kind) {
		order = cmp.Compare(scaled(a, b.kind), scaled(b, a.kind))
	} else {
		order = strings.Compare(a.s, b.s)
	}
	switch op {
	case OpEq:
		return order == 0
	case OpNe:
		return order != 0
	case OpLt:
		return order < 0
	case OpLe:
		return order <= 0
	case OpGt:
		return order > 0
	default:
		return order >= 0
	}
}

func ordered(k Kind) bool { return k == KindNumber || k == KindMoney || k == KindDate }

// scaled returns a value's number on the other's scale: a plain number compared
// with money means whole units, as in "amount <= 500".
func scaled(v Value, other Kind) int64 {
	if v.kind == KindNumber && other == KindMoney {
		return v.n * centsPerUnit
	}
	return v.n
}
