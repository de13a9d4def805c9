package engine

import (
	"math"
	"strings"
)

// HasRange reports whether an answer of the type's form may be outside of its range:
// too small, too great, too early, too late or too long.
func (t *Type) HasRange() bool {
	switch t.Kind {
	case KindNumber, KindMoney:
		return true
	case KindText:
		return t.Form.Kind != FormExample && t.Form.Kind != FormPattern
	case KindDate:
		return t.From.Set || t.To.Set
	default:
		return false // a secret, a phone number and an example have one form, and a choice has numbers
	}
}

// outOfRange reports whether an answer that a type refuses has the form of the type and
// is only outside of its range.
func (p *Program) outOfRange(t *Type, typed string, lang int, today Date) bool {
	if !t.HasRange() {
		return false
	}
	wide := *t
	switch t.Kind {
	case KindNumber, KindMoney:
		if digits := strings.NewReplacer(",", "", " ", "").Replace(plainTyped(typed)); len(digits) >= maxNumberDigits && allDigits(digits) {
			return true
		}
		wide.Lo, wide.Hi = math.MinInt64, math.MaxInt64
	case KindDate:
		wide.From, wide.To = DateBound{}, DateBound{}
	case KindText:
		wide.Width, wide.Form.Least = maxAnswerBytes, 1
	}
	_, ok := p.parseAnswer(&wide, typed, lang, today)
	return ok
}
