package syntax

import (
	"regexp"
	"strings"

	"github.com/paytrace/paytrace/engine/diag"
)

// tabs writes spaces for a tab: two for each before the first text of a line,
// which is to be done on every line at once; one elsewhere.
func (m *Fixer) tabs(f diag.Diagnostic) []Edit {
	t, line, from, _ := m.span(f)
	switch {
	case f.Help == "Write spaces.":
		var edits []Edit
		for i := from; i < len(line); i++ {
			if line[i] == '\t' {
				edits = append(edits, t.edit(f.Pos.Line, i, i+1, " "))
			}
		}
		return edits
	case strings.HasPrefix(f.Message, "Here stands a tab;"):
		return t.indents('\t', strings.Repeat(" ", t.tabWidth(f.Pos.Line)))
	}
	return nil
}

// tabWidth is how many spaces a tab stands for: two, or as many as bring the
// first line with tabs below the line that it belongs to.
func (t *lines) tabWidth(n int) int {
	line, _ := t.line(n)
	tabs := len(line) - len(strings.TrimLeft(line, "\t"))
	for above := n - 1; above > 0 && tabs > 0; above-- {
		if text, _ := t.line(above); strings.HasSuffix(strings.TrimSpace(text), ":") {
			return max(IndentWidth, (indentOf(text)+IndentWidth)/tabs)
		} else if strings.TrimSpace(text) != "" {
			break
		}
	}
	return IndentWidth
}

// strangeSpaces writes a space for each that is none, before the first text of
// every line.
func (m *Fixer) strangeSpaces(f diag.Diagnostic) []Edit {
	t, line, from, _ := m.span(f)
	if f.Help != "Delete it and type spaces." {
		return nil
	}
	for _, r := range line[from:] {
		return t.indents(r, " ")
	}
	return nil
}

// indents replaces a character in the indentation of all lines.
func (t *lines) indents(bad rune, text string) []Edit {
	var edits []Edit
	for n := 1; n <= len(t.starts); n++ {
		line, _ := t.line(n)
		for i, r := range line {
			if r == bad {
				edits = append(edits, t.edit(n, i, i+len(string(r)), text))
			} else if r != ' ' {
				break
			}
		}
	}
	return edits
}

// blanks empties a line that nothing stands on.
func (m *Fixer) blanks(f diag.Diagnostic) []Edit {
	t, line, _, _ := m.span(f)
	if f.Help != "Delete its spaces." || strings.TrimSpace(line) != "" {
		return nil
	}
	return []Edit{t.edit(f.Pos.Line, 0, len(line), "")}
}

// colon writes a space behind the colon of a key.
func (m *Fixer) colon(f diag.Diagnostic) []Edit {
	t, line, from, _ := m.span(f)
	i := strings.IndexByte(line[from:], ':')
	if !strings.HasPrefix(f.Help, "Write a space behind the colon:") || i < 0 {
		return nil
	}
	return []Edit{t.edit(f.Pos.Line, from+i+1, from+i+1, " ")}
}

var (
	quotesHint  = regexp.MustCompile(`^Put quotes round (?:the whole text|it)(?:: (.+))?\.$`)
	twoWays     = regexp.MustCompile(` Or let the comment stand two spaces away\.$`)
	deleteThis  = regexp.MustCompile(`^Delete "(.+)"\.$`)
	foldedBlock = regexp.MustCompile(`(^|[:-] +)>[+-]?[1-9]?[+-]?\s*(#.*)?$`)
)

// quotes puts quotes round a text.
func (m *Fixer) quotes(f diag.Diagnostic) []Edit {
	hint := quotesHint.FindStringSubmatch(f.Help)
	if hint == nil || twoWays.MatchString(f.Help) {
		return nil
	}
	t, line, from, _ := m.span(f)
	begin, end, ok := t.around(f.Pos.Line, line, from, unquoted(hint[1]))
	if !ok {
		return nil
	}
	begin, end = uncut(line, begin, end)
	return []Edit{t.edit(f.Pos.Line, begin, end, InQuotes(line[begin:end]))}
}

// uncut is a text with what its commas have cut from it, inside of braces.
func uncut(line string, begin, end int) (from, to int) {
	from = strings.LastIndex(line[:begin], ": ")
	if from < 0 || !strings.Contains(line[:from], "{") {
		return begin, end
	}
	from = skipSpaces(line, from+1)
	to = textInBraces(line, from)
	if to < end || to == len(line) || strings.IndexByte("[{\"'", line[from]) >= 0 {
		return begin, end
	}
	return from, from + len(strings.TrimRight(line[from:to], " "))
}

// unquoted is the text of which a hint shows the quoted form.
func unquoted(s string) string {
	if len(s) < 2 {
		return ""
	}
	if s[0] == '\'' {
		return strings.ReplaceAll(s[1:len(s)-1], "''", "'")
	}
	return s[1 : len(s)-1]
}

// around is where a text stands that holds a place of its line. One that a hint
// does not show is what was kept from YAML, or the value of the line's key.
func (t *lines) around(n int, line string, at int, text string) (begin, end int, ok bool) {
	if text == "" {
		for spot, raw := range t.src.refused {
			if off := columnOffset(line, spot.column); spot.line == n && off <= at && at < off+len(raw) {
				text = raw
			}
		}
	}
	if text == "" {
		if _, value, keyed := keyEnd(line, indentOf(line)); keyed {
			text = strings.TrimRight(line[value:], " ")
		}
	}
	for from := 0; text != ""; from++ {
		i := strings.Index(line[from:], text)
		if i < 0 || from+i > at {
			break
		}
		if from += i; at < from+len(text) {
			return from, from + len(text), true
		}
	}
	return 0, 0, false
}

// commas puts quotes round a text in braces that its commas have cut.
func (m *Fixer) commas(f diag.Diagnostic) []Edit {
	t, line, from, _ := m.span(f)
	begin := strings.LastIndex(line[:from], ": ")
	if !strings.HasPrefix(f.Message, "Inside { } a comma ends a text") || begin < 0 {
		return nil
	}
	begin = skipSpaces(line, begin+1)
	end := textInBraces(line, from)
	text := strings.TrimRight(line[begin:end], " ")
	if end == len(line) || text == "" || text[0] == '"' || text[0] == '\'' {
		return nil
	}
	return []Edit{t.edit(f.Pos.Line, begin, begin+len(text), InQuotes(text))}
}

// textInBraces is where a text ends that goes on behind its commas: at the
// bracket around it, or where an entry with a key follows. It is the line's end
// where neither is there.
func textInBraces(line string, from int) int {
	depth := 0
	for i := from; i < len(line); i++ {
		switch line[i] {
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth < 0 {
				return i
			}
		case ',':
			next, _, _ := strings.Cut(line[i+1:], ",")
			if depth == 0 && strings.Contains(next, ": ") {
				return i
			}
		}
	}
	return len(line)
}

// deleted takes an anchor or a tag away.
func (m *Fixer) deleted(f diag.Diagnostic) []Edit {
	hint := deleteThis.FindStringSubmatch(f.Help)
	t, line, from, to := m.span(f)
	if hint == nil || line[from:to] != hint[1] {
		return nil
	}
	before := strings.TrimRight(line[:from], " ")
	return []Edit{t.edit(f.Pos.Line, len(before), to, "")}
}

// unfolded writes | for >.
func (m *Fixer) unfolded(f diag.Diagnostic) []Edit {
	if f.Help != `Write "|" in its place.` {
		return nil
	}
	t := m.texts[f.Pos.File]
	for n := f.Pos.Line - 1; n > 0; n-- {
		line, _ := t.line(n)
		if strings.TrimSpace(line) == "" {
			continue
		}
		if at := foldedBlock.FindStringIndex(line); at != nil {
			i := at[0] + strings.IndexByte(line[at[0]:], '>')
			return []Edit{t.edit(n, i, i+1, "|")}
		}
		return nil
	}
	return nil
}

// joined makes a block of a text that goes on below its key.
func (m *Fixer) joined(f diag.Diagnostic) []Edit {
	if !strings.HasPrefix(f.Help, `Write "|" behind the key, and`) {
		return nil
	}
	t := m.texts[f.Pos.File]
	head, _ := t.line(f.Pos.Line - 1)
	if indentOf(head) == len(head) {
		return nil
	}
	_, value, keyed := keyEnd(head, indentOf(head))
	if _, remark := t.src.Comments[f.Pos.Line-1]; !keyed || remark || value == len(head) || strings.IndexByte(`"'{[`, head[value]) >= 0 {
		return nil
	}
	first, _ := t.line(f.Pos.Line)
	indent := indentOf(first)
	for n := f.Pos.Line + 1; n <= len(t.starts); n++ {
		line, _ := t.line(n)
		in := indentOf(line)
		if in == len(line) {
			continue
		}
		if in <= indentOf(head) {
			break
		}
		if in < indent || line[in] == '#' {
			return nil
		}
	}
	return []Edit{t.edit(f.Pos.Line-1, value, len(head), "|\n"+strings.Repeat(" ", indent)+head[value:])}
}

// twice deletes the second of two entries that say the same, where each stands
// on its own line without a comment.
func (m *Fixer) twice(f diag.Diagnostic) []Edit {
	if len(f.Related) != 1 || f.Related[0].Pos.File != f.Pos.File {
		return nil
	}
	t, second, from, _ := m.span(f)
	line := f.Related[0].Pos.Line
	first, _ := t.line(line)
	if line == f.Pos.Line {
		return t.twiceInFlow(f, second, columnOffset(first, f.Related[0].Pos.Column), from)
	}
	_, value, keyed := keyEnd(second, from)
	_, remark := t.src.Comments[f.Pos.Line]
	next, _ := t.line(f.Pos.Line + 1)
	below := indentOf(next) < len(next) && indentOf(next) > indentOf(second)
	if !keyed || remark || below || value == len(second) || strings.TrimSpace(first) != strings.TrimSpace(second) {
		return nil
	}
	return []Edit{t.drop(f.Pos.Line)}
}

// twiceInFlow is twice inside of braces.
func (t *lines) twiceInFlow(f diag.Diagnostic, line string, first, second int) []Edit {
	entry := func(from int) string {
		if i := strings.IndexAny(line[from:], ",}"); i >= 0 {
			return strings.TrimRight(line[from:from+i], " ")
		}
		return ""
	}
	a, b := entry(first), entry(second)
	comma := strings.LastIndexByte(line[:second], ',')
	if a == "" || a != b || comma < first || strings.TrimSpace(line[comma+1:second]) != "" || strings.ContainsAny(a, `"'{[`) {
		return nil
	}
	return []Edit{t.edit(f.Pos.Line, comma, second+len(b), "")}
}

var takeOut = regexp.MustCompile(`^(?:Take it out of the list|Name each file once|Delete this include)\.$`)

// listed takes an entry out of a list; the last one goes with its key.
func (m *Fixer) listed(f diag.Diagnostic) []Edit {
	t, line, from, to := m.span(f)
	if !takeOut.MatchString(f.Help) {
		return nil
	}
	if _, remark := t.src.Comments[f.Pos.Line]; remark {
		return nil
	}
	before, after := strings.TrimRight(line[:from], " "), strings.TrimLeft(line[to:], " ")
	switch {
	case strings.HasSuffix(before, ","):
		return []Edit{t.edit(f.Pos.Line, len(before)-1, to, "")}
	case strings.HasPrefix(after, ","):
		rest := strings.TrimLeft(after[1:], " ")
		return []Edit{t.edit(f.Pos.Line, from, len(line)-len(rest), "")}
	case strings.HasSuffix(before, "["), strings.HasSuffix(before, ":"), strings.TrimSpace(before) == "-":
		return []Edit{t.drop(f.Pos.Line)}
	}
	return nil
}
