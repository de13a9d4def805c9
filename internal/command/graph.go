package command

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/dialscript/coverage"
	"github.com/paytrace/paytrace/engine/graph"
	"github.com/paytrace/paytrace/engine/sample"
	"github.com/paytrace/paytrace/engine/spelling"
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
prints what a caller dials and types to reach each screen, and the conditions of
the path. Answers to questions are those of people.yaml, or invented.

Example:
  paytrace graph --format svg >menu.svg`
}

// Run draws a menu.
func (v graphCmd) Run(ctx context.Context, std streams) error {
	built, err := std.own.Contracts()
	if err != nil {
		return err
	}
	program, err := oneProgram(v.Menu, built, "", std)
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
		return v.paths(std, program, g)
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

// paths prints how to reach every screen that callers see. Every path is one that a
// call can take, from the dialled code on.
func (v graphCmd) paths(std streams, program *engine.Program, g *graph.Graph) error {
	people, err := v.people(program, std)
	if err != nil {
		return err
	}
	screens := coverage.Of(program)
	if err := screens.FindPaths(people, coverage.Screens); err != nil {
		return err
	}
	table := [][]string{{"SCREEN", "TYPED", "IF"}}
	for _, it := range screens.Items {
		if it.Group == coverage.Screens && (v.Screen == "" || v.Screen == it.Screen) {
			table = append(table, pathRow(it, g))
		}
	}
	return printTable(std.out, table)
}

// people reads the personas of the menu's folder. It adds a number for each question
// that asks for one.
func (v graphCmd) people(program *engine.Program, std streams) (*engine.Personas, error) {
	folder, _, err := oneMenu(std.own, v.Menu)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	read, err := peopleOf(std.own, folder, std.err)
	if err != nil {
		return nil, err
	}
	people := *read
	people.Numbers = slices.Clone(people.Numbers)
	for _, asked := range program.Definition().Vars {
		if digits, ok := dialscript.RealNumber(sample.Typed(asked.Type)); ok && asked.Type.Kind == engine.KindPhone {
			people.Numbers = append(people.Numbers, digits)
		}
	}
	return &people, nil
}

// pathRow returns the row of a screen: its name, what is typed, and what the path needs.
func pathRow(it *coverage.Item, g *graph.Graph) []string {
	switch {
	case it.Unsearched:
		return []string{it.Screen, "-", "no path was found before the search stopped at its limit"}
	case it.Path == nil:
		return []string{it.Screen, "-", it.Why}
	}
	needs := slices.Clone(it.Path.Given)
	for _, m := range it.Path.Moves {
		for _, e := range g.Out(m.Screen) {
			if e.Trigger == m.Trigger && e.Needs != "" && !slices.Contains(needs, e.Needs) {
				needs = append(needs, e.Needs)
			}
		}
	}
	typed := make([]string, len(it.Path.Keys))
	for i, key := range it.Path.Keys {
		typed[i] = key
		if key == "" {
			typed[i] = `""`
		}
	}
	return []string{it.Screen, strings.Join(typed, " "), strings.Join(needs, "; ")}
}
