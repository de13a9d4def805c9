// Play shows what the stages make of a menu: its diagnostics, its standard form, its
// drawing, how its dial script goes, and what further scripts cover of it.
//
//	play MENU.yaml SCRIPT.dial
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/dialscript/coverage"
	"github.com/paytrace/paytrace/engine/graph"
	"github.com/paytrace/paytrace/engine/menu/check"
	"github.com/paytrace/paytrace/engine/menu/compile"
	"github.com/paytrace/paytrace/engine/menu/rewrite"
	"github.com/paytrace/paytrace/engine/menu/schema"
	"github.com/paytrace/paytrace/store/memory"
)

func main() {
	if err := run(os.Stdout, os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(w io.Writer, menu, script string) error {
	file, found := check.Diagnose(os.DirFS(filepath.Dir(menu)), filepath.Base(menu), "", nil)
	for _, d := range found {
		fmt.Fprintln(w, d)
	}
	if found.Bad() {
		return nil
	}
	formatted, err := rewrite.FormatMenu(file, found)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%s\n", formatted[0].Bytes)
	p, err := compile.Compile(file, nil, compile.Options{})
	if err != nil {
		return err
	}
	for _, draw := range []func(io.Writer) error{graph.Of(p).DOT, graph.Of(p).Mermaid} {
		if err := draw(w); err != nil {
			return err
		}
	}
	if err := described(w); err != nil {
		return err
	}
	return played(w, p, script)
}

// described prints what an editor says about the key "note" of a screen.
func described(w io.Writer) error {
	source, err := schema.Schema("menu")
	if err != nil {
		return err
	}
	var form struct {
		Properties struct {
			Screens struct {
				PatternProperties map[string]struct {
					Properties map[string]struct{ Description string }
				}
			}
		}
	}
	if err := json.Unmarshal(source, &form); err != nil {
		return err
	}
	for _, screen := range form.Properties.Screens.PatternProperties {
		fmt.Fprintf(w, "\nnote: %s\n", screen.Properties["note"].Description)
	}
	return nil
}

func played(w io.Writer, p *engine.Program, script string) error {
	source, err := os.ReadFile(script)
	if err != nil {
		return err
	}
	people := &engine.Personas{List: []engine.Persona{{Name: "Amina", Phone: "254712345678"}}}
	file, found := dialscript.Parse(filepath.Base(script), source)
	for _, d := range append(found, dialscript.Check(file, people)...) {
		fmt.Fprintln(w, d)
	}
	local := &dialscript.InProcess{
		Menus:      []*engine.Program{p},
		NewRecords: func(now func() time.Time) dialscript.Records { return memory.NewSessions(now) },
	}
	player := &dialscript.Player{Codes: []string{p.Codes()[0].Dial}, KeepGoing: true}
	play := func(calls []*dialscript.Call) []dialscript.Result {
		return dialscript.Run(context.Background(), player, local, people, calls, dialscript.Options{Parallel: 1})
	}
	var calls []*dialscript.Call
	for i := range file.Calls {
		calls = append(calls, &file.Calls[i])
	}
	results := play(calls)
	for _, r := range results {
		fmt.Fprintf(w, "\n%s: passed %t %v\n", r.Call.Title, r.Status == dialscript.Passed, r.Problems)
	}
	author := &coverage.Author{
		People: people, Play: play,
		Path:  func(p *engine.Program) string { return p.Name() + ".dial" },
		Taken: func(*engine.Program) []string { return nil },
	}
	menus, drafts, err := author.Suggest([]*engine.Program{p}, results)
	if err != nil {
		return err
	}
	for _, d := range drafts {
		fmt.Fprintf(w, "\n%s", dialscript.Format(d.File))
	}
	fmt.Fprintf(w, "\n%d %% covered\n", menus[0].Total().Percent())
	return nil
}
