// Package terminal measures, wraps and frames text for a terminal.
package terminal

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// RuneWidth returns how many columns a character takes: two if it is wide, none if
// it combines with the one before.
func RuneWidth(r rune) int {
	switch kind := width.LookupRune(r).Kind(); {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case kind == width.EastAsianWide, kind == width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// Width returns how many columns a text takes.
func Width(s string) int {
	n := 0
	for _, r := range s {
		n += RuneWidth(r)
	}
	return n
}

// Pad appends spaces to a text until it takes width columns.
func Pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-Width(s)))
}

// Controls reports whether a character can command a terminal or change the
// direction of its text.
func Controls(r rune) bool {
	return unicode.IsControl(r) || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}

// Visible replaces the characters that can command a terminal, because the text of
// a service may come from anyone.
func Visible(s string) string {
	return strings.Map(func(r rune) rune {
		if Controls(r) {
			return '\ufffd'
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}

// Wrap breaks a text into lines of at most width columns. It breaks at spaces, as
// phones do, and inside a word that is longer than a line.
func Wrap(text string, width int) []string {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		for {
			at := fits(line, width)
			if at == len(line) {
				break
			}
			if space := strings.LastIndexByte(line[:at], ' '); space > 0 && line[at] != ' ' {
				at = space
			}
			out = append(out, line[:at])
			line = strings.TrimLeft(line[at:], " ")
		}
		out = append(out, line)
	}
	return out
}

// fits returns how many bytes of a line fit in width columns. It counts at least
// the first character.
func fits(line string, width int) int {
	taken := 0
	for i, r := range line {
		taken += RuneWidth(r)
		if i > 0 && taken > width {
			return i
		}
	}
	return len(line)
}
