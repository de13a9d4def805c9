package dialscript

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
)

// String returns the line as scripts write it, with its bar.
func (s ScreenLine) String() string {
	switch {
	case s.Rest:
		return "| ..."
	case s.Regexp != "":
		return "|/" + s.Regexp + "/"
	case len(s.Text) == 0:
		return "|"
	}
	return "| " + s.Text.String()
}

// LiteralLine returns a line of a screen as a script writes it; read again, it
// gives the same line.
func LiteralLine(line string) ScreenLine {
	line = strings.TrimRight(line, " \t")
	if line != "..." && !strings.ContainsFunc(line, unwritable) {
		return ScreenLine{Text: PlainText(line)}
	}
	var source strings.Builder
	for _, r := range line {
		if unwritable(r) {
			fmt.Fprintf(&source, `\x{%x}`, r)
			continue
		}
		source.WriteString(regexp.QuoteMeta(string(r)))
	}
	return ScreenLine{Regexp: source.String()}
}

// unwritable reports whether a line of a script can't contain the character.
func unwritable(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

// Matches compares one line of a screen. Spaces at its end can't be seen and
// don't count.
func (s ScreenLine) Matches(line string, k Captures) bool {
	line = strings.TrimRight(line, " \t")
	if s.Regexp == "" {
		return s.Text.match(line, k, false)
	}
	re, err := regexp.Compile("^(?:" + s.Regexp + ")$")
	return err == nil && re.MatchString(line)
}

// MatchScreen compares a screen line by line and returns the index of the first
// line that differs, or -1. It captures the texts of named placeholders.
func MatchScreen(shown []ScreenLine, lines []string, k Captures) int {
	for i, s := range shown {
		if s.Rest {
			return -1
		}
		if i >= len(lines) || !s.Matches(lines[i], k) {
			return i
		}
	}
	if len(lines) > len(shown) {
		return len(shown)
	}
	return -1
}

// minWeight is the least number of letters that the lines of a screen must fix
// in all: "OK" is enough, a dot and a placeholder are not.
const minWeight = 2

// wide reports whether lines have so many placeholders that any screen would
// match. A bare bar fixes a blank line.
func wide(shown []ScreenLine) bool {
	weight := 0
	for _, s := range shown {
		switch {
		case s.Rest:
		case s.Regexp != "":
			weight += regexpWeight(s.Regexp)
		case len(s.Text) == 0 && len(shown) == 1:
			weight += minWeight
		default:
			weight += s.Text.weight()
		}
	}
	return len(shown) > 0 && weight < minWeight
}

// regexpWeight returns the number of letters in every match of the expression.
func regexpWeight(source string) int {
	re, err := syntax.Parse(source, syntax.Perl)
	if err != nil {
		return 0
	}
	return leastLetters(re)
}

// leastLetters counts what every match must contain: letters, and characters of
// a class that excludes most of the alphabet.
func leastLetters(re *syntax.Regexp) int {
	switch re.Op {
	case syntax.OpLiteral:
		return letters(string(re.Rune))
	case syntax.OpCharClass:
		if narrow(re.Rune) {
			return 1
		}
		return 0
	case syntax.OpCapture, syntax.OpPlus:
		return leastLetters(re.Sub[0])
	case syntax.OpRepeat:
		return re.Min * leastLetters(re.Sub[0])
	case syntax.OpConcat:
		n := 0
		for _, sub := range re.Sub {
			n += leastLetters(sub)
		}
		return n
	case syntax.OpAlternate:
		least := leastLetters(re.Sub[0])
		for _, sub := range re.Sub[1:] {
			least = min(least, leastLetters(sub))
		}
		return least
	}
	return 0
}

// regexpSize returns the number of characters of an expression, repeats
// included.
func regexpSize(re *syntax.Regexp) int {
	n := 1 + len(re.Rune)
	for _, sub := range re.Sub {
		n += regexpSize(sub)
	}
	if re.Op == syntax.OpRepeat {
		n *= max(re.Min, re.Max, 1)
	}
	return min(n, MaxPatternSize+1)
}

// narrow reports whether a class has at most the letters of one case, such as
// [0-9] or [A-Z].
func narrow(ranges []rune) bool {
	const most = 32
	n := 0
	for i := 0; i+1 < len(ranges); i += 2 {
		n += int(ranges[i+1]-ranges[i]) + 1
	}
	return n > 0 && n <= most
}
