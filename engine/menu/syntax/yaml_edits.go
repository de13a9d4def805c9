package syntax

import (
	"regexp"
	"strings"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
)

// commas puts quotes around a text in braces that its commas cut.
func (r Report) commas() {
	line, from, _ := r.span()
	begin := strings.LastIndex(line[:from], ": ")
	if begin < 0 {
		return
	}
	begin = skipSpaces(line, begin+1)
	end := textInBraces(line, from)
	text := strings.TrimRight(line[begin:end], " ")
	if end == len(line) || text == "" || text[0] == '"' || text[0] == '\'' {
		return
	}
	r.edit(begin, begin+len(text), InQuotes(text))
}

// indentTabs replaces the tabs in the indentation of all lines: by two spaces each, or
// by as many as put the first such line below its parent.
func (r Report) indentTabs() {
	r.indents('\t', strings.Repeat(" ", r.doc.tabWidth(r.d.Pos.Line)))
}

// innerTabs replaces each tab after the indentation of a line by a space.
func (r Report) innerTabs() {
	line, from, _ := r.span()
	for i := from; i < len(line); i++ {
		if line[i] == '\t' {
			r.d.Edits = append(r.d.Edits, r.doc.edit(r.d.Pos.Line, i, i+1, " "))
		}
	}
}

// tabWidth returns how many spaces replace a tab: two, or as many as put the first line
// with tabs below the line that it belongs to.
func (d *Document) tabWidth(n int) int {
	line, _ := d.rawLine(n)
	tabs := len(line) - len(strings.TrimLeft(line, "\t"))
	for above := n - 1; above > 0 && tabs > 0; above-- {
		if text, _ := d.rawLine(above); strings.HasSuffix(strings.TrimSpace(text), ":") {
			return max(IndentWidth, (indentOf(text)+IndentWidth)/tabs)
		} else if strings.TrimSpace(text) != "" {
			break
		}
	}
	return IndentWidth
}

// indents replaces a character in the indentation of all lines.
func (r Report) indents(bad rune, text string) {
	for n := 1; n <= len(r.doc.starts); n++ {
		line, _ := r.doc.rawLine(n)
		for i, c := range line {
			if c == bad {
				r.d.Edits = append(r.d.Edits, r.doc.edit(n, i, i+len(string(c)), text))
			} else if c != ' ' {
				break
			}
		}
	}
}

// emptyLine deletes the spaces of a line without text.
func (r Report) emptyLine() {
	if line, _, _ := r.span(); strings.TrimSpace(line) == "" {
		r.edit(0, len(line), "")
	}
}

// spaceColon writes a space after the colon of a key if there is none.
func (r Report) spaceColon(text string) {
	help := spaceHelp(text)
	if help == "" {
		return
	}
	r.d.Help = help
	line, from, _ := r.span()
	if i := strings.IndexByte(line[from:], ':'); i >= 0 {
		r.edit(from+i+1, from+i+1, " ")
	}
}

// declareVersion writes "ussd: 1" above the first entry.
func (r Report) declareVersion() {
	if r.doc == nil {
		return
	}
	for n := range len(r.doc.starts) {
		line, _ := r.doc.rawLine(n + 1)
		if text := strings.TrimSpace(line); text != "" && text[0] != '#' && text != "---" {
			r.d.Edits = []diag.TextEdit{r.doc.edit(n+1, 0, 0, "ussd: 1\n")}
			return
		}
	}
}

// asConstant puts single quotes around a text that is a value.
func (r Report) asConstant() {
	line, from, to := r.span()
	if !strings.ContainsAny(line[from:to], `'"`) {
		r.edit(from, to, "'"+line[from:to]+"'")
	}
}

var isBefore = regexp.MustCompile(`\bis( not)?( +)$`)

// equals replaces "is" by a comparison sign.
func (r Report) equals() {
	line, from, _ := r.span()
	at := isBefore.FindStringSubmatchIndex(line[:from])
	if at == nil {
		return
	}
	sign := "="
	if at[2] >= 0 {
		sign = "!="
	}
	r.edit(at[0], at[4], sign)
}

// sign writes an arrow or a comparison sign as the menu language spells it, with a
// space on both sides of a word.
func (r Report) sign(text string, word bool) {
	line, from, to := r.span()
	if word && from > 0 && strings.IndexByte(" (", line[from-1]) < 0 {
		text = " " + text
	}
	if word && to < len(line) && line[to] != ' ' {
		text += " "
	}
	r.edit(from, to, text)
}

// deleteMark deletes an anchor or a tag.
func (r Report) deleteMark(mark string) {
	line, from, to := r.span()
	if line[from:to] == mark {
		r.edit(len(strings.TrimRight(line[:from], " ")), to, "")
	}
}

var foldedBlock = regexp.MustCompile(`(^|[:-] +)>[+-]?[1-9]?[+-]?\s*(#.*)?$`)

// unfold replaces > by |.
func (r Report) unfold() {
	if r.doc == nil {
		return
	}
	for n := r.d.Pos.Line - 1; n > 0; n-- {
		line, _ := r.doc.rawLine(n)
		if strings.TrimSpace(line) == "" {
			continue
		}
		if at := foldedBlock.FindStringIndex(line); at != nil {
			i := at[0] + strings.IndexByte(line[at[0]:], '>')
			r.d.Edits = []diag.TextEdit{r.doc.edit(n, i, i+1, "|")}
		}
		return
	}
}

// asBlock makes a block of a text that continues below its key.
func (r Report) asBlock() {
	above := r.d.Pos.Line - 1
	head, _ := r.doc.rawLine(above)
	if indentOf(head) == len(head) {
		return
	}
	_, value, keyed := keyEnd(head, indentOf(head))
	if _, remark := r.doc.Comments[above]; !keyed || remark || value == len(head) || strings.IndexByte(`"'{[`, head[value]) >= 0 {
		return
	}
	first, _ := r.doc.rawLine(r.d.Pos.Line)
	indent := indentOf(first)
	for n := r.d.Pos.Line + 1; n <= len(r.doc.starts); n++ {
		line, _ := r.doc.rawLine(n)
		in := indentOf(line)
		if in == len(line) {
			continue
		}
		if in <= indentOf(head) {
			break
		}
		if in < indent || line[in] == '#' {
			return
		}
	}
	r.d.Edits = []diag.TextEdit{r.doc.edit(above, value, len(head), "|\n"+strings.Repeat(" ", indent)+head[value:])}
}

// dropTwice deletes the second of two equal entries if each is on its own line and has
// no comment.
func (r Report) dropTwice(first engine.Pos) {
	if r.doc == nil || first.File != r.d.Pos.File {
		return
	}
	second, from, _ := r.span()
	one, _ := r.doc.rawLine(first.Line)
	if first.Line == r.d.Pos.Line {
		r.dropTwiceInBraces(second, columnOffset(one, first.Column), from)
		return
	}
	_, value, keyed := keyEnd(second, from)
	_, remark := r.doc.Comments[r.d.Pos.Line]
	next, _ := r.doc.rawLine(r.d.Pos.Line + 1)
	below := indentOf(next) < len(next) && indentOf(next) > indentOf(second)
	if !keyed || remark || below || value == len(second) || strings.TrimSpace(one) != strings.TrimSpace(second) {
		return
	}
	r.d.Edits = []diag.TextEdit{r.doc.drop(r.d.Pos.Line)}
}

// dropTwiceInBraces deletes the second of two equal entries on one line.
func (r Report) dropTwiceInBraces(line string, first, second int) {
	entry := func(from int) string {
		if i := strings.IndexAny(line[from:], ",}"); i >= 0 {
			return strings.TrimRight(line[from:from+i], " ")
		}
		return ""
	}
	a, b := entry(first), entry(second)
	comma := strings.LastIndexByte(line[:second], ',')
	if a == "" || a != b || comma < first || strings.TrimSpace(line[comma+1:second]) != "" || strings.ContainsAny(a, `"'{[`) {
		return
	}
	r.edit(comma, second+len(b), "")
}
