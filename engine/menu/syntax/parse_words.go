package syntax

import (
	"fmt"
	"iter"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/paytrace/paytrace/engine"
)

// words returns a text that a caller reads, or any other plain text. It finds what
// YAML would lose of it. ok is false where there is none.
func (p *reader) words(e entry) (Text, bool) {
	n := e.node
	switch {
	case n.Kind != yaml.ScalarNode && n.Style&yaml.FlowStyle != 0:
		raw := p.flowText(n)
		p.find("U004", p.at(n), fmt.Sprintf("%q needs a text, but YAML takes what begins with a bracket for %s.", e.key.Value, shape(n)), "").quoteWhole(raw)
		return Text{}, false
	case n.Kind != yaml.ScalarNode:
		p.wrong(n, `"`+e.key.Value+`"`, "a text")
		return Text{}, false
	}
	t := p.src.Scalar(n)
	switch {
	case p.eaten(n, t, true) || p.changed(n, t):
	case n.Style&yaml.FoldedStyle != 0:
		p.find("U004", t, `Below ">" YAML joins lines to one.`, `Write "|" instead.`).unfold()
	case IsEmpty(n):
		p.missing(e.key, "a text")
		return Text{}, false
	}
	return t, !IsEmpty(n)
}

// flowText returns what stands in the source from a bracket to the one that closes
// it, or to the end of the line.
func (p *reader) flowText(n *yaml.Node) string {
	line := p.src.Line(n.Line)
	text := line[p.src.Offset(n.Line, n.Column):]
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return text[:i+1]
			}
		}
	}
	return strings.TrimSpace(text)
}

// eaten finds a text that YAML cut at a #: "Buy #2". A comment has a space
// behind its #, and behind words for callers two before it.
func (p *reader) eaten(n *yaml.Node, t Text, words bool) bool {
	c, ok := p.src.Comments[n.Line]
	if !ok || c.Whole || n.Style&^yaml.TaggedStyle != 0 {
		return false
	}
	if !IsEmpty(n) && c.Column-c.gap != t.At(len(t.Value)).Column {
		return false // it stands behind another text of the line
	}
	if CommentLike(c.Text) && (c.gap > 1 || !words || IsEmpty(n)) {
		return false
	}
	at := Text{Value: c.Text, Pos: engine.Pos{File: p.src.path, Line: n.Line, Column: c.Column}}
	whole := strings.TrimSpace(t.Value + strings.Repeat(" ", c.gap) + c.Text)
	r := p.find("U004", at, "YAML takes what follows this # for a comment and drops it.", "")
	r.quoteWhole(whole)
	if CommentLike(c.Text) { // which of the two is meant is not certain
		r.d.Help += " Or let the comment stand two spaces away."
		r.d.Edits = nil
	}
	return true
}

// changed compares a text with the source at its place, and finds what YAML
// made of it unseen by the scan.
func (p *reader) changed(n *yaml.Node, t Text) bool {
	if IsEmpty(n) || n.Style&(yaml.FoldedStyle|yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
		return false
	}
	if _, refused := p.src.refused[spot{n.Line, n.Column}]; refused {
		return false
	}
	for off, line := range lineStarts(t.Value) {
		at := t.At(off)
		source := p.src.Line(at.Line)
		if !strings.HasPrefix(source[p.src.Offset(at.Line, at.Column):], line) {
			p.find("U004", t, "YAML would read this text differently.", "Put quotes around the whole text.").Quote("")
			return true
		}
	}
	return false
}

// lineStarts returns the lines of a text with their offsets.
func lineStarts(s string) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		off := 0
		for line := range strings.SplitSeq(s, "\n") {
			if !yield(off, line) {
				return
			}
			off += len(line) + 1
		}
	}
}

// CommentLike reports a # with a space behind it, as comments are written.
func CommentLike(text string) bool {
	rest := strings.TrimLeft(text, "#")
	return rest == "" || rest[0] == ' '
}

// text puts words where they belong.
func (p *reader) text(e entry, into *Text) {
	if t, ok := p.words(e); ok {
		*into = t
	}
}
