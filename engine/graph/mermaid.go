package graph

import (
	"fmt"
	"io"
	"strings"

	"github.com/paytrace/paytrace/engine"
)

// Limits of a node's text: enough to recognise the screen.
const (
	textWidth = 28
	textLines = 4
)

// Mermaid writes the graph as a Mermaid flowchart, for pages in Markdown.
func (g *Graph) Mermaid(w io.Writer) error {
	var b strings.Builder
	b.WriteString("flowchart LR\n")
	for i := range g.Nodes {
		n := &g.Nodes[i]
		before, after := mermaidShape(n)
		fmt.Fprintf(&b, "  n%d%s\"%s\"%s\n", i, before, mermaidLabel(g.lines(n)), after)
	}
	for i := range g.Edges {
		e := &g.Edges[i]
		arrow := "-->"
		if e.Kind == Fault || e.Kind == Retry || e.Kind == GiveUp {
			arrow = "-.->"
		}
		label := ""
		if e.Label != "" {
			label = "|\"" + mermaidText(e.Label) + "\"|"
		}
		fmt.Fprintf(&b, "  n%d %s%s n%d\n", g.index[e.From], arrow, label, g.index[e.To])
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// lines returns a node's title and the beginning of its text.
func (g *Graph) lines(n *Node) []string {
	lines := []string{g.Title(n)}
	if text := g.Text(n); text != "" {
		body := wrap(text, textWidth)
		if len(body) > textLines {
			body = append(body[:textLines-1:textLines-1], body[textLines-1]+" …")
		}
		lines = append(lines, body...)
	}
	return lines
}

func mermaidShape(n *Node) (before, after string) {
	switch {
	case n.Name == engine.Idle:
		return "((", "))"
	case n.Kind.Role() == engine.RoleEnd:
		return "([", "])"
	case n.Kind.Role() == engine.RoleDecision:
		return "{{", "}}"
	case n.Kind.Silent():
		return "[[", "]]"
	default:
		return "[", "]"
	}
}

func mermaidLabel(lines []string) string {
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = mermaidText(line)
	}
	out[0] = "<b>" + out[0] + "</b>"
	return strings.Join(out, "<br/>")
}

// mermaidEscapes escapes what Mermaid, or the page around it, would read as its
// own syntax.
var mermaidEscapes = strings.NewReplacer(
	"&", "#amp;", "<", "#lt;", ">", "#gt;", `"`, "#quot;", "#", "#35;", "`", "#96;", "\\", "#92;",
)

func mermaidText(s string) string { return mermaidEscapes.Replace(s) }
