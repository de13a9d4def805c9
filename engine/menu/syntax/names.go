package syntax

import (
	"strings"
)

// Reserved lists the words of the language that nothing may be named.
var Reserved = map[string]bool{"retry": true, "if": true, "else": true, "back": true, "end": true, "none": true}

// nameEnd returns how many bytes at the beginning of s make a name.
func nameEnd(s string) int {
	for i := 0; i < len(s); i++ {
		c := s[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return i
		}
	}
	return len(s)
}

// nameLike makes a name of a text, "" if nothing is left of it.
func nameLike(s string) string {
	var b strings.Builder
	for _, r := range strings.TrimSpace(s) {
		switch {
		case r < 0x80 && nameEnd("a"+string(r)) == 2:
			b.WriteRune(r)
		case r == ' ' || r == '-' || r == '.':
			b.WriteByte('_')
		}
	}
	name := strings.Trim(b.String(), "_")
	if nameEnd(name) != len(name) || Reserved[name] || len(name) > 40 {
		return ""
	}
	return name
}

// word cuts the first word off a text.
func (t Text) word() (first, rest Text) {
	i := strings.IndexByte(t.Value, ' ')
	if i < 0 {
		return t, t.Sub(len(t.Value), len(t.Value))
	}
	return t.Sub(0, i), t.Sub(i, len(t.Value)).Trim()
}
