package syntax

import (
	"strings"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
)

// scanner reads the lines of a file before the YAML library does. yaml.v3 stops at its
// first error and gives no column. It also cuts a text at " #" and joins lines
// without an error. The scanner reports all of these with their positions, and goes
// on.
type scanner struct {
	*Document
	out   diag.List
	edits []edit
	texts []refusal
	row   int
	nodes int

	cols   []column // the open mappings and lists
	open   bool     // the last entry has no value yet; the next lines may be its value
	seen   bool     // the document has begun
	skip   int      // the scanner skips lines from this column on; -1 for none
	broken bool     // the rest is so broken that decoding it would mislead
}

// find adds a diagnostic of n characters at a byte offset of a line.
func (s *scanner) find(code string, row, off, n int, message, help string) Report {
	d := diag.Diagnostic{Code: code, Severity: diag.Error, Pos: s.pos(row, off), Length: max(1, n), Message: message, Help: help}
	if len(s.out) >= MaxDiagnostics {
		return Report{&d, s.Document}
	}
	s.out = append(s.out, d)
	return Report{&s.out[len(s.out)-1], s.Document}
}

// whole adds a diagnostic about the whole file and stops reading it.
func (s *scanner) whole(message, help string) {
	s.broken = true
	s.out = append(s.out, diag.Diagnostic{Code: "U001", Severity: diag.Error, Pos: engine.Pos{File: s.path, Line: 1, Column: 1}, Length: 1, Message: message, Help: help})
}

// noTabs replaces tabs after the indentation by spaces.
func (s *scanner) noTabs() {
	line := s.Lines[s.row]
	if i := strings.IndexByte(line, '\t'); i >= 0 {
		s.find("U001", s.row, i, 1, "Here is a tab; a screen cannot show it.", "Write spaces.").innerTabs()
		s.Lines[s.row] = strings.ReplaceAll(line, "\t", " ")
	}
}

// nextText returns the next row that is neither blank nor a comment.
func (s *scanner) nextText(row int) (int, bool) {
	for ; row < len(s.Lines); row++ {
		line := s.Lines[row]
		if off := indentOf(line); off < len(line) && line[off] != '#' {
			return row, true
		}
	}
	return 0, false
}

// column holds the column at which the entries of an open mapping or list begin.
type column struct {
	off  int
	list bool
}

// refusal holds a text that YAML does not get.
type refusal struct {
	at  spot
	raw string
}

// edit replaces the bytes from..to of a line in the text that YAML gets.
type edit struct {
	row, from, to int
	with          string
}
