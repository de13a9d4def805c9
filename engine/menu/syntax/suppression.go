package syntax

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/paytrace/paytrace/engine"
)

// suppressionComment matches "# allow U401: reason". It needs the code, because an
// ordinary comment may also begin with "allow".
var suppressionComment = regexp.MustCompile(`^#+\s*allow\s*:?\s+([Uu]\d+)\s*:?\s*(.*)$`)

// suppressions collects the suppressions of the current file. One on a line of its own
// covers the next line that is no comment, one behind an entry that line.
func (p *reader) suppressions() {
	for _, n := range slices.Sorted(maps.Keys(p.src.Comments)) {
		c := p.src.Comments[n]
		m := suppressionComment.FindStringSubmatch(c.Text)
		if m == nil {
			continue
		}
		a := &Suppression{
			Code:   strings.ToUpper(m[1]),
			Reason: strings.TrimSpace(m[2]),
			Pos:    engine.Pos{File: p.src.path, Line: n, Column: c.Column},
			Line:   n,
		}
		if c.Whole {
			a.Line = p.nextEntry(n + 1)
		}
		a.Last = p.src.EndOfText(a.Line)
		if a.Reason == "" {
			p.find("U009", Text{Value: c.Text, Pos: a.Pos}, "This suppression gives no reason.", fmt.Sprintf(`Write "# allow %s: " and why.`, a.Code))
			continue
		}
		p.file.Suppressions = append(p.file.Suppressions, a)
	}
}

// suppressionsInTexts reports suppressions that stand inside a text: there they are no
// comments, and callers read them.
func (p *reader) suppressionsInTexts() {
	for m := 1; m <= len(p.src.Lines); m++ {
		n := p.src.textAt(m)
		if n == 0 {
			continue
		}
		line := p.src.Line(m)
		text := strings.TrimSpace(line)
		if _, comment := p.src.Comments[m]; comment || !suppressionComment.MatchString(text) {
			continue
		}
		at := Text{Value: text, Pos: engine.Pos{File: p.src.path, Line: m, Column: indentOf(line) + 1}}
		p.find("U009", at, "Callers read this suppression, because it stands inside a text.", fmt.Sprintf("Put it above line %d, where the text begins.", n))
	}
}

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

// nextEntry returns the first line from n on that is neither blank nor a comment; 0
// if there is none.
func (p *reader) nextEntry(n int) int {
	for ; n <= len(p.src.Lines); n++ {
		line := strings.TrimSpace(p.src.Line(n))
		if line != "" && line[0] != '#' {
			return n
		}
	}
	return 0
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
