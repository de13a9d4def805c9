package engine

import (
	"fmt"
	"strings"
)

// People set the scene of dial scripts: who calls, and what the actions answer.
type People struct {
	// List are the callers, the first being the one who calls where a script
	// does not say.
	List []Person
	// Answers are the standard answers by action; the last of several repeats.
	Answers map[string][]Answer
	// Numbers and PINs belong to nobody, and scripts may type them: digits with
	// country code, and PINs that are wrong on purpose.
	Numbers []string
	PINs    []Secret
}

// Person is one caller of dial scripts.
type Person struct {
	Name string
	// Phone is an MSISDN: digits with country code, no plus sign.
	Phone string
	PIN   Secret
	// Lang is remembered for this caller; "" for none.
	Lang string
	// Values are what the service knows of this number when a call begins:
	// remembered values, and "worker.id", "worker.name".
	Values []Setting
}

// Setting is a name and a value as a person writes it, not yet of any type.
type Setting struct{ Name, Text string }

// Answer is how an action ends in a script: an outcome, and the values it gives.
type Answer struct {
	Outcome string
	Values  []Setting
}

// Person finds a caller by name, whatever the case.
func (p *People) Person(name string) (Person, bool) {
	for _, one := range p.List {
		if strings.EqualFold(one.Name, name) {
			return one, true
		}
	}
	return Person{}, false
}

// ParseAnswers reads "wrong_pin, then done ref=QX81". The error is a sentence
// for the person who wrote it.
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
		return Answer{}, fmt.Errorf("%q is no outcome; write its name, then what it gives, as done ref=QX81", outcome)
	}
	values, err := ParseSettings(rest)
	return Answer{Outcome: outcome, Values: values}, err
}

// ParseSettings reads a=b, with spaces or commas between two of them, and
// quotes round a value that has either: name="Amina O."
func ParseSettings(s string) ([]Setting, error) {
	var list []Setting
	for s = strings.TrimLeft(s, " ,"); s != ""; s = strings.TrimLeft(s, " ,") {
		name, rest, ok := strings.Cut(s, "=")
		if !ok || !isPlainName(strings.ReplaceAll(name, ".", "")) {
			return nil, fmt.Errorf("%q is no value; write name=value", s)
		}
		value, after := "", ""
		if quoted, found := strings.CutPrefix(rest, `"`); found {
			if value, after, ok = strings.Cut(quoted, `"`); !ok {
				return nil, fmt.Errorf("the quote before %q is never closed", quoted)
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

// isPlainName reports lower-case letters, digits and _, beginning with a letter.
func isPlainName(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if (c < 'a' || c > 'z') && (i == 0 || c != '_' && (c < '0' || c > '9')) {
			return false
		}
	}
	return s != ""
}
