package engine

import "strings"

// A service code may end in what callers choose: "*822*{amount}#" carries the answer to
// a question, and "*123*{other}#" stands for every other code below *123#.

// OtherCode is the name in "*123*{other}#".
const OtherCode = "other"

// SplitCode divides a code of a menu into the one that callers dial and the name that
// stands behind it, "" for a code that is dialled as it stands: "*822*{amount}#" is
// "*822#" and "amount".
func SplitCode(dial string) (base, name string) {
	before, rest, open := strings.Cut(dial, "*{")
	name, closed := strings.CutSuffix(rest, "}#")
	if !open || !closed {
		return dial, ""
	}
	return before + "#", name
}

// CarriesAnswer reports whether a type's values can be dialled: they have digits only.
func (t *Type) CarriesAnswer() bool {
	switch t.Kind {
	case KindNumber, KindMoney, KindPhone:
		return true
	case KindText:
		return t.Form.Kind == FormAny || t.Form.Kind == FormDigits || t.Form.Kind == FormAlphameric
	default:
		return false
	}
}

// A dialledCode is a code of the menu, ready to be compared.
type dialledCode struct {
	Code
	// key is the code as CodeKey has it, without the name behind it.
	key string
	// name is what stands behind the code, slot its value; -1 for a code without one.
	name string
	slot int
}

func (l *linker) codes() {
	for _, c := range l.p.def.Codes {
		base, name := SplitCode(c.Dial)
		d := dialledCode{Code: c, key: CodeKey(base), name: name, slot: -1}
		if name != "" && name != OtherCode {
			d.slot = l.slot(name, c.Pos)
		}
		l.p.codes = append(l.p.codes, d)
	}
}

// A dialMatch is what a code means in a call.
type dialMatch struct {
	code *dialledCode
	// answer is the answer that the code carries; ahead the inputs behind it.
	answer Value
	ahead  string
}

// weight orders the codes that fit: the longest goes first, and an answer before any
// other code.
func (d *dialledCode) weight() int {
	n := 3 * len(d.key)
	if d.name != "" {
		n++
	}
	if d.slot >= 0 {
		n++
	}
	return n
}

// match returns what a dialled code means. A code that is none of the menu's begins as
// its first.
func (p *Program) match(code string) dialMatch {
	whole := CodeKey(code)
	best := dialMatch{code: &p.codes[0]}
	found := false
	for i := range p.codes {
		c := &p.codes[i]
		if found && c.weight() <= best.code.weight() {
			continue
		}
		if d, ok := p.means(c, whole); ok {
			best, found = d, true
		}
	}
	return best
}

// means returns what a dialled code means if it is one of the menu's.
func (p *Program) means(c *dialledCode, whole string) (dialMatch, bool) {
	behind, begins := strings.CutPrefix(whole, c.key)
	rest, more := strings.CutPrefix(behind, "*")
	switch {
	case !begins || behind != "" && !more:
		return dialMatch{}, false
	case c.name == "":
		return dialMatch{code: c, ahead: rest}, true
	case rest == "":
		return dialMatch{}, false
	case c.slot < 0:
		return dialMatch{code: c}, true
	}
	typed, ahead, _ := strings.Cut(rest, "*")
	answer, ok := p.parseAnswer(&p.slots[c.slot].Type, typed, 0, 0)
	return dialMatch{code: c, answer: answer, ahead: ahead}, ok
}

// StartFor returns the first screen of a call to a service code.
func (p *Program) StartFor(code string) string { return p.match(code).code.Start }

// TypedAhead returns the inputs that a dialled code carries after the longest code that
// p answers.
func (p *Program) TypedAhead(code string) string { return p.match(code).ahead }

// CodeOf returns the code of the menu that a dialled code is, and whether it is one.
func (p *Program) CodeOf(code string) (Code, bool) {
	d := p.match(code)
	_, ok := p.means(d.code, CodeKey(code))
	return d.code.Code, ok
}

// Answers reports whether a service code is one of the program's, or begins with one.
func (p *Program) Answers(code string) bool {
	_, ok := p.CodeOf(code)
	return ok
}

// BeginsOn reports whether a screen is the first that callers see after a code. A code
// that sets values has a screen of its own before it.
func (p *Program) BeginsOn(screen string) bool {
	for _, c := range p.def.Codes {
		start := c.Start
		for range MaxSilent {
			if start == screen {
				return true
			}
			n := p.nodes[start]
			if n == nil || n.Kind != ScreenSet {
				break
			}
			start = n.Go
		}
	}
	return false
}
