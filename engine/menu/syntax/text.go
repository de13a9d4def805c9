package syntax

import (
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/paytrace/paytrace/engine"
)

// places maps a scalar's bytes to the source where the two differ: after an
// escape, after a doubled quote, on each line of a block.
type places struct{ at []place }

// place says that the byte at off of the value stands at line and column; the
// bytes behind it stand behind it, up to the next place.
type place struct{ off, line, column int }

// add appends a place unless the one before already implies it.
func (p *places) add(off, line, column int) {
	p.at = append(p.at, place{off, line, column})
}

// At returns where the byte at offset of the text stands in the source. Offsets
// outside the text are brought to its ends.
func (t Text) At(offset int) engine.Pos {
	offset = max(0, min(offset, len(t.Value)))
	pos := t.Pos
	from := 0
	if t.places != nil {
		p := t.places.before(offset)
		pos.Line, pos.Column, from = p.line, p.column, p.off
	}
	pos.Column += utf8.RuneCountInString(t.Value[from:offset])
	return pos
}

// before returns the last place at or before offset; there is always one at 0.
func (p *places) before(offset int) place {
	i := sort.Search(len(p.at), func(i int) bool { return p.at[i].off > offset })
	return p.at[i-1]
}

// Sub returns the text's bytes from i up to j, with their places.
func (t Text) Sub(i, j int) Text {
	i = max(0, min(i, len(t.Value)))
	j = max(i, min(j, len(t.Value)))
	sub := Text{Value: t.Value[i:j], Pos: t.At(i)}
	if t.places == nil {
		return sub
	}
	ps := &places{at: []place{{0, sub.Pos.Line, sub.Pos.Column}}}
	for _, p := range t.places.at {
		if p.off > i && p.off <= j {
			ps.add(p.off-i, p.line, p.column)
		}
	}
	sub.places = ps
	return sub
}

// Trim returns the text without the spaces and line breaks at its ends.
func (t Text) Trim() Text {
	i := len(t.Value) - len(strings.TrimLeft(t.Value, " \n"))
	j := len(strings.TrimRight(t.Value, " \n"))
	return t.Sub(i, max(i, j))
}

// Len returns how many characters of the text stand on its first line, at least 1:
// the length of a diagnostic about it.
func (t Text) Len() int {
	first, _, _ := strings.Cut(t.Value, "\n")
	return max(1, utf8.RuneCountInString(first))
}

// Text holds one scalar of the source exactly as written, and where it stands.
// The zero Text was not written.
type Text struct {
	Value string
	Pos   engine.Pos
	// places maps byte offsets of Value to the source, for block and quoted
	// scalars; nil where Value stands in the source as it is, on one line.
	places *places
}

// Written reports whether the text stands in the source at all.
func (t Text) Written() bool { return t.Pos.Line > 0 }
