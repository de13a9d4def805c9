package syntax

import (
	"fmt"
	"strings"

	"github.com/paytrace/paytrace/engine"
)

// call reads "action(values)".
func (p *reader) call(t Text) *Call {
	n := nameEnd(t.Value)
	if n == 0 || n == len(t.Value) || t.Value[n] != '(' {
		p.find("U003", t, fmt.Sprintf("%q is not an action with its values.", Short(t.Value)), `Write it like "withdraw(amount, pin)".`)
		return nil
	}
	if !strings.HasSuffix(t.Value, ")") {
		p.find("U003", t, fmt.Sprintf("%q does not end with its closing parenthesis.", Short(t.Value)), `Write it like "withdraw(amount, pin)", and nothing behind it.`)
		return nil
	}
	c := &Call{Action: t.Sub(0, n), Pos: t.Pos}
	p.goodName(c.Action, "an action")
	inside := t.Sub(n+1, len(t.Value)-1)
	if inside.Trim().Value == "" {
		return c
	}
	for _, arg := range splitArgs(inside) {
		if v, ok := p.value(arg.Trim()); ok {
			c.Args = append(c.Args, v)
		} else {
			c.Args = append(c.Args, Value{})
		}
	}
	return c
}

// splitArgs divides values at their commas; a comma in quotes is text.
func splitArgs(t Text) []Text {
	var list []Text
	from, quote := 0, byte(0)
	for i := 0; i < len(t.Value); i++ {
		switch c := t.Value[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == ',':
			list = append(list, t.Sub(from, i))
			from = i + 1
		}
	}
	return append(list, t.Sub(from, len(t.Value)))
}

// value reads one name or constant. A quoted constant's text is what stands
// between the quotes.
func (p *reader) value(t Text) (Value, bool) {
	s := t.Value
	switch {
	case s == "":
		p.find("U003", t, "A value is missing here.", "")
	case s[0] == '\'' || s[0] == '"':
		if len(s) > 1 && strings.IndexByte(s[1:], s[0]) == len(s)-2 {
			return Value{Text: t.Sub(1, len(s)-1), Quoted: true}, true
		}
		p.find("U003", t, fmt.Sprintf("The quotes of %s do not close at its end.", Short(s)), "")
	case IsNumber(s):
		return Value{Text: t, Number: true}, true
	case engine.LooksLikeSum(s):
		return p.sum(t)
	case strings.Contains(s, " "):
		p.find("U003", t, fmt.Sprintf("%q is neither a name nor a number.", Short(s)), fmt.Sprintf("A text as a value must be in quotes: '%s'.", Short(s))).asConstant()
	default:
		return p.nameValue(t)
	}
	return Value{}, false
}

// sum reads "amount + fee".
func (p *reader) sum(t Text) (Value, bool) {
	if at := bareDay.FindStringIndex(t.Value); at != nil {
		day := t.Sub(at[0], at[1])
		p.find("U003", day, "A day must be in quotes.", "").PutInQuotes(day.Value)
		return Value{}, false
	}
	sum, err := engine.ParseSum(t.Value)
	if err != nil {
		p.find("U003", t, fmt.Sprintf("%q is no sum: %s.", Short(t.Value), err), "Write sums as amount + fee, price * count or today + 14d. A text as a value must be in quotes.")
		return Value{}, false
	}
	if sum.Op == engine.SumValue {
		return Value{Text: t, Name: sum.Ref.Name, Field: sum.Ref.Field}, true
	}
	return Value{Text: t, Name: sum.String(), Sum: sum}, true
}

// nameValue reads "name" or "record.field".
func (p *reader) nameValue(t Text) (Value, bool) {
	name, field, dotted := strings.Cut(t.Value, ".")
	n := t.Sub(0, len(name))
	if !p.goodName(n, "a value") {
		return Value{}, false
	}
	if dotted && !p.goodName(t.Sub(len(name)+1, len(t.Value)), "a field") {
		return Value{}, false
	}
	return Value{Text: t, Name: name, Field: field}, true
}

// IsNumber reports whether a text is a number: digits with at most one point between
// them, and an optional minus sign.
func IsNumber(s string) bool {
	s = strings.TrimPrefix(s, "-")
	whole, part, point := strings.Cut(s, ".")
	return AllDigits(whole) && (!point || AllDigits(part))
}

func AllDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
