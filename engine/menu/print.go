package menu

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"

	"github.com/paytrace/paytrace/engine"
)

// margin stands before everything that explains a finding.
const margin = "   "

// Print writes findings for people: the place and the sentence, the source
// line with carets, the hint, then notes. sources gives a file's bytes by its
// path, or nil; color adds terminal colours.
func Print(w io.Writer, fs Findings, sources func(path string) []byte, color bool) error {
	p := printer{paint: plain, sources: sources, lines: map[string][]string{}}
	if color {
		p.paint = terminal
	}
	for _, f := range fs {
		if !f.Allowed {
			p.finding(f)
		}
	}
	_, err := io.WriteString(w, p.out.String())
	return err
}

type printer struct {
	out     strings.Builder
	paint   palette
	sources func(string) []byte
	lines   map[string][]string
}

// palette is how the parts of a finding are marked on a terminal.
type palette struct{ strong, bad, warn, faint, off string }

var (
	plain    = palette{}
	terminal = palette{strong: "\x1b[1m", bad: "\x1b[31m", warn: "\x1b[33m", faint: "\x1b[2m", off: "\x1b[0m"}
)

func (p *printer) finding(f Finding) {
	c := p.paint
	mark := c.bad
	if f.Severity != Error {
		mark = c.warn
	}
	fmt.Fprintf(&p.out, "%s%s:%s %s%s%s %s\n", c.strong, visible(f.Pos.String()), c.off, mark, f.Code, c.off, visible(f.Message))
	if line, ok := p.line(f.Pos); ok {
		p.excerpt(line, f.Pos, f.Length, mark)
	}
	if f.Hint != "" {
		p.out.WriteString(margin + visible(f.Hint) + "\n")
	}
	for _, n := range f.Notes {
		p.note(n)
	}
}

func (p *printer) note(n Note) {
	p.out.WriteString(margin)
	if n.Pos.Line > 0 {
		p.out.WriteString(visible(n.Pos.String()) + ": ")
	}
	p.out.WriteString(visible(n.Text) + "\n")
}

// line is the source line of a place.
func (p *printer) line(pos engine.Pos) (string, bool) {
	lines, ok := p.lines[pos.File]
	if !ok && p.sources != nil {
		text := strings.TrimPrefix(string(p.sources(pos.File)), "\ufeff")
		lines = strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
		p.lines[pos.File] = lines
	}
	if pos.Line < 1 || pos.Line > len(lines) || strings.TrimSpace(lines[pos.Line-1]) == "" {
		return "", false
	}
	return lines[pos.Line-1], true
}

// excerpt writes a source line and carets under the characters meant.
func (p *printer) excerpt(line string, pos engine.Pos, length int, mark string) {
	text, column := window(strings.ToValidUTF8(line, "\ufffd"), max(1, pos.Column))
	runes := []rune(text)
	column = min(column, len(runes)+1)
	end := min(column-1+max(1, length), len(runes))
	number := strconv.Itoa(pos.Line)
	c := p.paint
	fmt.Fprintf(&p.out, "%s%s%s |%s %s\n", c.faint, margin, number, c.off, visible(text))
	blank := margin + strings.Repeat(" ", len(number))
	fmt.Fprintf(&p.out, "%s%s |%s %s%s%s%s\n", c.faint, blank, c.off, under(runes[:column-1]), mark, carets(runes[column-1:max(column-1, end)]), c.off)
}

// window is the part of a long line around a column, and the column in it.
func window(line string, column int) (string, int) {
	const widest = 120 // one line of a terminal
	runes := []rune(line)
	if len(runes) <= widest {
		return line, column
	}
	from := max(0, min(column-widest/2, len(runes)-widest))
	to := min(len(runes), from+widest)
	text, shift := string(runes[from:to]), from
	if from > 0 {
		text, shift = "…"+text, from-1
	}
	if to < len(runes) {
		text += "…"
	}
	return text, column - shift
}

// under is as wide as the characters: a tab stays a tab, a wide character is
// two spaces, a combining one none.
func under(runes []rune) string {
	var b strings.Builder
	for _, r := range runes {
		if r == '\t' {
			b.WriteByte('\t')
			continue
		}
		b.WriteString(strings.Repeat(" ", cells(r)))
	}
	return b.String()
}

// carets are ^~~~ as wide as the characters.
func carets(runes []rune) string {
	n := 0
	for _, r := range runes {
		n += cells(r)
	}
	return "^" + strings.Repeat("~", max(0, n-1))
}

// cells is how many columns of a terminal a character takes.
func cells(r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case width.LookupRune(r).Kind() == width.EastAsianWide, width.LookupRune(r).Kind() == width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// visible is a text without characters that command a terminal. A menu may
// come from anyone.
func visible(s string) string {
	if utf8.ValidString(s) && strings.IndexFunc(s, commands) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if commands(r) {
			return '\ufffd'
		}
		return r
	}, s)
}

func commands(r rune) bool {
	return unicode.IsControl(r) && r != '\t' || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}
