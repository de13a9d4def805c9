package rewrite

import (
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// formatter writes the nodes of one file in the standard form: two spaces per level,
// at most one blank line, texts without quotes where YAML allows that, and as blocks
// where it does not. Short groups in braces stay on one line.
type formatter struct {
	src        *syntax.Document
	translates bool // the file is a translation
	b          strings.Builder
	at         int          // the last line of the source that is written
	used       map[int]bool // comments written, by line
	lead       string       // dashes that stand before the next entry
}

// formatWidth bounds a line with braces: the entries of a longer one get lines of
// their own.
const formatWidth = 100

// flush writes the comments that stand before a line of the source, and one
// blank line where there are any.
func (f *formatter) flush(line, indent int) {
	blank := false
	for n := f.at + 1; n < line; n++ {
		c, ok := f.src.Comments[n]
		switch {
		case ok && !f.used[n] && (c.Whole || n < line):
			if blank {
				f.b.WriteByte('\n')
				blank = false
			}
			f.used[n] = true
			f.b.WriteString(strings.Repeat(" ", indent) + strings.TrimRight(c.Text, " ") + "\n")
		case strings.TrimSpace(f.src.Line(n)) == "" && n <= len(f.src.Lines):
			blank = true
		}
	}
	if blank && line <= len(f.src.Lines) {
		f.b.WriteByte('\n')
	}
	f.at = max(f.at, line)
}

// line writes one line, with the comment that stood behind it.
func (f *formatter) line(text string, source int) {
	f.b.WriteString(text)
	c, ok := f.src.Comments[source]
	comment := ""
	if ok && !c.Whole && !f.used[source] {
		f.used[source] = true
		comment = strings.TrimRight(c.Text, " ")
	}
	if comment != "" {
		gap := max(2, c.Column-1-utf8.RuneCountInString(text))
		f.b.WriteString(strings.Repeat(" ", gap) + comment)
	}
	f.b.WriteByte('\n')
}

// start returns the beginning of a new line.
func (f *formatter) start(indent int) string {
	if lead := f.lead; lead != "" {
		f.lead = ""
		return lead
	}
	return strings.Repeat(" ", indent)
}

// node writes a mapping or list whose entries stand at a column.
func (f *formatter) node(n *yaml.Node, indent int, parent string) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			k, v := n.Content[i], n.Content[i+1]
			if f.lead == "" {
				f.flush(k.Line, indent)
			}
			head := f.start(indent) + f.key(k) + ":"
			f.entry(head, v, indent, k.Line, f.src.Scalar(k).Value, parent)
		}
	case yaml.SequenceNode:
		for _, item := range n.Content {
			if f.lead == "" {
				f.flush(item.Line, indent)
			}
			f.item(item, indent, parent)
		}
	}
}

// item writes one entry of a list.
func (f *formatter) item(n *yaml.Node, indent int, parent string) {
	dash := f.start(indent) + "-"
	if n.Kind == yaml.ScalarNode || f.oneLine(n, indent+syntax.IndentWidth, parent) || len(n.Content) == 0 {
		f.entry(dash, n, indent, n.Line, "", parent)
		return
	}
	f.lead = dash + " "
	f.node(n, indent+syntax.IndentWidth, parent)
}

// entry writes what stands behind a key or a dash.
func (f *formatter) entry(head string, v *yaml.Node, indent, line int, key, parent string) {
	switch {
	case v.Kind == yaml.ScalarNode:
		f.scalar(head, v, indent, line, key, parent)
	case len(v.Content) == 0 || f.oneLine(v, utf8.RuneCountInString(head)+1, key):
		f.line(head+" "+f.flow(v, key), line)
	default:
		f.line(head, line)
		name := key
		if key == "" {
			name = parent
		}
		f.node(v, indent+syntax.IndentWidth, name)
	}
}

// scalar writes a value: plain, in quotes, or as a block of lines.
func (f *formatter) scalar(head string, v *yaml.Node, indent, line int, key, parent string) {
	text := f.src.Scalar(v).Value
	literal := v.Style&yaml.LiteralStyle != 0
	switch {
	case syntax.IsEmpty(v):
		f.line(head, line)
	case parent == "set" && v.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0:
		f.line(head+" "+syntax.InQuotes(text), line) // its quotes make it a constant
	case literal && strings.Contains(text, "\n") && blockable(text), !plainText(text) && blockable(text) && (literal || f.words(key, parent)):
		f.block(head, text, indent, line)
	case plainText(text):
		f.line(head+" "+text, line)
	default:
		f.line(head+" "+syntax.InQuotes(text), line)
	}
	if literal {
		f.at = max(f.at, v.Line+blockLines(v))
	}
}

// blockLines returns how many lines a block's text has in the source.
func blockLines(v *yaml.Node) int {
	n := strings.Count(v.Value, "\n")
	if v.Value != "" && !strings.HasSuffix(v.Value, "\n") {
		n++
	}
	return n
}

// block writes a text as lines below its key.
func (f *formatter) block(head, text string, indent, line int) {
	sign := " |"
	if strings.HasSuffix(text, "\n") {
		sign = " |+" // a plain block would lose the last empty lines
	}
	f.line(head+sign, line)
	for _, l := range strings.Split(text, "\n") {
		if l != "" {
			l = strings.Repeat(" ", indent+syntax.IndentWidth) + l
		}
		f.b.WriteString(l + "\n")
	}
}

// wordKeys lists the keys whose whole text callers read. Other texts that need quotes
// keep them.
var wordKeys = map[string]bool{
	"say": true, "show": true, "end": true, "error": true, "again": true, "repeat": true, "note": true,
	"busy": true, "in_progress": true, "expired": true, "updated": true, "limited": true, "mismatch": true, "list_cut": true, "invalid": true, "gave_up": true, "resume": true,
}

// words reports whether callers read a key's text. They also read every line of a
// translation and the shared texts.
func (f *formatter) words(key, parent string) bool {
	return wordKeys[key] || parent == syntax.SharedTexts || f.translates && parent == "" && key != ""
}

// blockable reports whether a block can hold a text unchanged.
func blockable(text string) bool {
	first, _, _ := strings.Cut(text, "\n")
	if strings.TrimSpace(first) == "" || first[0] == ' ' {
		return false
	}
	for _, line := range strings.Split(text, "\n") {
		if line != "" && strings.TrimSpace(line) == "" || strings.HasSuffix(line, " ") {
			return false // trailing spaces are invisible in a block
		}
	}
	return strings.IndexFunc(text, func(r rune) bool { return r != '\n' && syntax.Unprintable(r) || r == '\t' }) < 0
}

// oneLine reports whether a group stays in braces on one line: it was in braces, has
// no comment inside, has no text that needs quotes only in braces, and is short.
func (f *formatter) oneLine(n *yaml.Node, column int, key string) bool {
	if n.Style&yaml.FlowStyle == 0 || f.commented(n) || !f.simple(n, key) {
		return false
	}
	return column+utf8.RuneCountInString(f.flow(n, key)) <= formatWidth
}

// commented reports whether a comment stands inside a group.
func (f *formatter) commented(n *yaml.Node) bool {
	for line := n.Line; line < lastLine(n); line++ {
		if _, ok := f.src.Comments[line]; ok {
			return true
		}
	}
	return false
}

func lastLine(n *yaml.Node) int {
	last := n.Line
	for _, c := range n.Content {
		last = max(last, lastLine(c))
	}
	return last
}

// simple reports whether all texts of a group may stand in braces.
func (f *formatter) simple(n *yaml.Node, key string) bool {
	switch n.Kind {
	case yaml.ScalarNode:
		text := f.src.Scalar(n).Value
		return plainInFlow(text) || !plainText(text) && !f.words(key, "?") || syntax.IsEmpty(n) || key == "set"
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			name := f.src.Scalar(n.Content[i]).Value
			if key == "set" {
				name = key
			}
			if syntax.IsEmpty(n.Content[i+1]) || !f.simple(n.Content[i+1], name) {
				return false
			}
		}
	default:
		for _, c := range n.Content {
			if !f.simple(c, key) {
				return false
			}
		}
	}
	return true
}

// flow returns a group in braces; parent is the key it stands behind.
func (f *formatter) flow(n *yaml.Node, parent string) string {
	var parts []string
	switch n.Kind {
	case yaml.ScalarNode:
		text := f.src.Scalar(n).Value
		quotes := n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0
		if plainInFlow(text) && (parent != "set" || !quotes) {
			return text
		}
		return syntax.InQuotes(text)
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			name := f.src.Scalar(n.Content[i]).Value
			inside := name
			if parent == "set" {
				inside = parent
			}
			key := f.key(n.Content[i])
			if !plainInFlow(name) {
				key = syntax.InQuotes(name)
			}
			parts = append(parts, key+": "+f.flow(n.Content[i+1], inside))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	default:
		for _, c := range n.Content {
			parts = append(parts, f.flow(c, parent))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
}

func (f *formatter) key(k *yaml.Node) string {
	text := f.src.Scalar(k).Value
	if plainText(text) && text != "<<" {
		return text
	}
	return syntax.InQuotes(text)
}

// plainText reports whether YAML reads a text unchanged without quotes.
func plainText(s string) bool {
	if s == "" || strings.TrimSpace(s) != s || strings.ContainsAny(s, "\n\t") || strings.IndexFunc(s, syntax.Unprintable) >= 0 {
		return false
	}
	switch {
	case strings.Contains(syntax.Specials+"\"'#{[", s[:1]), s == "-", s == "?", s == "---", s == "...",
		strings.HasPrefix(s, "- "), strings.HasPrefix(s, "? "), strings.HasPrefix(s, ": "),
		strings.HasPrefix(s, "--- "), strings.HasPrefix(s, "... "):
		return false
	}
	return !strings.Contains(s, ": ") && !strings.Contains(s, " #") && !strings.HasSuffix(s, ":")
}

// plainInFlow is plainText inside braces.
func plainInFlow(s string) bool {
	return plainText(s) && !strings.ContainsAny(s, ",[]{}?") && s[0] != ':' && !strings.HasPrefix(s, "-") || syntax.IsNumber(s)
}
