package diag

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/secret"
	"github.com/paytrace/paytrace/engine/terminal"
)

// margin indents everything that explains a diagnostic.
const margin = "   "

// Text writes diagnostics for people: the place and the message, the source
// line with carets, the help, then the related places. Suppressed ones are left
// out. sources returns a file's bytes by its path, or nil; color adds terminal
// colours.
func Text(w io.Writer, list List, sources func(path string) []byte, color bool) error {
	w = covered{w}
	p := printer{paint: plain, sources: sources, lines: map[string][]string{}}
	if color {
		p.paint = coloured
	}
	for _, d := range list {
		if !d.Suppressed {
			p.diagnostic(d)
		}
	}
	_, err := io.WriteString(w, p.out.String())
	return err
}

// covered covers the secrets of wallets that somebody pasted into a menu: diagnostics
// go to logs and to the pages of a CI.
type covered struct{ w io.Writer }

func (c covered) Write(p []byte) (int, error) {
	return io.WriteString(c.w, secret.Seeds(string(p))) // as long as p
}

type printer struct {
	out     strings.Builder
	paint   palette
	sources func(string) []byte
	lines   map[string][]string
}

// palette holds the terminal codes for the parts of a diagnostic.
type palette struct{ strong, bad, warn, faint, off string }

var (
	plain    = palette{}
	coloured = palette{strong: "\x1b[1m", bad: "\x1b[31m", warn: "\x1b[33m", faint: "\x1b[2m", off: "\x1b[0m"}
)

func (p *printer) diagnostic(d Diagnostic) {
	c := p.paint
	mark := c.bad
	if d.Severity != Error {
		mark = c.warn
	}
	fmt.Fprintf(&p.out, "%s%s:%s %s%s %s:%s %s\n", c.strong, visible(d.Pos.String()), c.off, mark, d.Code, d.Severity, c.off, visible(d.Message))
	if line, ok := p.line(d.Pos); ok {
		p.excerpt(line, d.Pos, d.Length, mark)
	}
	if d.Help != "" {
		p.out.WriteString(margin + visible(d.Help) + "\n")
	}
	for _, r := range d.Related {
		p.related(r)
	}
}

func (p *printer) related(r Related) {
	p.out.WriteString(margin)
	if r.Pos.Line > 0 {
		p.out.WriteString(visible(r.Pos.String()) + ": ")
	}
	p.out.WriteString(visible(r.Text) + "\n")
}

// line returns the source line of a place, and false if it is blank or missing.
func (p *printer) line(pos engine.Pos) (string, bool) {
	lines, ok := p.lines[pos.File]
	if !ok && p.sources != nil {
		text := strings.TrimPrefix(string(p.sources(pos.File)), "\ufeff")
		lines = strings.Split(secret.Seeds(strings.ReplaceAll(text, "\r\n", "\n")), "\n")
		p.lines[pos.File] = lines
	}
	if pos.Line < 1 || pos.Line > len(lines) || strings.TrimSpace(lines[pos.Line-1]) == "" {
		return "", false
	}
	return lines[pos.Line-1], true
}

// excerpt writes a source line, and carets below the wrong characters.
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

// window cuts a long line around a column, and returns the column in the cut.
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

// under returns blanks as wide as the characters: a tab stays a tab, a wide
// character becomes two spaces, a combining one none.
func under(runes []rune) string {
	var b strings.Builder
	for _, r := range runes {
		if r == '\t' {
			b.WriteByte('\t')
			continue
		}
		b.WriteString(strings.Repeat(" ", terminal.RuneWidth(r)))
	}
	return b.String()
}

// carets returns ^~~~ as wide as the characters.
func carets(runes []rune) string {
	n := 0
	for _, r := range runes {
		n += terminal.RuneWidth(r)
	}
	return "^" + strings.Repeat("~", max(0, n-1))
}

// visible replaces the characters of s that control a terminal, because a menu
// may come from anyone.
func visible(s string) string {
	if utf8.ValidString(s) && strings.IndexFunc(s, controls) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if controls(r) {
			return '\ufffd'
		}
		return r
	}, s)
}

func controls(r rune) bool { return r != '\t' && terminal.Controls(r) }
