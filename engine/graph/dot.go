package graph

import (
	"fmt"
	"io"
	"strings"

	"github.com/paytrace/paytrace/engine"
)

// DOT writes the graph in Graphviz's language.
func (g *Graph) DOT(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "digraph %s {\n", quoted(g.Program.Name()))
	b.WriteString("  rankdir=LR\n  node [shape=box, style=rounded, fontname=\"sans-serif\"]\n  edge [fontname=\"sans-serif\", fontsize=10]\n")
	for i := range g.Nodes {
		n := &g.Nodes[i]
		fmt.Fprintf(&b, "  %s [label=%s%s]\n", quoted(n.Name), quoted(strings.Join(g.lines(n), "\n")), dotShape(n))
	}
	for i := range g.Edges {
		e := &g.Edges[i]
		style := ""
		if e.Kind == Fault || e.Kind == Retry || e.Kind == GiveUp {
			style = ", style=dashed"
		}
		fmt.Fprintf(&b, "  %s -> %s [label=%s%s]\n", quoted(e.From), quoted(e.To), quoted(e.Label), style)
	}
	b.WriteString("}\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func dotShape(n *Node) string {
	switch {
	case n.Name == engine.Idle:
		return ", shape=circle"
	case n.Kind.Role() == engine.RoleEnd:
		return ", peripheries=2"
	case n.Kind.Role() == engine.RoleDecision:
		return ", shape=diamond, style=\"\""
	case n.Kind.Silent():
		return ", shape=component, style=\"\""
	default:
		return ""
	}
}

// dotEscapes escapes what Graphviz would read as its own syntax.
var dotEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

func quoted(s string) string { return `"` + dotEscapes.Replace(s) + `"` }
