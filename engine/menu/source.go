package menu

import (
	"errors"
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

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

// scalar is a YAML scalar as written, with the places of its characters.
func (s *source) scalar(n *yaml.Node) Text {
	t := Text{Value: n.Value, Pos: engine.Pos{File: s.path, Line: n.Line, Column: n.Column}}
	if raw, ok := s.refused[spot{n.Line, n.Column}]; ok {
		t.Value = raw
		return t
	}
	switch {
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		t.Value = strings.TrimSuffix(t.Value, "\n")
		t.places = s.blockPlaces(n, t.Value)
	case n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		t.places = s.quotedPlaces(n)
	}
	if t.places != nil {
		t.Pos = t.At(0)
	}
	return t
}

// blockPlaces are the places of a block: each line of the value is a line of
// the source behind the block's indentation.
func (s *source) blockPlaces(n *yaml.Node, value string) *places {
	if value == "" {
		return nil
	}
	indent := s.blockIndent(n.Line)
	ps := &places{}
	off := 0
	for i, line := range strings.Split(value, "\n") {
		row := n.Line + 1 + i
		ps.add(off, row, min(indent, len(s.line(row)))+1) // an empty line may be shorter
		off += len(line) + 1
	}
	return ps
}

// blockIndent is the indentation of the block whose header is on a line: that
// of its first line with a text. A header with a digit ("|2") names another,
// which is then the least of its lines.
func (s *source) blockIndent(header int) int {
	least := -1
	for n := header + 1; n <= len(s.lines); n++ {
		line := s.line(n)
		off := indentOf(line)
		if off == len(line) {
			continue
		}
		if least < 0 {
			least = off
		}
		if !headerDigit.MatchString(s.line(header)) {
			break
		}
		if off < least {
			break
		}
	}
	return max(least, 0)
}

var headerDigit = regexp.MustCompile(`[|>][+-]?[1-9][+-]?\s*(#.*)?$`)

// quotedPlaces walks a quoted scalar's source beside its value. A scalar over
// several lines has been found before, and keeps the places of its first.
func (s *source) quotedPlaces(n *yaml.Node) *places {
	line := s.line(n.Line)
	i := s.offset(n.Line, n.Column)
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

// quotedChar is how many bytes and columns of the source make one character of
// a quoted value.
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

// escapeDigits are the hexadecimal digits that follow \x, \u and \U.
var escapeDigits = map[byte]int{'x': 2, 'u': 4, 'U': 8}

// prepare splits a file into lines. What YAML takes for a line break or
// refuses without a place is a finding here, and becomes a space.
func (s *scanner) prepare(data []byte) bool {
	text := strings.TrimPrefix(string(data), "\ufeff")
	switch {
	case len(data) > MaxFileBytes:
		s.whole(fmt.Sprintf("The file has %d KB; at most %d are read.", len(data)>>10, MaxFileBytes>>10), "Divide it with include.")
		return false
	case !utf8.ValidString(text):
		s.whole("The file is not written in UTF-8.", `Save it again with the encoding "UTF-8".`)
		return false
	}
	s.lines = strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for row, line := range s.lines {
		if len(line) > MaxLineBytes {
			s.find("U001", row, 0, 1, fmt.Sprintf("This line has %d characters; at most %d are read.", len(line), MaxLineBytes), "Divide it into several lines.")
			return false
		}
		s.mend(row, line)
	}
	return true
}

// mend replaces characters that have no place in a menu.
func (s *scanner) mend(row int, line string) {
	bad := strings.IndexFunc(line, unprintable)
	if bad < 0 {
		return
	}
	r, _ := utf8.DecodeRuneInString(line[bad:])
	s.find("U004", row, bad, 1, fmt.Sprintf("Here stands a character that no screen can show (%U).", r), "Delete it and write the place again.")
	s.lines[row] = strings.Map(func(r rune) rune {
		if unprintable(r) {
			return ' '
		}
		return r
	}, line)
}

// unprintable reports characters that YAML refuses or takes for a line break.
func unprintable(r rune) bool {
	switch r {
	case '\t':
		return false
	case 0x7f, 0x2028, 0x2029, 0xfeff, 0xfffe, 0xffff:
		return true
	}
	return r < ' ' || r >= 0x80 && r < 0xa0
}

// edit replaces the bytes from..to of a line in what YAML is given.
type edit struct {
	row, from, to int
	with          string
}

// apply joins the lines with their edits.
func apply(lines []string, edits []edit) []byte {
	sort.SliceStable(edits, func(i, j int) bool {
		a, b := edits[i], edits[j]
		return a.row < b.row || a.row == b.row && a.from < b.from
	})
	var out []byte
	for row, line := range lines {
		at := 0
		for ; len(edits) > 0 && edits[0].row == row; edits = edits[1:] {
			if e := edits[0]; e.from >= at {
				out = append(append(out, line[at:e.from]...), e.with...)
				at = e.to
			}
		}
		out = append(append(out, line[at:]...), '\n')
	}
	return out[:max(0, len(out)-1)] // the last line had no break behind it
}

// decode reads the cleaned source as one YAML document. The library panics on
// none of the inputs known, but a menu may come from anyone.
func (s *source) decode() (root *yaml.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			root, err = nil, fmt.Errorf("yaml: %v", r)
		}
	}()
	var doc yaml.Node
	if err := yaml.Unmarshal(s.clean, &doc); err != nil {
		return nil, err
	}
	if len(doc.Content) == 0 {
		return nil, errEmpty
	}
	return doc.Content[0], nil
}

var errEmpty = errors.New("the file is empty")

// yamlError is the line, from 1, and the plain words of an error of yaml.v3,
// which names no line when it is the first.
func yamlError(err error) (line int, message string) {
	theirs := strings.TrimPrefix(err.Error(), "yaml: ")
	line = 1
	if m := yamlLine.FindStringSubmatch(theirs); m != nil {
		line, _ = strconv.Atoi(m[1]) // digits, by the pattern
		theirs = m[2]
	}
	for _, w := range yamlWords {
		if strings.Contains(theirs, w.theirs) {
			return line, w.ours
		}
	}
	return line, "From here on this is not YAML: " + theirs + "."
}

var yamlLine = regexp.MustCompile(`^line (\d+): (.*)$`)

var yamlWords = []struct{ theirs, ours string }{
	{"mapping values are not allowed", "Here is a colon too many, or this line stands too far right."},
	{"did not find expected key", `Near this line an entry does not line up with the others, or lacks its "key: ".`},
	{"did not find expected '-' indicator", `Near this line a list has an entry without its "- ".`},
	{"could not find expected ':'", `Near this line an entry lacks its colon.`},
	{"unexpected end of stream", "A quote or a bracket that opens here is never closed."},
	{"block sequence entries are not allowed", `Here a "- " stands where no list can begin.`},
}
