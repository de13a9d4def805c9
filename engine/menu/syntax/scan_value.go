package syntax

import (
	"fmt"
	"regexp"
	"strings"
)

// value reads the value after a key or a dash, from off. parent is the column of the
// key or dash.
func (s *scanner) value(off, parent int) {
	line := s.Lines[s.row]
	s.open = off == len(line) || line[off] == '#'
	if s.open {
		if off < len(line) {
			s.comment(off)
		}
		return
	}
	s.nodes++
	switch c := line[off]; {
	case (c == '|' || c == '>') && blockHeader.MatchString(line[off:]):
		s.block(off, parent)
	case c == '"' || c == '\'':
		s.quote(off, parent)
	case c == '{' || c == '[':
		s.flow(off, parent)
	case (c == '&' || c == '!') && s.mark(off, parent):
	default:
		s.plain(off, parent)
	}
}

var blockHeader = regexp.MustCompile(`^[|>][+-]?[1-9]?[+-]?\s*( #.*)?$`)

// mark reports an anchor or a tag with entries below it, and reads on without it.
func (s *scanner) mark(off, parent int) bool {
	line := s.Lines[s.row]
	end := strings.IndexByte(line[off:]+" ", ' ') + off
	rest := skipSpaces(line, end)
	row, more := s.nextText(s.row + 1)
	if rest < len(line) && line[rest] != '#' || !more || indentOf(s.Lines[row]) <= parent {
		return false
	}
	s.find("U004", s.row, off, end-off, fmt.Sprintf("Menus have no anchors and tags, but YAML reads %q as one.", line[off:end]), fmt.Sprintf("Delete %q.", line[off:end])).deleteMark(line[off:end])
	s.edits = append(s.edits, edit{s.row, off, end, ""})
	if rest < len(line) {
		s.comment(rest)
	}
	s.open = true
	return true
}

// block skips the lines of a block text.
func (s *scanner) block(off, parent int) {
	if i := strings.IndexByte(s.Lines[s.row][off:], '#'); i >= 0 {
		s.comment(off + i)
	}
	least := parent + 1
	if m := headerDigit.FindString(s.Lines[s.row][off:]); m == "" {
		if next, ok := s.nextInBlock(s.row + 1); ok {
			least = max(least, indentOf(s.Lines[next]))
			s.emptyLines(s.row+1, next, least)
		}
	}
	for s.row+1 < len(s.Lines) {
		line := s.Lines[s.row+1]
		if in := indentOf(line); in < len(line) && (in < least || in == 0 && isMarker(line)) {
			return
		}
		s.row++
	}
}

// emptyLines reports blank lines above the first text of a block that have more spaces
// than it has. YAML would take those spaces for the indentation.
func (s *scanner) emptyLines(from, to, least int) {
	for row := from; row < to; row++ {
		if n := len(s.Lines[row]); n > least {
			s.find("U001", row, 0, n, "This empty line has more spaces than the text below it begins with.", "Delete its spaces.").emptyLine()
			s.drop(row)
		}
	}
}

// nextInBlock returns the next row with text. In a block # begins no comment.
func (s *scanner) nextInBlock(row int) (int, bool) {
	for ; row < len(s.Lines); row++ {
		if indentOf(s.Lines[row]) < len(s.Lines[row]) {
			return row, true
		}
	}
	return 0, false
}

// quote reads a value in quotes.
func (s *scanner) quote(off, parent int) {
	line := s.Lines[s.row]
	end := closeQuote(line, off)
	if end < 0 {
		s.unclosed(off, parent)
		return
	}
	rest := skipSpaces(line, end)
	if bad := badEscape(line[off:end]); bad >= 0 {
		s.refuseText(off, end, unknownEscape, bad)
	} else if rest < len(line) && (line[rest] != '#' || rest == end) {
		s.refuseText(off, len(line), "The text goes on behind its closing quote.", 0)
		rest = len(line)
	}
	if rest < len(line) {
		s.comment(rest)
	}
}

// unclosed reads a quote without a closing quote on its line: a text of several lines,
// or an apostrophe at the start of one.
func (s *scanner) unclosed(off, parent int) {
	line := s.Lines[s.row]
	for row := s.row + 1; row < len(s.Lines); row++ {
		next := s.Lines[row]
		in := indentOf(next)
		if in < len(next) && in <= parent {
			break
		}
		if end := closeQuote(line[off:off+1]+next, 0); end >= 0 {
			s.find("U004", s.row, off, 1, "YAML would join the lines of this text to one.", `Write "|" here and the lines below it, without quotes, further right.`)
			s.row = row
			return
		}
	}
	s.refuseOpen(off, len(line))
	s.fused(parent)
}

// plain reads a text without quotes.
func (s *scanner) plain(off, parent int) {
	line := s.Lines[s.row]
	end := len(line)
	for i := off + 1; i < len(line); i++ {
		if line[i] == '#' && line[i-1] == ' ' {
			end = i
			break
		}
	}
	text := strings.TrimRight(line[off:end], " ")
	colon := strings.Index(text+" ", ": ")
	switch {
	case strings.IndexByte(Specials, text[0]) >= 0:
		s.refuseText(off, end, fmt.Sprintf("YAML does not read a text that begins with %q as plain text.", text[:1]), 0)
	case text == "-" || text == "?" || strings.HasPrefix(text, "- ") || strings.HasPrefix(text, "? ") || strings.HasPrefix(text, ": "):
		s.refuseText(off, end, fmt.Sprintf("YAML does not read a text that begins with %q and a space as plain text.", text[:1]), 0)
	case colon >= 0:
		s.refuseText(off, end, "YAML takes this colon for the end of a key.", colon)
	}
	if end < len(line) {
		s.comment(end)
	}
	s.fused(parent)
}
