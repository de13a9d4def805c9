package engine

import (
	"fmt"
	"strconv"
	"strings"
)

// Limits of a sum as written.
const (
	// MaxSumParts is how many values and numbers one sum may have. A longer one is
	// clearer in steps, and each costs a node in every proof.
	MaxSumParts = 32
	// maxSumDepth is how deep parentheses may be.
	maxSumDepth = 8
)

// LooksLikeSum reports whether a word of a menu is meant as a sum: it has a sign
// between others.
func LooksLikeSum(s string) bool {
	return strings.ContainsAny(s, "+*/()") || strings.LastIndexByte(s, '-') > 0
}

// ParseSum reads a sum as the menu language writes it: + - and * between values and
// whole numbers, spans as 14d, 6m or 1y, parentheses, and a date of its parts as
// day/month/year. The error is one sentence for the author of the menu.
func ParseSum(text string) (*Sum, error) {
	p := &sumParser{rest: text}
	s, err := p.sum(0)
	if err == nil && p.next() != 0 {
		err = p.more()
	}
	if err != nil {
		return nil, err
	}
	values := 0
	s.Refs(func(Ref) { values++ })
	switch {
	case values == 0:
		return nil, fmt.Errorf("it has no value in it, so it never changes; write its result")
	case s.Op == SumSpan:
		return nil, fmt.Errorf("%q is a span; add it to a day, as today + %s", s, s)
	}
	return s, nil
}

// sumParser reads a sum by descent, from the left.
type sumParser struct {
	rest  string
	parts int
	last  string // the name or number before rest
}

// more says what is wrong with words behind a complete sum.
func (p *sumParser) more() error {
	number := func(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }
	word, _, _ := strings.Cut(p.rest, " ")
	word = strings.TrimSuffix(word, "s")
	switch {
	case number(p.last) && p.rest[0] == ',':
		return fmt.Errorf("write numbers without commas, as 1500 for 1,500")
	case number(p.last) && spans[word] != "":
		return fmt.Errorf("write \"%s%s\" for %q", p.last, spans[word], p.last+" "+p.rest)
	case number(p.rest) && len(p.last) == len("KES") && strings.ToUpper(p.last) == p.last:
		return fmt.Errorf("write the amount without %q: a whole number beside money is an amount", p.last)
	}
	return fmt.Errorf("the sum is complete before %q", p.rest)
}

// spans has the units of spans by the words for them.
var spans = map[string]string{"d": "d", "day": "d", "m": "m", "month": "m", "y": "y", "year": "y"}

// next returns the next byte that is no space, or 0 at the end.
func (p *sumParser) next() byte {
	p.rest = strings.TrimLeft(p.rest, " \n")
	if p.rest == "" {
		return 0
	}
	return p.rest[0]
}

// take drops the next byte if it is one of these, and returns it.
func (p *sumParser) take(signs string) (sign byte, ok bool) {
	c := p.next()
	if c == 0 || strings.IndexByte(signs, c) < 0 {
		return 0, false
	}
	p.rest = p.rest[1:]
	return c, true
}

var sumOps = map[byte]SumOp{'+': SumAdd, '-': SumMinus, '*': SumTimes}

func (p *sumParser) sum(depth int) (*Sum, error) {
	return p.chain("+-", func() (*Sum, error) {
		return p.chain("*", func() (*Sum, error) { return p.date(depth) })
	})
}

// chain reads parts joined by the same signs.
func (p *sumParser) chain(signs string, part func() (*Sum, error)) (*Sum, error) {
	left, err := part()
	for err == nil {
		sign, ok := p.take(signs)
		if !ok {
			return left, nil
		}
		var right *Sum
		right, err = part()
		left = &Sum{Op: sumOps[sign], A: left, B: right}
	}
	return nil, err
}

// date reads one part, or three of them with strokes between them.
func (p *sumParser) date(depth int) (*Sum, error) {
	first, err := p.part(depth)
	if err != nil {
		return nil, err
	}
	list := []*Sum{first}
	for {
		if _, ok := p.take("/"); !ok {
			break
		}
		next, err := p.part(depth)
		if err != nil {
			return nil, err
		}
		list = append(list, next)
	}
	const parts = 3
	switch len(list) {
	case 1:
		return first, nil
	case parts:
		return &Sum{Op: SumDate, A: list[0], B: list[1], C: list[2]}, nil
	}
	return nil, fmt.Errorf("%q makes a day of three numbers, as day/month/year; sums can't divide", "/")
}

// part reads a name, a number, a span, or a sum in parentheses.
func (p *sumParser) part(depth int) (*Sum, error) {
	if p.parts++; p.parts > MaxSumParts {
		return nil, fmt.Errorf("it has more than %d parts; set a value with the first ones", MaxSumParts)
	}
	if _, open := p.take("("); open {
		if depth == maxSumDepth {
			return nil, fmt.Errorf("its parentheses are more than %d deep", maxSumDepth)
		}
		inner, err := p.sum(depth + 1)
		if err != nil {
			return nil, err
		}
		if _, closed := p.take(")"); !closed {
			return nil, fmt.Errorf("a parenthesis that opens is never closed")
		}
		return inner, nil
	}
	sign, negative := p.take("-")
	word := p.word()
	if word == "" {
		if c := p.next(); c != 0 && c != ')' {
			return nil, fmt.Errorf("a value or a number is expected before %q", p.rest)
		}
		return nil, fmt.Errorf("a value or a number is missing at the end")
	}
	if word[0] >= '0' && word[0] <= '9' {
		if negative {
			word = string(sign) + word
		}
		return numberPart(word)
	}
	if negative {
		return nil, fmt.Errorf("write \"0 - %s\" for a negative value", word)
	}
	return valuePart(word)
}

// word drops the next name or number, and returns it.
func (p *sumParser) word() string {
	p.next()
	n := 0
	for n < len(p.rest) && isWordByte(p.rest[n]) {
		n++
	}
	word := p.rest[:n]
	p.rest, p.last = p.rest[n:], word
	return word
}

func isWordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '.'
}

// numberPart reads "15" or "14d".
func numberPart(word string) (*Sum, error) {
	s := &Sum{Op: SumConstant}
	digits := word
	if last := word[len(word)-1]; last == UnitDays || last == UnitMonths || last == UnitYears {
		s.Op, s.Unit, digits = SumSpan, last, word[:len(word)-1]
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%q is neither a whole number nor a span as 14d, 6m or 1y", word)
	case s.Op == SumConstant && (n > MaxNumber || n < -MaxNumber):
		return nil, fmt.Errorf("%q is too large; the largest number is %d", word, int64(MaxNumber))
	case s.Op == SumSpan && (n > maxDistance || n < 0):
		return nil, fmt.Errorf("%q is no span; write one from 0 to %d", word, maxDistance)
	}
	s.N = n
	return s, nil
}

// valuePart reads "amount" or "payment.day".
func valuePart(word string) (*Sum, error) {
	name, field, dotted := strings.Cut(word, ".")
	if name == "" || dotted && (field == "" || strings.Contains(field, ".")) {
		return nil, fmt.Errorf("%q is not the name of a value", word)
	}
	return &Sum{Op: SumValue, Ref: Ref{Name: name, Field: field}}, nil
}
