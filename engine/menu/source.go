package menu

import (
	"unicode/utf8"

	"github.com/paytrace/paytrace/engine"
)

// source is one file on its way to YAML. The scan goes over lines and leaves
// in clean what yaml.v3 can read without losing anything: the same columns,
// without comments and without the texts it would refuse or change. Those are
// in refused, by their place, and take the place of the mark left for them.
type source struct {
	path     string
	lines    []string
	clean    []byte
	comments map[int]comment
	refused  map[spot]string
}

// spot is a place of a file: line and column from 1, the column in characters.
type spot struct{ line, column int }

// comment is what follows a # that YAML takes for one.
type comment struct {
	column int
	text   string // with its #
	gap    int    // spaces before it
	whole  bool   // nothing else stands on the line
}

// pos is a place as findings name it; off is a byte offset in the line.
func (s *source) pos(row, off int) engine.Pos {
	line := s.lines[row]
	return engine.Pos{File: s.path, Line: row + 1, Column: utf8.RuneCountInString(line[:min(off, len(line))]) + 1}
}

// offset is the byte offset of a column in a line, both from 1.
func (s *source) offset(line, column int) int {
	text := s.line(line)
	for off := range text {
		if column--; column == 0 {
			return off
		}
	}
	return len(text)
}

// line is a line by its number, "" outside the file.
func (s *source) line(n int) string {
	if n < 1 || n > len(s.lines) {
		return ""
	}
	return s.lines[n-1]
}
