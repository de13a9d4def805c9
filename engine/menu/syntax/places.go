package syntax

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/paytrace/paytrace/engine"
)

// Scalar returns a YAML scalar as written, with the position of each character.
func (d *Document) Scalar(n *yaml.Node) Text {
	t := Text{Value: n.Value, Pos: engine.Pos{File: d.path, Line: n.Line, Column: n.Column}}
	if raw, ok := d.refused[spot{n.Line, n.Column}]; ok {
		t.Value = raw
		return t
	}
	switch {
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		t.Value = strings.TrimSuffix(t.Value, "\n")
		t.places = d.blockPlaces(n, t.Value)
	case n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		t.places = d.quotedPlaces(n)
	}
	if t.places != nil {
		t.Pos = t.At(0)
	}
	return t
}

// blockPlaces returns the positions of a block's characters. Each line of the value is
// a line of the source without its indentation.
func (d *Document) blockPlaces(n *yaml.Node, value string) *places {
	if value == "" {
		return nil
	}
	indent := d.blockIndent(n.Line)
	ps := &places{}
	off := 0
	for i, line := range strings.Split(value, "\n") {
		row := n.Line + 1 + i
		ps.add(off, row, min(indent, len(d.Line(row)))+1) // an empty line may be shorter
		off += len(line) + 1
	}
	return ps
}

// blockIndent returns the indentation of the block whose header is on a line: that of
// its first line with text, or, if the header has a digit ("|2"), the smallest of all
// its lines.
func (d *Document) blockIndent(header int) int {
	least := -1
	for n := header + 1; n <= len(d.Lines); n++ {
		line := d.Line(n)
		off := indentOf(line)
		if off == len(line) {
			continue
		}
		if least < 0 {
			least = off
		}
		if !headerDigit.MatchString(d.Line(header)) {
			break
		}
		if off < least {
			break
		}
	}
	return max(least, 0)
}

var headerDigit = regexp.MustCompile(`[|>][+-]?[1-9][+-]?\s*(#.*)?$`)

// quotedPlaces returns the positions of a quoted scalar's characters. A scalar of
// several lines was reported before; its characters keep the position of its first
// line.
func (d *Document) quotedPlaces(n *yaml.Node) *places {
	line := d.Line(n.Line)
	i := d.Offset(n.Line, n.Column)
	if i >= len(line) {
		return nil
	}
	quote, value := line[i], n.Value
	ps := &places{}
	column := n.Column + 1
	ps.add(0, n.Line, column)
	i++
	for off := 0; off < len(value) && i < len(line); {
		size, columns := quotedChar(line[i:], quote)
		_, width := utf8.DecodeRuneInString(value[off:])
		off, i, column = off+width, i+size, column+columns
		if columns > 1 {
			ps.add(off, n.Line, column)
		}
	}
	return ps
}

// quotedChar returns how many bytes and columns of the source one character of a quoted
// value takes.
func quotedChar(rest string, quote byte) (size, columns int) {
	switch {
	case quote == '\'' && strings.HasPrefix(rest, "''"):
		return 2, 2
	case quote == '"' && rest[0] == '\\' && len(rest) > 1:
		n := min(2+escapeDigits[rest[1]], len(rest))
		return n, n
	}
	_, size = utf8.DecodeRuneInString(rest)
	return size, 1
}

// escapeDigits has the number of hexadecimal digits after \x, \u and \U.
var escapeDigits = map[byte]int{'x': 2, 'u': 4, 'U': 8}
