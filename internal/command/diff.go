package command

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/menu/compat"
	"github.com/paytrace/paytrace/internal/service"
)

type diffCmd struct {
	Old  string `arg:"" help:"Old version: a menu file or folder, or REVISION:PATH in git."`
	New  string `arg:"" help:"New version: a menu file or folder, or REVISION:PATH in git."`
	JSON bool   `name:"json" help:"Print JSON."`
}

func (diffCmd) Help() string {
	return `Compares two versions of a menu. Shows every change that callers, calls in progress
or dial scripts notice. Errors and warnings break something for them. Infos (U808)
break nothing. The exit status is 1 if there is an error or a warning.

Example:
  paytrace diff HEAD~1:menus menus`
}

// Run compares two versions.
func (v diffCmd) Run(ctx context.Context, std streams) error {
	contracts, err := std.own.Contracts()
	if err != nil {
		return err
	}
	old, err := versionAt(ctx, v.Old, contracts, std)
	if err != nil {
		return err
	}
	next, err := versionAt(ctx, v.New, contracts, std)
	if err != nil {
		return err
	}
	pairs, gone := paired(old, next)
	found := gone
	for _, p := range pairs {
		found = append(found, compared(p[0], p[1], next.scripts)...)
	}
	for _, p := range next.programs {
		if !slices.ContainsFunc(pairs, func(pair [2]*engine.Program) bool { return pair[1] == p }) {
			found = append(found, diag.Diagnostic{
				Code: "U808", Severity: diag.Info, Pos: p.Codes()[0].Pos, Length: 1,
				Message: fmt.Sprintf("The menu %s is new, at %s.", p.Name(), p.Codes()[0].Dial),
			})
		}
	}
	if err := v.print(std.out, found); err != nil {
		return err
	}
	if found.Bad() {
		return outcome{exitDiagnostics}
	}
	return nil
}

func (v diffCmd) print(w io.Writer, found diag.List) error {
	found.Sort()
	if v.JSON {
		return diag.JSON(w, found)
	}
	return diag.Text(w, found, nil, service.Coloured(w))
}

// compared lists everything that those who know the old version notice of a new one.
func compared(old, next *engine.Program, scripts []*dialscript.File) diag.List {
	var codes []string
	for _, c := range append(slices.Clone(old.Codes()), next.Codes()...) {
		codes = append(codes, c.Dial)
	}
	named := map[string][]engine.Pos{}
	for _, f := range scripts {
		for screen, at := range dialscript.NamedScreens(f, codes) {
			named[screen] = append(named[screen], at...)
		}
	}
	return compat.Compare(old, next, named)
}

// paired pairs the menus of both sides by name, or the only one of each. A menu
// that is gone gives a diagnostic for each of its codes.
func paired(old, next *edition) (pairs [][2]*engine.Program, gone diag.List) {
	if len(old.programs) == 1 && len(next.programs) == 1 {
		return [][2]*engine.Program{{old.programs[0], next.programs[0]}}, nil
	}
	for _, was := range old.programs {
		i := slices.IndexFunc(next.programs, func(now *engine.Program) bool { return now.Name() == was.Name() })
		if i >= 0 {
			pairs = append(pairs, [2]*engine.Program{was, next.programs[i]})
			continue
		}
		for _, c := range was.Codes() {
			gone = append(gone, diag.Diagnostic{
				Code: "U805", Severity: diag.Warning, Pos: c.Pos, Length: 1,
				Message: fmt.Sprintf("The menu %s is gone; calls to %s are answered by %s.", was.Name(), c.Dial, answering(next, c.Dial)),
				Help:    "Keep the code as long as it is printed anywhere.",
			})
		}
	}
	return pairs, gone
}

// answering says who answers a code: the menu that has it, or the default.
func answering(v *edition, code string) string {
	for _, p := range v.programs {
		for _, c := range p.Codes() {
			if c.Dial == code {
				return "the menu " + p.Name() + " now"
			}
		}
	}
	return "the default menu now, if there is one"
}
