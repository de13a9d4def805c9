package engine

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A FormKind says what a text is made of.
type FormKind uint8

// The forms of texts.
const (
	FormAny        FormKind = iota // any characters
	FormDigits                     // digits, which are no amount: zeros in front stay
	FormLetters                    // letters of any script
	FormAlphameric                 // letters and digits
	FormExample                    // a letter or digit for each of an example's, and its signs
	FormPattern                    // a regular expression
)

// A Form bounds what a text is made of. The zero Form takes any text.
type Form struct {
	Kind FormKind `json:",omitzero"`
	// Least is the smallest number of characters; Type.Width is the greatest.
	Least int `json:",omitzero"`
	// Pattern is the expression of FormPattern, which the whole text must match.
	Pattern string `json:",omitzero"`
	// Example has this form, for FormExample and FormPattern.
	Example string `json:",omitzero"`
}

// Has reports whether a text has the form.
func (f *Form) Has(text string) bool {
	if f.Kind != FormAny && utf8.RuneCountInString(text) < f.Least {
		return false
	}
	switch f.Kind {
	case FormDigits:
		return allDigits(text)
	case FormLetters:
		return allOf(text, isLetter)
	case FormAlphameric:
		return allOf(text, func(r rune) bool { return isLetter(r) || isDigit(r) })
	case FormExample:
		return likeExample(text, f.Example)
	case FormPattern:
		whole, err := wholeText(f.Pattern)
		return err == nil && whole.MatchString(text)
	default:
		return true
	}
}

// wholeText compiles a pattern that must match a text from its first character to its
// last.
func wholeText(pattern string) (*regexp.Regexp, error) {
	if _, err := regexp.Compile(pattern); err != nil {
		return nil, err // of the pattern as written
	}
	return regexp.Compile(`^(?:` + pattern + `)$`)
}

// hasForm is Form.Has with the patterns of the program's own types, which are compiled
// once.
func (p *Program) hasForm(f *Form, text string) bool {
	if whole := p.patterns[f.Pattern]; f.Kind == FormPattern && whole != nil {
		return whole.MatchString(text)
	}
	return f.Has(text)
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// isLetter reports a letter, or a mark on one: some scripts write vowels as marks.
func isLetter(r rune) bool { return unicode.IsLetter(r) || unicode.IsMark(r) }

func allOf(text string, is func(rune) bool) bool {
	for _, r := range text {
		if !is(r) {
			return false
		}
	}
	return text != ""
}

// likeExample compares a text with an example: "ab-123" is like "KD-007".
func likeExample(text, example string) bool {
	for _, want := range example {
		r, size := utf8.DecodeRuneInString(text)
		text = text[size:]
		switch {
		case size == 0:
			return false
		case isDigit(want):
			if !isDigit(r) {
				return false
			}
		case isLetter(want):
			if !isLetter(r) {
				return false
			}
		case r != want:
			return false
		}
	}
	return text == ""
}

// Within reports whether every text of type t is one of type u: it is not longer and
// has the form. It is false where that is not certain.
func (t *Type) Within(u *Type) bool {
	if t.Width > u.Width {
		return false
	}
	f, g := &t.Form, &u.Form
	if g.Kind == FormAny {
		return true
	}
	if f.Kind == FormAny || f.least() < g.Least {
		return false
	}
	if f.Kind == g.Kind && f.Pattern == g.Pattern {
		return f.Kind != FormExample || likeExample(f.Example, g.Example)
	}
	if f.Kind == FormPattern || g.Kind == FormPattern || g.Kind == FormExample {
		return false
	}
	// A text of such a form has the kinds of characters that a sample of it has.
	return (&Form{Kind: g.Kind}).Has(f.sample())
}

// least returns the smallest number of characters of a text of the form.
func (f *Form) least() int {
	if f.Kind == FormExample {
		return utf8.RuneCountInString(f.Example)
	}
	return f.Least
}

// sample returns a text that has a letter if the form allows one, and a digit.
func (f *Form) sample() string {
	switch f.Kind {
	case FormDigits:
		return "0"
	case FormLetters:
		return "A"
	case FormAlphameric:
		return "A0"
	default:
		return f.Example
	}
}

// Limits of forms.
const (
	// maxPattern bounds a regular expression: more can't be told to a caller.
	maxPattern = 200
	likeWord   = "like"
	suchAs     = "such as"
)

// parseFormType reads "8" or "6..8" after "digits", "letters" or "letters and digits".
// One number is the exact length.
func parseFormType(kind FormKind) func(string) (Type, error) {
	return func(rest string) (Type, error) {
		if kind == FormLetters {
			if behind, ok := strings.CutPrefix(rest, "and digits"); ok {
				return parseFormType(FormAlphameric)(strings.TrimSpace(behind))
			}
		}
		name := formNames[kind]
		from, to, ranged := strings.Cut(rest, "..")
		if !ranged {
			to = from
		}
		least, err := strconv.Atoi(strings.TrimSpace(from))
		most, err2 := strconv.Atoi(strings.TrimSpace(to))
		if err != nil || err2 != nil || least < 1 || most < least || most > MaxText {
			return Type{}, fmt.Errorf("%s needs how many there are, from 1 to %d, as %s 8 or %s 6..8", name, MaxText, name, name)
		}
		return Type{Kind: KindText, Width: most, Form: Form{Kind: kind, Least: least}}, nil
	}
}

// formNames has the words with which the types of forms begin.
var formNames = map[FormKind]string{FormDigits: "digits", FormLetters: "letters", FormAlphameric: "letters and digits"}

// parseLike reads `"AB-123"`, or `/AB-\d+/ such as "AB-7"`, which stand behind "text
// 12 like".
func parseLike(t Type, rest string) (Type, error) {
	if strings.HasPrefix(rest, "/") {
		return parsePattern(t, rest)
	}
	example, err := quotedExample(rest)
	if err != nil {
		return Type{}, err
	}
	if !strings.ContainsFunc(example, func(r rune) bool { return isLetter(r) || isDigit(r) }) {
		return Type{}, fmt.Errorf("the example %q has no letter and no digit", example)
	}
	n := utf8.RuneCountInString(example)
	if n > t.Width {
		return Type{}, fmt.Errorf("the example %q has %d characters, but the text has %d at most", example, n, t.Width)
	}
	t.Width, t.Form = n, Form{Kind: FormExample, Least: n, Example: example}
	return t, nil
}

func parsePattern(t Type, rest string) (Type, error) {
	at := strings.LastIndex(rest, suchAs)
	if at < 0 {
		return Type{}, errNoExample
	}
	pattern, ends := strings.CutSuffix(strings.TrimSpace(rest[1:at]), "/")
	if !ends || pattern == "" {
		return Type{}, errNoExample
	}
	if len(pattern) > maxPattern {
		return Type{}, fmt.Errorf("the expression has %d characters; %d are the limit", len(pattern), maxPattern)
	}
	example, err := quotedExample(strings.TrimSpace(rest[at+len(suchAs):]))
	if err != nil {
		return Type{}, err
	}
	matches, err := wholeText(pattern)
	if err != nil {
		return Type{}, fmt.Errorf("/%s/ is not an expression: %s; the syntax is that of RE2", pattern, strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	n := utf8.RuneCountInString(example)
	switch {
	case n > t.Width:
		return Type{}, fmt.Errorf("the example %q has %d characters, but the text has %d at most", example, n, t.Width)
	case !matches.MatchString(example):
		return Type{}, fmt.Errorf("the example %q does not match /%s/; the whole text must", example, pattern)
	}
	t.Form = Form{Kind: FormPattern, Pattern: pattern, Example: example}
	return t, nil
}

var errNoExample = errors.New(`an expression needs an example for callers: write text 12 like /AB-[0-9]+/ such as "AB-7"`)

// quotedExample returns an example without the quotes around it.
func quotedExample(s string) (string, error) {
	inner := strings.TrimSuffix(strings.TrimPrefix(s, `"`), `"`)
	if len(s) != len(inner)+2 || strings.Contains(inner, `"`) || strings.TrimSpace(inner) != inner || inner == "" {
		return "", errors.New(`an example stands in quotes, as text 12 like "AB-123"`)
	}
	for _, r := range inner {
		if !unicode.IsPrint(r) {
			return "", fmt.Errorf("the example %q has a character that nobody sees", inner)
		}
	}
	return inner, nil
}

// formString returns a text's type as the menu language spells it.
func (t *Type) formString() string {
	f := &t.Form
	switch f.Kind {
	case FormAny:
		return fmt.Sprintf("text %d", t.Width)
	case FormExample:
		return fmt.Sprintf(`text %d like "%s"`, t.Width, f.Example)
	case FormPattern:
		return fmt.Sprintf(`text %d like /%s/ such as "%s"`, t.Width, f.Pattern, f.Example)
	}
	if f.Least == t.Width {
		return fmt.Sprintf("%s %d", formNames[f.Kind], t.Width)
	}
	return fmt.Sprintf("%s %d..%d", formNames[f.Kind], f.Least, t.Width)
}
