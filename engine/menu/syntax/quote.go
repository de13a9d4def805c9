package syntax

import (
	"strings"
	"unicode/utf8"
)

// InQuotes writes a text in quotes: double ones, unless it has some itself.
func InQuotes(s string) string {
	if strings.ContainsAny(s, "\"\\") && !strings.Contains(s, "\n") && strings.IndexFunc(s, Unprintable) < 0 && !strings.Contains(s, "\t") {
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case Unprintable(r):
			b.WriteString(hexEscape(r))
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// hexEscape returns the escape of a character that a file can't contain.
func hexEscape(r rune) string {
	const digits = "0123456789abcdef"
	out := []byte(`\u0000`)
	for i := range 4 {
		out[len(out)-1-i] = digits[r>>(4*i)&0xf]
	}
	return string(out)
}

// quoteWhole asks for quotes around a whole text, and puts them there. An attempt
// at quotes is left to its writer.
func (r Report) quoteWhole(text string) {
	const longest = 60 // characters that still read well in a help
	switch first := text[:min(1, len(text))]; {
	case first == `"`:
		r.d.Help = `Put the whole text between the quotes; inside them write \" for a quote and \\ for a backslash.`
	case utf8.RuneCountInString(text) > longest:
		r.d.Help = "Put quotes around the whole text."
		r.Quote("")
	default:
		r.d.Help = "Put quotes around the whole text: " + quoted(text) + "."
		r.Quote(text)
	}
}

// quoted returns a text as YAML's quotes hold it.
func quoted(text string) string {
	if !strings.ContainsAny(text, `"\`) {
		return `"` + text + `"`
	}
	return "'" + strings.ReplaceAll(text, "'", "''") + "'"
}

// Quote returns a name or text as a message shows it.
func Quote(s string) string { return `"` + Short(s) + `"` }

// Short returns a text as a message quotes it.
func Short(s string) string {
	const longest = 40 // a quotation, not a repetition
	s = strings.ReplaceAll(s, "\n", " ")
	if r := []rune(s); len(r) > longest {
		return string(r[:longest]) + "…"
	}
	return s
}
