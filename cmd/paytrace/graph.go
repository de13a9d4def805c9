package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/graph"
	"github.com/paytrace/paytrace/engine/spelling"
	"github.com/paytrace/paytrace/service"
)

type graphCmd struct {
	Menu   string `arg:"" optional:"" help:"Menu file (default: the first menu of ./menus, or the embedded one)."`
	Format string `default:"mermaid" enum:"mermaid,dot,svg" help:"mermaid, dot or svg (${default})."`
	Screen string `help:"Only this screen, with the screens before and after it." placeholder:"NAME"`
	Paths  bool   `help:"List the shortest path to every screen, instead of a drawing."`
	All    bool   `help:"Also draw the home key of every screen, and the built-in texts that end a call."`
	Lang   string `help:"Language of the texts (default: the menu's first)." placeholder:"CODE"`
}

func (graphCmd) Help() string {
	return `Markdown pages draw mermaid, Graphviz draws dot, and browsers show svg. --paths
prints what a caller types to reach each screen, as a gateway sends it, and the
conditions of the path. Answers to questions are invented.

Example:
  paytrace graph --format svg >menu.svg`
}

// Run draws a menu.
func (v graphCmd) Run(ctx context.Context, std streams) error {
	box, err := service.NewSandbox(ctx, time.Now, nil)
	if err != nil {
		return err
	}
	defer box.Close()
	program, err := oneProgram(v.Menu, box, "", std)
	if err != nil {
		return err
	}
	lang, err := languageOf(program, v.Lang)
	if err != nil {
		return err
	}
	g := graph.In(program, lang)
	if v.Screen != "" {
		if err := knownScreen(g, v.Screen); err != nil {
			return err
		}
	}
	if v.Paths {
		return v.paths(std.out, g)
	}
	if !v.All {
		g = g.Plain()
	}
	if v.Screen != "" {
		g = g.Around(v.Screen)
	}
	switch v.Format {
	case "dot":
		return g.DOT(std.out)
	case "svg":
		return g.SVG(std.out)
	default:
		return g.Mermaid(std.out)
	}
}

// languageOf returns the index of a language of the program.
func languageOf(p *engine.Program, code string) (int, error) {
	if code == "" {
		return 0, nil
	}
	var codes []string
	for i, l := range p.Definition().Languages {
		if l.Code == code {
			return i, nil
		}
		codes = append(codes, l.Code)
	}
	return 0, misuse{fmt.Errorf("--lang: found %q, expected a language of this menu: %s", code, strings.Join(codes, ", "))}
}

func knownScreen(g *graph.Graph, name string) error {
	if _, ok := g.Node(name); ok {
		return nil
	}
	var names []string
	for i := range g.Nodes {
		names = append(names, g.Nodes[i].Name)
	}
	if near, ok := spelling.Suggest(name, names); ok {
		return misuse{fmt.Errorf("--screen: there is no screen %q; did you mean %q?", name, near)}
	}
	return misuse{fmt.Errorf("--screen: there is no screen %q in this menu", name)}
}

// paths prints how to reach every screen that callers see.
func (v graphCmd) paths(w io.Writer, g *graph.Graph) error {
	table := [][]string{{"SCREEN", "TYPED", "IF"}}
	for _, p := range g.Paths() {
		n, _ := g.Node(p.To)
		if !n.Shown() || n.Builtin() && !v.All || v.Screen != "" && v.Screen != p.To {
			continue
		}
		keys := p.Keys()
		if keys == "" {
			keys = "-"
		}
		table = append(table, []string{p.To, keys, strings.Join(p.Needs(), "; ")})
	}
	for _, name := range g.Unreached() {
		if v.Screen == "" || v.Screen == name {
			table = append(table, []string{name, "no path leads here", ""})
		}
	}
	return printTable(w, table)
}
