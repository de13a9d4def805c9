package syntax

import (
	"bytes"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/gsm7"
)

// mends are the codes whose findings may have one right mend, each with the ways
// to find it, tried in turn. A mend is what the finding's hint says, so that the
// two can't differ.
var Fixers = map[string][]func(*Fixer, diag.Diagnostic) []Edit{
	"U001": {(*Fixer).tabs, (*Fixer).strangeSpaces, (*Fixer).blanks, (*Fixer).colon},
	"U002": {(*Fixer).spelled},
	"U003": {(*Fixer).quotes, (*Fixer).colon, (*Fixer).version, (*Fixer).spelled, (*Fixer).renamed, (*Fixer).constant, (*Fixer).equals},
	"U004": {(*Fixer).quotes, (*Fixer).commas, (*Fixer).deleted, (*Fixer).unfolded, (*Fixer).joined},
	"U005": {(*Fixer).twice},
	"U007": {(*Fixer).listed},
	"U008": {(*Fixer).sign},
	"U009": {(*Fixer).exception},
	"U101": {(*Fixer).spelled},
	"U112": {(*Fixer).spelled},
	"U201": {(*Fixer).spelled},
	"U203": {(*Fixer).spelled, (*Fixer).quotes},
	"U204": {(*Fixer).narrowed},
	"U206": {(*Fixer).spelled, (*Fixer).whole},
	"U303": {(*Fixer).plainLetters},
	"U312": {(*Fixer).spelled},
	"U504": {(*Fixer).listed},
	"U705": {(*Fixer).spelled},
}

// rewrite replaces the bytes from..to of a file.
type Edit struct {
	Path     string
	Source   []byte
	From, To int
	Text     string
	Old      string // what stands there
}

// mender finds the mends of findings in the sources they were found in.
type Fixer struct {
	file  *File
	texts map[string]*lines
}

// lines are a file's bytes, and where each line begins.
type lines struct {
	path   string
	bytes  []byte
	starts []int
	src    *Document
}

func NewFixer(file *File) *Fixer {
	m := &Fixer{file: file, texts: map[string]*lines{}}
	for _, s := range file.Sources {
		t := &lines{path: s.Path, bytes: s.Bytes, starts: []int{0}}
		if bytes.HasPrefix(s.Bytes, []byte("\ufeff")) {
			t.starts[0] = len("\ufeff")
		}
		for i, b := range s.Bytes {
			if b == '\n' {
				t.starts = append(t.starts, i+1)
			}
		}
		t.src, _ = Scan(s.Path, s.Bytes)
		m.texts[s.Path] = t
	}
	return m
}

// mend is how to mend a finding; nil if there is no one right way.
func (m *Fixer) Fix(f diag.Diagnostic) []Edit {
	if m.texts[f.Pos.File] == nil {
		return nil
	}
	for _, way := range Fixers[f.Code] {
		if edits := way(m, f); len(edits) > 0 {
			return edits
		}
	}
	return nil
}

// line is a line's text without its end, and its offset; lines count from 1.
func (t *lines) line(n int) (text string, at int) {
	if n < 1 || n > len(t.starts) {
		return "", len(t.bytes)
	}
	at = t.starts[n-1]
	rest := t.bytes[at:]
	if i := bytes.IndexByte(rest, '\n'); i >= 0 {
		rest = rest[:i]
	}
	return strings.TrimSuffix(string(rest), "\r"), at
}

// edit replaces a part of a line, given in bytes of it.
func (t *lines) edit(n, from, to int, text string) Edit {
	line, at := t.line(n)
	return Edit{Path: t.path, Source: t.bytes, From: at + from, To: at + to, Text: text, Old: line[from:to]}
}

// drop takes a line away, with its end.
func (t *lines) drop(n int) Edit {
	line, at := t.line(n)
	to := len(t.bytes)
	if n < len(t.starts) {
		to = t.starts[n]
	}
	return Edit{Path: t.path, Source: t.bytes, From: at, To: to, Old: line}
}

// span is where a finding's characters stand: their line, in bytes of it.
func (m *Fixer) span(f diag.Diagnostic) (t *lines, line string, from, to int) {
	t = m.texts[f.Pos.File]
	line, _ = t.line(f.Pos.Line)
	from = columnOffset(line, f.Pos.Column)
	return t, line, from, columnOffset(line, f.Pos.Column+f.Length)
}

// columnOffset is the byte offset of a column, which counts characters from 1.
func columnOffset(line string, column int) int {
	for off := range line {
		if column--; column == 0 {
			return off
		}
	}
	return len(line)
}

var didYouMean = regexp.MustCompile(`^Did you mean "([^"]+)"\?$`)

// spelled writes the one name that is near; of record.field only what is wrong.
func (m *Fixer) spelled(f diag.Diagnostic) []Edit {
	meant := didYouMean.FindStringSubmatch(f.Help)
	if meant == nil {
		return nil
	}
	t, line, from, to := m.span(f)
	if dot := strings.LastIndexByte(line[from:to], '.'); dot >= 0 && !strings.Contains(meant[1], ".") {
		from += dot + 1
	}
	return []Edit{t.edit(f.Pos.Line, from, to, meant[1])}
}

var writeName = regexp.MustCompile(`^Write "([^"]+)"\.$`)

// whole writes a value that has no fields without one.
func (m *Fixer) whole(f diag.Diagnostic) []Edit {
	name := writeName.FindStringSubmatch(f.Help)
	if name == nil {
		return nil
	}
	t, _, from, to := m.span(f)
	return []Edit{t.edit(f.Pos.Line, from, to, name[1])}
}

var perhaps = regexp.MustCompile(`Perhaps "([^"]+)"\?$`)

// renamed writes a name as names are written. All its places are findings.
func (m *Fixer) renamed(f diag.Diagnostic) []Edit {
	name := perhaps.FindStringSubmatch(f.Help)
	if name == nil {
		return nil
	}
	t, _, from, to := m.span(f)
	return []Edit{t.edit(f.Pos.Line, from, to, name[1])}
}

// version writes the one version there is.
func (m *Fixer) version(f diag.Diagnostic) []Edit {
	t := m.texts[f.Pos.File]
	switch f.Help {
	case `Write "ussd: 1".`:
		t, _, from, to := m.span(f)
		return []Edit{t.edit(f.Pos.Line, from, to, "1")}
	case `Write a line like 'ussd: 1'.`:
		for n := range len(t.starts) {
			line, _ := t.line(n + 1)
			if text := strings.TrimSpace(line); text != "" && text[0] != '#' && text != "---" {
				return []Edit{t.edit(n+1, 0, 0, "ussd: 1\n")}
			}
		}
	}
	return nil
}

var inQuotesHint = regexp.MustCompile(`^A text as a value stands in quotes: '.*'\.$`)

// constant puts a text that is a value in quotes.
func (m *Fixer) constant(f diag.Diagnostic) []Edit {
	t, line, from, to := m.span(f)
	if !inQuotesHint.MatchString(f.Help) || strings.ContainsAny(line[from:to], `'"`) {
		return nil
	}
	return []Edit{t.edit(f.Pos.Line, from, to, "'"+line[from:to]+"'")}
}

var (
	toCompare = regexp.MustCompile(`^To compare, write `)
	isBefore  = regexp.MustCompile(`\bis( not)?( +)$`)
)

// equals compares with a sign where "is" stands.
func (m *Fixer) equals(f diag.Diagnostic) []Edit {
	t, line, from, _ := m.span(f)
	at := isBefore.FindStringSubmatchIndex(line[:from])
	if !toCompare.MatchString(f.Help) || at == nil {
		return nil
	}
	sign := "="
	if at[2] >= 0 {
		sign = "!="
	}
	return []Edit{t.edit(f.Pos.Line, at[0], at[4], sign)}
}

// narrowed gives a variable the range that the action takes.
func (m *Fixer) narrowed(f diag.Diagnostic) []Edit {
	parts := widerThan.FindStringSubmatch(f.Message)
	if parts == nil || f.Help == "" {
		return nil
	}
	for _, v := range m.file.Vars {
		if t := m.texts[v.Type.Pos.File]; v.Name.Value == parts[1] && t != nil {
			line, _ := t.line(v.Type.Pos.Line)
			from := columnOffset(line, v.Type.Pos.Column)
			if strings.HasPrefix(line[from:], v.Type.Value) {
				return []Edit{t.edit(v.Type.Pos.Line, from, from+len(v.Type.Value), parts[2])}
			}
		}
	}
	return nil
}

var widerThan = regexp.MustCompile(`^"(\w+)" may be .+, but "\w+" takes (.+)\.$`)

// sign writes an arrow, or a sign of a condition, as the language has it.
func (m *Fixer) sign(f diag.Diagnostic) []Edit {
	hint := writeName.FindStringSubmatch(f.Help)
	if hint == nil {
		return nil
	}
	t, line, from, to := m.span(f)
	text := hint[1]
	word := text == "and" || text == "or" || text == "not"
	if !strings.HasPrefix(f.Message, "Conditions ") {
		text, word = arrow, true
	}
	if word && from > 0 && strings.IndexByte(" (", line[from-1]) < 0 {
		text = " " + text
	}
	if word && to < len(line) && line[to] != ' ' {
		text += " "
	}
	return []Edit{t.edit(f.Pos.Line, from, to, text)}
}

// exception deletes one that covers nothing.
func (m *Fixer) exception(f diag.Diagnostic) []Edit {
	if f.Help != "Delete it." {
		return nil
	}
	t, line, from, _ := m.span(f)
	before := strings.TrimRight(line[:from], " ")
	if before == "" {
		return []Edit{t.drop(f.Pos.Line)}
	}
	return []Edit{t.edit(f.Pos.Line, len(before), len(line), "")}
}

// plainLetters writes the signs of a text that a phone has in place of those
// it has not. Letters of a language are left: they may be needed.
func (m *Fixer) plainLetters(f diag.Diagnostic) []Edit {
	if f.Severity != diag.Error {
		return nil
	}
	t, line, from, _ := m.span(f)
	last := f.Pos.Line
	if n := m.textEnd(t, f.Pos.Line); n > last {
		last = n
	}
	var edits []Edit
	for n := f.Pos.Line; n <= last; n++ {
		if n > f.Pos.Line {
			line, _ = t.line(n)
			from = 0
		}
		if c, ok := t.src.Comments[n]; ok {
			line = line[:columnOffset(line, c.Column)]
		}
		for i, r := range line[from:] {
			plain, ok := gsm7.Replacement(r)
			if gsm7.Septets(r) == 0 && ok && !unicode.In(r, unicode.L, unicode.M) {
				at := from + i
				edits = append(edits, t.edit(n, at, at+utf8.RuneLen(r), plain))
			}
		}
	}
	return edits
}

// textEnd is the last line of the block that a line is in, or the line itself.
func (m *Fixer) textEnd(t *lines, n int) int {
	for head := n - 1; head > 0; head-- {
		line, _ := t.line(head)
		own, _ := t.line(n)
		if strings.TrimSpace(line) != "" && indentOf(line) < indentOf(own) {
			if end := t.src.EndOfText(head); end >= n {
				return end
			}
			return n
		}
	}
	return n
}
