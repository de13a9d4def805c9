package engine

import (
	"fmt"
	"strings"
)

// Personas set the scene of dial scripts: who calls, and what the actions answer.
// They are read from people.yaml.
type Personas struct {
	// List has the callers. The first one calls if a script names none.
	List []Persona
	// Answers has the standard answers by action. The last of several repeats.
	Answers map[string][]Answer
	// Numbers and PINs belong to no persona, and scripts may type them: digits with
	// country code, and PINs that are wrong on purpose.
	Numbers []string
	PINs    []Secret
	// Places has the positions of what people.yaml says, by the keys that lead
	// there, as "answers.withdraw" or "people.Juma.language". The answers of an
	// action are counted: "answers.withdraw.0".
	Places map[string]Pos
}

// A Persona is one caller of dial scripts.
type Persona struct {
	Name string
	// Phone is an MSISDN: digits with country code, no plus sign.
	Phone string
	PIN   Secret
	// Lang is the language remembered for this caller, or "".
	Lang string
	// Values has what the service knows of this number when a call begins:
	// remembered values, and "worker.id", "worker.name".
	Values []Setting
}

// A Setting is a name and a value as written, not yet of any type.
type Setting struct{ Name, Text string }

// An Answer is how an action ends in a script: an outcome and the values it gives.
type Answer struct {
	Outcome string
	Values  []Setting
}

// Persona finds a caller by name, ignoring case.
func (p *Personas) Persona(name string) (Persona, bool) {
	for _, one := range p.List {
		if strings.EqualFold(one.Name, name) {
			return one, true
		}
	}
	return Persona{}, false
}

// ParseAnswers reads "wrong_pin, then done ref=QX81". The error is one sentence for
// the author.
func ParseAnswers(s string) ([]Answer, error) {
	var list []Answer
	for _, part := range splitThen(s) {
		a, err := parseAnswerText(part)
		if err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	return list, nil
}

// splitThen cuts at ", then " outside quotes.
func splitThen(s string) []string {
	const then = ", then "
	var parts []string
	quoted, from := false, 0
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case !quoted && strings.HasPrefix(s[i:], then):
			parts = append(parts, s[from:i])
			from = i + len(then)
			i = from - 1
		}
	}
	return append(parts, s[from:])
}

func parseAnswerText(s string) (Answer, error) {
	s = strings.TrimSpace(s)
	outcome, rest, _ := strings.Cut(s, " ")
	if !isPlainName(outcome) {
		return Answer{}, fmt.Errorf("%q is not an outcome; write its name, then what it gives: done ref=QX81", outcome)
	}
	values, err := ParseSettings(rest)
	return Answer{Outcome: outcome, Values: values}, err
}

// ParseSettings reads settings like a=b, separated by spaces or commas. A value
// that contains either stands in quotes: name="Amina O."
func ParseSettings(s string) ([]Setting, error) {
	var list []Setting
	for s = strings.TrimLeft(s, " ,"); s != ""; s = strings.TrimLeft(s, " ,") {
		name, rest, ok := strings.Cut(s, "=")
		if !ok || !isPlainName(strings.ReplaceAll(name, ".", "")) {
			return nil, fmt.Errorf("%q is not a setting; write name=value", s)
		}
		value, after := "", ""
		if quoted, found := strings.CutPrefix(rest, `"`); found {
			if value, after, ok = strings.Cut(quoted, `"`); !ok {
				return nil, fmt.Errorf("the quote before %q is not closed", quoted)
			}
		} else if end := strings.IndexAny(rest, " ,"); end >= 0 {
			value, after = rest[:end], rest[end:]
		} else {
			value = rest
		}
		if after != "" && after[0] != ' ' && after[0] != ',' {
			return nil, fmt.Errorf("a space is missing before %q", after)
		}
		list = append(list, Setting{name, value})
		s = after
	}
	return list, nil
}

// isPlainName reports whether s has only lower-case letters, digits and _, and
// begins with a letter.
func isPlainName(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if (c < 'a' || c > 'z') && (i == 0 || c != '_' && (c < '0' || c > '9')) {
			return false
		}
	}
	return s != ""
}
