package syntax

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// refuseText reports a text that YAML would refuse or change, and hides it from YAML.
// The diagnostic points at the byte from+at.
func (s *scanner) refuseText(from, to int, message string, at int) {
	raw := strings.TrimRight(s.Lines[s.row][from:to], " ")
	length := 1
	if at == 0 {
		length = utf8.RuneCountInString(raw)
	}
	s.find("U004", s.row, from+at, length, message, "").quoteWhole(raw)
	s.refuse(from, to, raw)
}

// refuseOpen reports a bracket or quote at from that is never closed.
func (s *scanner) refuseOpen(from, to int) {
	raw := strings.TrimRight(s.Lines[s.row][from:to], " ")
	help := "Close it; or if it belongs to a text, put quotes round the whole text."
	s.find("U001", s.row, from, 1, fmt.Sprintf("The %s that opens here is not closed.", raw[:1]), help)
	s.refuse(from, to, raw)
}

// refuse replaces a text by a mark of the same width.
func (s *scanner) refuse(from, to int, raw string) {
	p := s.pos(s.row, from)
	width := utf8.RuneCountInString(raw)
	pad := utf8.RuneCountInString(s.Lines[s.row][from:to]) - width
	s.edits = append(s.edits, edit{s.row, from, to, strings.Repeat("x", width) + strings.Repeat(" ", pad)})
	s.texts = append(s.texts, refusal{spot{p.Line, p.Column}, raw})
}

// comment keeps a comment and hides it from YAML.
func (s *scanner) comment(off int) {
	line := s.Lines[s.row]
	before := strings.TrimRight(line[:off], " ")
	s.Comments[s.row+1] = comment{
		Column: s.pos(s.row, off).Column,
		Text:   line[off:],
		gap:    off - len(before),
		Whole:  before == "",
	}
	s.edits = append(s.edits, edit{s.row, off, len(line), ""})
}

// drop hides a line from YAML.
func (s *scanner) drop(row int) {
	s.edits = append(s.edits, edit{row, 0, len(s.Lines[row]), ""})
}

// badEscape returns the offset of a backslash that YAML refuses, or -1.
func badEscape(text string) int {
	if text[0] != '"' {
		return -1
	}
	if m := escapes.FindStringIndex(text); m != nil && m[0] == 0 && m[1] == len(text) {
		return -1
	}
	return max(0, strings.IndexByte(text, '\\'))
}

var escapes = regexp.MustCompile(`^"(?:[^"\\]|\\(?:[0abt\tnvfre "'/\\N_LP]|x[0-9a-fA-F]{2}|u(?:[0-9a-ce-fA-CE-F][0-9a-fA-F]{3}|[dD][0-7][0-9a-fA-F]{2})|U000[0-9a-fA-F]{5}))*"$`)

const unknownEscape = "YAML does not know what this backslash means."

// fused reports lines that YAML would join to the text above them.
func (s *scanner) fused(parent int) {
	row, more := s.nextText(s.row + 1)
	if !more {
		return
	}
	off := indentOf(s.Lines[row])
	if off <= parent || s.Lines[row][off] == '\t' {
		return
	}
	text := s.Lines[row][off:]
	if _, _, key := keyEnd(s.Lines[row], off); key || isDash(text, 0) {
		s.find("U001", row, off, 1, "This line is further right than the entry above, which already has its value.", "Entries that belong together begin in the same column.")
	} else {
		help, block := `Write "|" behind the key, and each line of the text below it, further right.`, true
		if lastArrow(text) >= 0 {
			help, block = `Begin each option with its key, or with "- ".`, false
		}
		r := s.find("U004", row, off, utf8.RuneCountInString(text), "YAML would join this line to the text above.", help)
		if block {
			r.asBlock()
		}
	}
	for ; row < len(s.Lines) && (indentOf(s.Lines[row]) > parent || indentOf(s.Lines[row]) == len(s.Lines[row])); row++ {
		s.drop(row)
		s.row = row
	}
}
