package syntax

import (
	"unicode/utf8"

	"github.com/paytrace/paytrace/engine"
)

// Document holds one file before yaml.v3 reads it. The scan writes to clean the lines
// that yaml.v3 reads without loss: the same columns, without comments and without the
// texts that it would refuse or change. refused holds those by position; they replace
// the marks that stand for them in clean.
type Document struct {
	path     string
	Lines    []string
	clean    []byte
	Comments map[int]comment
	refused  map[spot]string
	raw      []byte // the file as it is
	starts   []int  // where its lines begin in raw
	texts    []int  // for each line, the first line of the text that it belongs to, or 0
}

// spot holds a position in a file: line and column from 1, the column in characters.
type spot struct{ line, column int }

// comment holds what follows a # that YAML takes for one.
type comment struct {
	Column int
	Text   string // with its #
	gap    int    // spaces before it
	Whole  bool   // nothing else stands on the line
}

// pos returns a place as diagnostics name it; off is a byte offset in the line.
func (d *Document) pos(row, off int) engine.Pos {
	line := d.Lines[row]
	return engine.Pos{File: d.path, Line: row + 1, Column: utf8.RuneCountInString(line[:min(off, len(line))]) + 1}
}

// Offset returns the byte offset of a column in a line, both from 1.
func (d *Document) Offset(line, column int) int {
	text := d.Line(line)
	for off := range text {
		if column--; column == 0 {
			return off
		}
	}
	return len(text)
}

// Line returns a line by its number, "" outside the file.
func (d *Document) Line(n int) string {
	if n < 1 || n > len(d.Lines) {
		return ""
	}
	return d.Lines[n-1]
}
