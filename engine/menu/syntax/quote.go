package syntax

import (
	"strings"
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

// Unprintable reports characters that YAML refuses or takes for a line break.
func Unprintable(r rune) bool {
	switch r {
	case '\t':
		return false
	case 0x7f, 0x2028, 0x2029, 0xfeff, 0xfffe, 0xffff:
		return true
	}
	return r < ' ' || r >= 0x80 && r < 0xa0
}
