package syntax

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/paytrace/paytrace/engine/diag"
)

// Scan prepares a file for decoding. It leaves the source's clean nil if the file is
// too broken to decode.
func Scan(path string, data []byte) (*Document, diag.List) {
	s := &scanner{Document: &Document{path: path, Comments: map[int]comment{}, refused: map[spot]string{}}, skip: -1}
	s.index(data)
	if !s.prepare(data) {
		return s.Document, s.out
	}
	for s.row = 0; s.row < len(s.Lines) && !s.broken; s.row++ {
		s.scanLine()
	}
	if !s.broken {
		s.clean = apply(s.Lines, s.edits)
	}
	for _, t := range s.texts {
		s.refused[t.at] = t.raw
	}
	return s.Document, s.out
}

func (s *scanner) scanLine() {
	line := s.Lines[s.row]
	off := indentOf(line)
	switch {
	case off == len(line):
	case line[off] == '#':
		if strings.HasPrefix(line[off:], "#: ") {
			s.find("U004", s.row, off, 1, "YAML takes this line for a comment and drops it.", `Put quotes around the key: "#".`)
		}
		s.comment(off)
	case off == 0 && isMarker(line):
		s.marker(line)
	case s.skip >= 0 && off >= s.skip:
		s.drop(s.row)
	case s.badIndent(line, off):
	default:
		s.skip = -1
		s.seen = true
		s.noTabs()
		s.entry(off)
	}
	if len(s.out) >= MaxDiagnostics {
		s.broken = true // the lines below can't be understood
	}
	if s.nodes > MaxNodes {
		s.find("U001", s.row, 0, 1, fmt.Sprintf("The file has more than %d entries.", MaxNodes), "Divide it with include.")
		s.broken = true
	}
}

// badIndent reports a tab, or a non-ASCII space, before the first text of a line. The
// lines below can't be assigned to an entry.
func (s *scanner) badIndent(line string, off int) bool {
	switch r, _ := utf8.DecodeRuneInString(line[off:]); r {
	case '\t':
		s.find("U001", s.row, off, 1, "Here is a tab; YAML allows only spaces before an entry.", "Write two spaces for each level.").indentTabs()
	case '\u00a0', '\u2007', '\u202f', '\u3000':
		s.find("U001", s.row, off, 1, "This space is not a plain one (copied from a document?).", "Delete it and type spaces.").indents(r, " ")
	default:
		return false
	}
	s.broken = true
	return true
}

// marker reads "---" or "...". The first may be at the top of the file; any other is
// an error.
func (s *scanner) marker(line string) {
	if line[0] == '-' && !s.seen {
		rest := skipSpaces(line, 3)
		if rest == len(line) || line[rest] == '#' {
			s.seen = true
			s.drop(s.row)
			return
		}
	}
	if line[0] == '.' && s.onlyComments(s.row+1) {
		s.drop(s.row)
		return
	}
	s.find("U004", s.row, 0, 3, fmt.Sprintf("YAML would end the menu here: %q begins another document, and what follows would be lost.", line[:3]), "Delete this line, or put it in quotes if it is a text.")
	for ; s.row < len(s.Lines); s.row++ {
		s.drop(s.row)
	}
}

// onlyComments reports whether the file has only comments from a row on.
func (s *scanner) onlyComments(row int) bool {
	_, more := s.nextText(row)
	return !more
}
