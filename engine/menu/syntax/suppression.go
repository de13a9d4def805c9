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
