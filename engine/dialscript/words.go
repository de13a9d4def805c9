package dialscript

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"
)

// placeholders lists what a placeholder may stand for: at least one character.
// Text that may be missing needs another line in the script.
var placeholders = map[string]string{
	"*":     `.+?`,
	"money": `[A-Z]{3} -?\d{1,3}(?:,\d{3})*(?:\.\d\d)?`,
	"date":  `\d\d/\d\d/\d{4}`,
	"phone": `\+?\d{7,15}`,
}

const placeholderNames = "{*}, {money}, {date}, {phone}, or {ref=*} to capture it as {ref}"

// A textError says what is wrong with a text, and at which byte.
type textError struct {
	at, length int
	message    string
	help       string
}

// parseText reads a text with placeholders. "{{" is a brace.
func parseText(s string) (Text, *textError) {
	var words Text
	var lit strings.Builder
	flush := func() {
		if lit.Len() > 0 {
			words = append(words, Part{Lit: lit.String()})
			lit.Reset()
		}
	}
	for i := 0; i < len(s); {
		switch {
		case s[i] != '{':
			lit.WriteByte(s[i])
			i++
		case strings.HasPrefix(s[i:], "{{"):
			lit.WriteByte('{')
			i += 2
		default:
			end := strings.IndexByte(s[i:], '}')
			if end < 0 {
				return nil, &textError{i, len(s) - i, "This placeholder has no closing brace.", `Write "{{" for a brace on the screen.`}
			}
			part, ok := parsePlaceholder(s[i+1 : i+end])
			if !ok {
				return nil, &textError{i, end + 1, fmt.Sprintf("There is no placeholder %q.", s[i:i+end+1]), "Write " + placeholderNames + `; "{{" is a brace.`}
			}
			flush()
			words = append(words, part)
			i += end + 1
		}
	}
	flush()
	return words, nil
}

// parsePlaceholder reads the text between the braces.
func parsePlaceholder(s string) (Part, bool) {
	if _, ok := placeholders[s]; ok {
		return Part{Placeholder: s}, true
	}
	name, placeholder, captures := strings.Cut(s, "=")
	if _, reserved := placeholders[name]; reserved || !plainName(name) {
		return Part{}, false
	}
	if _, ok := placeholders[placeholder]; captures && !ok {
		return Part{}, false
	}
	return Part{Placeholder: placeholder, Name: name}, true
}

// plainName reports whether a name has only lower-case letters, digits and _,
// and begins with a letter.
func plainName(s string) bool {
	for i, r := range s {
		if (r < 'a' || r > 'z') && (i == 0 || r != '_' && (r < '0' || r > '9')) {
			return false
		}
	}
	return s != ""
}

// String returns the text as scripts write it.
func (w Text) String() string {
	var b strings.Builder
	for _, p := range w {
		switch {
		case p.Placeholder == "" && p.Name == "":
			b.WriteString(strings.ReplaceAll(p.Lit, "{", "{{"))
		case p.Name == "":
			b.WriteString("{" + p.Placeholder + "}")
		case p.Placeholder == "":
			b.WriteString("{" + p.Name + "}")
		default:
			b.WriteString("{" + p.Name + "=" + p.Placeholder + "}")
		}
	}
	return b.String()
}

// PlainText returns a text without placeholders.
func PlainText(s string) Text {
	if s == "" {
		return nil
	}
	return Text{{Lit: s}}
}

// Captures holds the texts captured so far in a call, by name.
type Captures map[string]string

// fill replaces names by their captured texts. It fails at any other
// placeholder.
func (w Text) fill(k Captures) (string, error) {
	var b strings.Builder
	for _, p := range w {
		switch {
		case p.Placeholder == "" && p.Name == "":
			b.WriteString(p.Lit)
		case p.Placeholder == "" && k[p.Name] != "":
			b.WriteString(k[p.Name])
		default:
			return "", fmt.Errorf("no text was captured as {%s}", p.Name)
		}
	}
	return b.String(), nil
}

// match compares a text with the expected one, and captures the texts of named
// placeholders. With across, "*" may span line breaks, as in an SMS.
func (w Text) match(text string, k Captures, across bool) bool {
	if lit, ok := w.Literal(); ok {
		return text == lit
	}
	source, names := w.pattern(k)
	flags := "^"
	if across {
		flags = "(?s)^"
	}
	re, err := regexp.Compile(flags + source + "$")
	if err != nil {
		return false // the text is too long for RE2
	}
	m := re.FindStringSubmatch(text)
	if m == nil {
		return false
	}
	found := Captures{}
	for i, p := range names {
		if p.Placeholder == "date" && !IsDate(m[i+1]) || found[p.Name] != "" && p.Name != "" && found[p.Name] != m[i+1] {
			return false
		}
		found[p.Name] = m[i+1]
	}
	for name, value := range found {
		if name != "" {
			k[name] = value
		}
	}
	return true
}

// Literal returns a text without placeholders; ok is false if it has any.
func (w Text) Literal() (string, bool) {
	switch {
	case len(w) == 0:
		return "", true
	case len(w) == 1 && w[0].Placeholder == "" && w[0].Name == "":
		return w[0].Lit, true
	}
	return "", false
}

// pattern returns an RE2 source with one group for each placeholder, and the
// placeholders of the groups. A name without a captured text matches nothing.
func (w Text) pattern(k Captures) (source string, parts []Part) {
	var b strings.Builder
	for _, p := range w {
		switch value, known := k[p.Name]; {
		case p.Placeholder == "" && p.Name == "":
			b.WriteString(regexp.QuoteMeta(p.Lit))
		case p.Placeholder == "" && known:
			b.WriteString(regexp.QuoteMeta(value))
		case p.Placeholder == "":
			b.WriteString(`[^\x00-\x{10FFFF}]`)
		default:
			b.WriteString("(" + placeholders[p.Placeholder] + ")")
			parts = append(parts, p)
		}
	}
	return b.String(), parts
}

func IsDate(s string) bool {
	_, err := time.Parse("02/01/2006", s)
	return err == nil
}

// weight returns the number of letters and digits that the text fixes. A typed
// placeholder counts as much as its shortest value.
func (w Text) weight() int {
	n := 0
	for _, p := range w {
		switch {
		case p.Placeholder == "" && p.Name == "":
			n += letters(p.Lit)
		case p.Placeholder != "*":
			n += len("KES 0")
		}
	}
	return n
}

func letters(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			n++
		}
	}
	return n
}
