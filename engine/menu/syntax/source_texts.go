package syntax

import (
	"regexp"
	"strings"

	"github.com/paytrace/paytrace/engine"
)

// TextAround returns the key of the text of several lines in which a position lies: a
// comment about the text stands above it. ok is false for all other positions.
func (f *File) TextAround(pos engine.Pos) (key Text, ok bool) {
	d := f.docs[pos.File]
	if d == nil {
		return Text{}, false
	}
	n := d.textAt(pos.Line)
	if n == 0 {
		return Text{}, false
	}
	line := d.Line(n)
	indent := indentOf(line)
	name, _, _ := strings.Cut(line[indent:], ":")
	return Text{Value: name, Pos: engine.Pos{File: pos.File, Line: n, Column: indent + 1}}, true
}

// findTexts notes for each line the text of several lines that it belongs to. A line of
// a text may look like the beginning of one, so a text is passed over whole.
func (d *Document) findTexts() {
	d.texts = make([]int, len(d.Lines))
	for n := 1; n <= len(d.Lines); n++ {
		end := d.EndOfText(n)
		for m := n + 1; m <= end; m++ {
			d.texts[m-1] = n
		}
		n = end
	}
}

// textAt returns the line where the text begins that a line belongs to, 0 where it
// belongs to none.
func (d *Document) textAt(n int) int {
	if n < 1 || n > len(d.texts) {
		return 0
	}
	return d.texts[n-1]
}

// opensBlock matches a line whose text is on the lines below it.
var opensBlock = regexp.MustCompile(`(?:^|[:-] )\s*[|>][+-]?[1-9]?[+-]?\s*(#.*)?$`)

// EndOfText returns the last line of the text that begins on a line: a comment inside
// of it would be one of its words, so a suppression stands above the whole.
func (d *Document) EndOfText(n int) int {
	header := d.Line(n)
	if !opensBlock.MatchString(header) {
		return n
	}
	last := n
	for m := n + 1; m <= len(d.Lines); m++ {
		switch line := d.Line(m); {
		case strings.TrimSpace(line) == "":
		case indentOf(line) <= indentOf(header):
			return last
		default:
			last = m
		}
	}
	return last
}

// textEnd returns the last line of the block that a line is in, or the line.
func (d *Document) textEnd(n int) int {
	for head := n - 1; head > 0; head-- {
		line, _ := d.rawLine(head)
		own, _ := d.rawLine(n)
		if strings.TrimSpace(line) != "" && indentOf(line) < indentOf(own) {
			if end := d.EndOfText(head); end >= n {
				return end
			}
			return n
		}
	}
	return n
}
