package menu

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/paytrace/paytrace/engine"
)

// scanner goes over the lines of a file before YAML does. yaml.v3 stops at its
// first error without a column, cuts a text at " #" and joins lines without a
// word; the scan finds all of that, with its place, and goes on.
type scanner struct {
	*source
	out   Findings
	edits []edit
	texts []refusal
	row   int
	nodes int

	cols   []column // the open mappings and lists
	open   bool     // the last entry has no value yet: the next lines may be it
	seen   bool     // the document has begun
	skip   int      // lines from this column on are left out; -1 for none
	broken bool     // decoding what is left would only mislead
}

// column is where the entries of an open mapping or list begin.
type column struct {
	off  int
	list bool
}

// refusal is a text that YAML is not shown.
type refusal struct {
	at  spot
	raw string
}

// scan prepares a file for decoding. The source's clean is nil when there is
// no sense in decoding it.
func scan(path string, data []byte) (*source, Findings) {
	s := &scanner{source: &source{path: path, comments: map[int]comment{}, refused: map[spot]string{}}, skip: -1}
	if !s.prepare(data) {
		return s.source, s.out
	}
	for s.row = 0; s.row < len(s.lines) && !s.broken; s.row++ {
		s.scanLine()
	}
	if !s.broken {
		s.clean = apply(s.lines, s.edits)
	}
	for _, t := range s.texts {
		s.refused[t.at] = t.raw
	}
	return s.source, s.out
}

// find adds a finding of n characters at a byte offset of a line.
func (s *scanner) find(code string, row, off, n int, message, hint string) {
	if len(s.out) < MaxFindings {
		s.out = append(s.out, Finding{Code: code, Severity: Error, Pos: s.pos(row, off), Length: max(1, n), Message: message, Hint: hint})
	}
}

// whole adds a finding about the file and gives it up.
func (s *scanner) whole(message, hint string) {
	s.broken = true
	s.out = append(s.out, Finding{Code: "U001", Severity: Error, Pos: engine.Pos{File: s.path, Line: 1, Column: 1}, Length: 1, Message: message, Hint: hint})
}

func (s *scanner) scanLine() {
	line := s.lines[s.row]
	off := indentOf(line)
	switch {
	case off == len(line):
	case line[off] == '#':
		if strings.HasPrefix(line[off:], "#: ") {
			s.find("U004", s.row, off, 1, "YAML takes this line for a comment and drops it.", `Put quotes round the key: "#".`)
		}
		s.comment(off)
	case off == 0 && isMarker(line):
		s.marker(line)
	case s.skip >= 0 && off >= s.skip:
		s.drop(s.row)
	case s.badIndent(line, off):
	default:
		s.skip = -1
		s.seen = true
		s.noTabs()
		s.entry(off)
	}
	if s.nodes > MaxNodes {
		s.find("U001", s.row, 0, 1, fmt.Sprintf("The file has more than %d entries.", MaxNodes), "Divide it with include.")
		s.broken = true
	}
}

// badIndent finds a tab, or a space that is none, before the first text of a
// line. Nothing below it can be placed.
func (s *scanner) badIndent(line string, off int) bool {
	switch r, _ := utf8.DecodeRuneInString(line[off:]); r {
	case '\t':
		s.find("U001", s.row, off, 1, "Here stands a tab; YAML only knows spaces before an entry.", "Write two spaces for each step to the right.")
	case '\u00a0', '\u2007', '\u202f', '\u3000':
		s.find("U001", s.row, off, 1, "Here stands a space that is none (copied from a document?).", "Delete it and type spaces.")
	default:
		return false
	}
	s.broken = true
	return true
}

// noTabs turns tabs behind the indentation into spaces.
func (s *scanner) noTabs() {
	line := s.lines[s.row]
	if i := strings.IndexByte(line, '\t'); i >= 0 {
		s.find("U001", s.row, i, 1, "Here stands a tab; a screen cannot show it.", "Write spaces.")
		s.lines[s.row] = strings.ReplaceAll(line, "\t", " ")
	}
}

func isMarker(line string) bool {
	return len(line) >= 3 && (line[:3] == "---" || line[:3] == "...") && (len(line) == 3 || line[3] == ' ')
}

// marker meets "---" or "...": one may open the document, none may follow.
func (s *scanner) marker(line string) {
	if line[0] == '-' && !s.seen {
		rest := skipSpaces(line, 3)
		if rest == len(line) || line[rest] == '#' {
			s.seen = true
			s.drop(s.row)
			return
		}
	}
	if line[0] == '.' && s.onlyComments(s.row+1) {
		s.drop(s.row)
		return
	}
	s.find("U004", s.row, 0, 3, fmt.Sprintf("YAML would end the menu here: %q begins another document, and what follows would be lost.", line[:3]), "Delete this line, or put it in quotes if it is a text.")
	for ; s.row < len(s.lines); s.row++ {
		s.drop(s.row)
	}
}

// onlyComments reports whether no entry follows from a row on.
func (s *scanner) onlyComments(row int) bool {
	_, more := s.nextText(row)
	return !more
}

// nextText is the next row that is neither blank nor a comment.
func (s *scanner) nextText(row int) (int, bool) {
	for ; row < len(s.lines); row++ {
		line := s.lines[row]
		if off := indentOf(line); off < len(line) && line[off] != '#' {
			return row, true
		}
	}
	return 0, false
}

// entry reads a line's dashes, its key and the beginning of its value.
func (s *scanner) entry(off int) {
	line := s.lines[s.row]
	dash := isDash(line, off)
	below := s.below(off)
	_, value, keyed := keyEnd(line, off)
	if !dash && !keyed {
		s.bare(off, below)
		return
	}
	if !s.place(off, dash) {
		return
	}
	for isDash(line, off) {
		s.nodes++
		next := skipSpaces(line, off+1)
		if next == len(line) || line[next] == '#' {
			s.value(next, off)
			return
		}
		end, value, keyed := keyEnd(line, next)
		again := isDash(line, next)
		if !again && !keyed {
			s.value(next, off)
			return
		}
		if off = next; !s.push(off, again) {
			return
		}
		if !again {
			s.key(off, end)
			s.value(value, off)
			return
		}
	}
	end, _, _ := keyEnd(line, off)
	s.key(off, end)
	s.value(value, off)
}

func isDash(line string, off int) bool {
	return off < len(line) && line[off] == '-' && (off+1 == len(line) || line[off+1] == ' ')
}

// below is the column of the entry whose value a line at off may be, or -2.
func (s *scanner) below(off int) int {
	if !s.open || len(s.cols) == 0 {
		return noColumn
	}
	if top := s.cols[len(s.cols)-1].off; off > top {
		return top
	}
	return noColumn
}

// noColumn is less than any column, and than the -1 before the first.
const noColumn = -2

// bare reads a line with neither key nor dash: the value of the entry above,
// or a stray text.
func (s *scanner) bare(off, parent int) {
	text := s.lines[s.row][off:]
	if parent != noColumn {
		s.value(off, parent)
		return
	}
	s.find("U001", s.row, off, utf8.RuneCountInString(text), `This line is neither "key: value" nor "- item".`, strayHint(text))
	s.drop(s.row)
}

// strayHint guesses what a line without a key was to be.
func strayHint(text string) string {
	if i := strings.IndexByte(text, ':'); i > 0 && nameEnd(text[:i]) == i {
		return fmt.Sprintf("Write a space behind the colon: %s.", short(text[:i+1]+" "+text[i+1:]))
	}
	return `A text of several lines stands below "say: |", further right.`
}

// place brings the columns of the open collections to a line's own, and finds
// a line that does not line up with any of them.
func (s *scanner) place(off int, dash bool) bool {
	closed := false
	top := column{off: noColumn}
	for len(s.cols) > 0 {
		top = s.cols[len(s.cols)-1]
		// A list may stand at the column of its key, which ends it.
		if top.off < off || top.off == off && (dash || !top.list) {
			break
		}
		s.cols, top = s.cols[:len(s.cols)-1], column{off: noColumn}
		closed = true
	}
	message := "This line stands further right than the entry above, which already has its value."
	switch {
	case top.off == off && top.list == dash:
		return true
	case top.off == off && s.open && !closed, top.off < off && s.open && !closed, len(s.cols) == 0 && !closed:
		return s.push(off, dash)
	case top.off == off:
		message = `A "- " begins an entry of a list, but the entries above it are none.`
	case closed:
		message = "This line does not line up with any entry above."
	}
	s.find("U001", s.row, off, 1, message, "Entries that belong together begin at the same column and look alike.")
	s.skip = off
	if top.off == off {
		s.skip = off + 1
	}
	s.drop(s.row)
	return false
}

func (s *scanner) push(off int, list bool) bool {
	s.nodes++
	if s.cols = append(s.cols, column{off, list}); len(s.cols) > MaxDepth {
		s.find("U001", s.row, off, 1, fmt.Sprintf("The entries stand more than %d deep in each other.", MaxDepth), "")
		s.broken = true
		return false
	}
	return true
}

// keyEnd is where a line's key ends and its value begins.
func keyEnd(line string, off int) (end, value int, ok bool) {
	if q := line[off]; q == '"' || q == '\'' {
		end = closeQuote(line, off)
		if end < 0 {
			return 0, 0, false
		}
		i := skipSpaces(line, end)
		if i < len(line) && line[i] == ':' && (i+1 == len(line) || line[i+1] == ' ') {
			return end, skipSpaces(line, i+1), true
		}
		return 0, 0, false
	}
	if line[off] == '{' || line[off] == '[' {
		return 0, 0, false
	}
	for i := off; i < len(line); i++ {
		if line[i] == '#' && i > off && line[i-1] == ' ' {
			break
		}
		if line[i] == ':' && (i+1 == len(line) || line[i+1] == ' ') {
			return i, skipSpaces(line, i+1), true
		}
	}
	return 0, 0, false
}

// key refuses a key that YAML takes for something else: "*: Home -> main".
func (s *scanner) key(off, end int) {
	s.nodes++
	line := s.lines[s.row]
	raw := strings.TrimRight(line[off:end], " ")
	if end > off && (strings.IndexByte(specials, line[off]) < 0 && line[off] != '?' || line[off] == '?' && end > off+1) {
		return
	}
	s.find("U004", s.row, off, len(raw), fmt.Sprintf("YAML would not read the key %q as it stands.", raw), "Put quotes round it: "+quoted(raw)+".")
	s.refuse(off, end, raw)
}

// specials are the characters that mean something else to YAML when a text
// begins with them.
const specials = "&*!%@`|>,]}"

// value reads what stands behind a key or a dash, from off; parent is the
// column of the key or dash.
func (s *scanner) value(off, parent int) {
	line := s.lines[s.row]
	s.open = off == len(line) || line[off] == '#'
	if s.open {
		if off < len(line) {
			s.comment(off)
		}
		return
	}
	s.nodes++
	switch c := line[off]; {
	case (c == '|' || c == '>') && blockHeader.MatchString(line[off:]):
		s.block(off, parent)
	case c == '"' || c == '\'':
		s.quote(off, parent)
	case c == '{' || c == '[':
		s.flow(off, parent)
	case (c == '&' || c == '!') && s.mark(off, parent):
	default:
		s.plain(off, parent)
	}
}

var blockHeader = regexp.MustCompile(`^[|>][+-]?[1-9]?[+-]?\s*( #.*)?$`)

// mark meets an anchor or a tag with entries below it, and reads on as if it
// were not there.
func (s *scanner) mark(off, parent int) bool {
	line := s.lines[s.row]
	end := strings.IndexByte(line[off:]+" ", ' ') + off
	rest := skipSpaces(line, end)
	row, more := s.nextText(s.row + 1)
	if rest < len(line) && line[rest] != '#' || !more || indentOf(s.lines[row]) <= parent {
		return false
	}
	s.find("U004", s.row, off, end-off, fmt.Sprintf("Menus have no anchors and tags, and %q is one to YAML.", line[off:end]), fmt.Sprintf("Delete %q.", line[off:end]))
	s.edits = append(s.edits, edit{s.row, off, end, ""})
	if rest < len(line) {
		s.comment(rest)
	}
	s.open = true
	return true
}

// block passes over the lines of a block text.
func (s *scanner) block(off, parent int) {
	if i := strings.IndexByte(s.lines[s.row][off:], '#'); i >= 0 {
		s.comment(off + i)
	}
	least := parent + 1
	if m := headerDigit.FindString(s.lines[s.row][off:]); m == "" {
		if next, ok := s.nextInBlock(s.row + 1); ok {
			least = max(least, indentOf(s.lines[next]))
		}
	}
	for s.row+1 < len(s.lines) {
		line := s.lines[s.row+1]
		if in := indentOf(line); in < len(line) && (in < least || in == 0 && isMarker(line)) {
			return
		}
		s.row++
	}
}

// nextInBlock is the next row with any text; # begins no comment in a block.
func (s *scanner) nextInBlock(row int) (int, bool) {
	for ; row < len(s.lines); row++ {
		if indentOf(s.lines[row]) < len(s.lines[row]) {
			return row, true
		}
	}
	return 0, false
}

// quote reads a value in quotes.
func (s *scanner) quote(off, parent int) {
	line := s.lines[s.row]
	end := closeQuote(line, off)
	if end < 0 {
		s.unclosed(off, parent)
		return
	}
	rest := skipSpaces(line, end)
	if bad := badEscape(line[off:end]); bad >= 0 {
		s.refuseText(off, end, unknownEscape, bad)
	} else if rest < len(line) && (line[rest] != '#' || rest == end) {
		s.refuseText(off, len(line), "The text goes on behind its closing quote.", 0)
		rest = len(line)
	}
	if rest < len(line) {
		s.comment(rest)
	}
}

// unclosed meets a quote that does not close on its line: a text over several
// lines, or an apostrophe at the beginning of one.
func (s *scanner) unclosed(off, parent int) {
	line := s.lines[s.row]
	for row := s.row + 1; row < len(s.lines); row++ {
		next := s.lines[row]
		in := indentOf(next)
		if in < len(next) && in <= parent {
			break
		}
		if end := closeQuote(line[off:off+1]+next, 0); end >= 0 {
			s.find("U004", s.row, off, 1, "YAML would join the lines of this text to one.", `Write "|" here and the lines below it, without quotes, further right.`)
			s.row = row
			return
		}
	}
	s.refuseOpen(off, len(line))
	s.fused(parent)
}

// plain reads a text without quotes.
func (s *scanner) plain(off, parent int) {
	line := s.lines[s.row]
	end := len(line)
	for i := off + 1; i < len(line); i++ {
		if line[i] == '#' && line[i-1] == ' ' {
			end = i
			break
		}
	}
	text := strings.TrimRight(line[off:end], " ")
	colon := strings.Index(text+" ", ": ")
	switch {
	case strings.IndexByte(specials, text[0]) >= 0:
		s.refuseText(off, end, fmt.Sprintf("YAML does not read a text that begins with %q as it stands.", text[:1]), 0)
	case text == "-" || text == "?" || strings.HasPrefix(text, "- ") || strings.HasPrefix(text, "? ") || strings.HasPrefix(text, ": "):
		s.refuseText(off, end, fmt.Sprintf("YAML does not read a text that begins with %q and a space as it stands.", text[:1]), 0)
	case colon >= 0:
		s.refuseText(off, end, "YAML takes this colon for the end of a key.", colon)
	}
	if end < len(line) {
		s.comment(end)
	}
	s.fused(parent)
}

// fused finds lines that YAML would join to the text above them.
func (s *scanner) fused(parent int) {
	row, more := s.nextText(s.row + 1)
	if !more {
		return
	}
	off := indentOf(s.lines[row])
	if off <= parent || s.lines[row][off] == '\t' {
		return
	}
	text := s.lines[row][off:]
	if _, _, key := keyEnd(s.lines[row], off); key || isDash(text, 0) {
		s.find("U001", row, off, 1, "This line stands further right than the entry above, which already has its value.", "Entries that belong together begin at the same column.")
	} else {
		s.find("U004", row, off, utf8.RuneCountInString(text), "YAML would join this line to the text above.", `Write "|" behind the key, and each line of the text below it, further right.`)
	}
	for ; row < len(s.lines) && (indentOf(s.lines[row]) > parent || indentOf(s.lines[row]) == len(s.lines[row])); row++ {
		s.drop(row)
		s.row = row
	}
}

// refuseText finds a text that YAML would refuse or change, and keeps it from
// YAML. The finding points at byte at behind from.
func (s *scanner) refuseText(from, to int, message string, at int) {
	raw := strings.TrimRight(s.lines[s.row][from:to], " ")
	length := 1
	if at == 0 {
		length = utf8.RuneCountInString(raw)
	}
	s.find("U004", s.row, from+at, length, message, quoteHint(raw))
	s.refuse(from, to, raw)
}

// refuseOpen finds a bracket or quote at from that never closes.
func (s *scanner) refuseOpen(from, to int) {
	raw := strings.TrimRight(s.lines[s.row][from:to], " ")
	hint := "Close it; or if it belongs to a text, put quotes round the whole text."
	s.find("U001", s.row, from, 1, fmt.Sprintf("The %s that opens here is not closed.", raw[:1]), hint)
	s.refuse(from, to, raw)
}

// refuse leaves a mark of the same width for YAML in place of a text.
func (s *scanner) refuse(from, to int, raw string) {
	p := s.pos(s.row, from)
	width := utf8.RuneCountInString(raw)
	pad := utf8.RuneCountInString(s.lines[s.row][from:to]) - width
	s.edits = append(s.edits, edit{s.row, from, to, strings.Repeat("x", width) + strings.Repeat(" ", pad)})
	s.texts = append(s.texts, refusal{spot{p.Line, p.Column}, raw})
}

// comment keeps a comment and hides it from YAML.
func (s *scanner) comment(off int) {
	line := s.lines[s.row]
	before := strings.TrimRight(line[:off], " ")
	s.comments[s.row+1] = comment{
		column: s.pos(s.row, off).Column,
		text:   line[off:],
		gap:    off - len(before),
		whole:  before == "",
	}
	s.edits = append(s.edits, edit{s.row, off, len(line), ""})
}

// drop hides a line from YAML.
func (s *scanner) drop(row int) {
	s.edits = append(s.edits, edit{row, 0, len(s.lines[row]), ""})
}

// indentOf is the number of spaces a line begins with.
func indentOf(line string) int { return skipSpaces(line, 0) }

func skipSpaces(line string, i int) int {
	for i < len(line) && line[i] == ' ' {
		i++
	}
	return i
}

// closeQuote is the offset behind the quote that closes the one at off, -1 if
// it is not on this line.
func closeQuote(line string, off int) int {
	q := line[off]
	for i := off + 1; i < len(line); i++ {
		switch {
		case q == '"' && line[i] == '\\':
			i++
		case line[i] == q && q == '\'' && i+1 < len(line) && line[i+1] == q:
			i++
		case line[i] == q:
			return i + 1
		}
	}
	return -1
}

// badEscape is the offset of a backslash that YAML would refuse, or -1.
func badEscape(text string) int {
	if text[0] != '"' {
		return -1
	}
	if m := escapes.FindStringIndex(text); m != nil && m[0] == 0 && m[1] == len(text) {
		return -1
	}
	return max(0, strings.IndexByte(text, '\\'))
}

var escapes = regexp.MustCompile(`^"(?:[^"\\]|\\(?:[0abt\tnvfre "'/\\N_LP]|x[0-9a-fA-F]{2}|u(?:[0-9a-ce-fA-CE-F][0-9a-fA-F]{3}|[dD][0-7][0-9a-fA-F]{2})|U000[0-9a-fA-F]{5}))*"$`)

const unknownEscape = "YAML does not know what this backslash means."

// quoteHint is how to write a text so that YAML leaves it alone. An attempt at
// quotes is left for its writer to mend.
func quoteHint(text string) string {
	const longest = 60 // what still reads well in a hint
	switch first := text[:min(1, len(text))]; {
	case first == `"`:
		return `Close the quote at the end of the text, and write \" for a quote and \\ for a backslash inside it.`
	case utf8.RuneCountInString(text) > longest:
		return "Put quotes round the whole text."
	}
	return "Put quotes round the whole text: " + quoted(text) + "."
}

// quoted is a text as YAML's quotes hold it.
func quoted(text string) string {
	if !strings.ContainsAny(text, `"\`) {
		return `"` + text + `"`
	}
	return "'" + strings.ReplaceAll(text, "'", "''") + "'"
}
