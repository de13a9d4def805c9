package engine

import "strings"

// value is what a Ref stands for; not set where any part of it is not.
func (p *Program) value(s *Session, r Ref) Value {
	i, ok := p.slotIndex[r.Name]
	if !ok {
		return Value{}
	}
	v := s.Values[i]
	if i == slotLang {
		v = ChoiceValue(v.s) // a call always has one, chosen or not
	}
	if r.Field != "" {
		return v.Field(r.Field)
	}
	return v
}

func (p *Program) arg(s *Session, a Arg) Value {
	if a.Ref.IsZero() {
		return a.Value
	}
	return p.value(s, a.Ref)
}

// given is a value as "is set" and "is empty" ask for it: of the language,
// whether the caller has chosen one, now or in a call that is remembered.
func (p *Program) given(s *Session, a Arg) Value {
	if a.Ref.Name == "lang" && a.Ref.Field == "" {
		return s.Values[slotLang]
	}
	return p.arg(s, a)
}

// holds evaluates a condition. A comparison with a value that is not set is
// false, whichever way it asks; the checker has seen to it that none is.
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
		return p.given(s, c.Left).IsSet()
	case OpIsEmpty:
		return isEmpty(p.given(s, c.Left))
	default:
		return compare(c.Op, p.arg(s, c.Left), p.arg(s, c.Right))
	}
}

// isEmpty: a list without rows, a text without letters, a value not set.
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
		order = cmpInt(scaled(a, b.kind), scaled(b, a.kind))
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

// scaled is a value's number on the other's scale: a plain number beside money
// means whole units of it, "amount <= 500".
func scaled(v Value, other Kind) int64 {
	if v.kind == KindNumber && other == KindMoney {
		return v.n * centsPerUnit
	}
	return v.n
}

const centsPerUnit = 100

func cmpInt(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	default:
		return 0
	}
}
