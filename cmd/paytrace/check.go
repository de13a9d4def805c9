package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/service"
)

type checkCmd struct {
	Files  []string `arg:"" optional:"" help:"Menu files, or folders of them (default: ./menus, or the embedded ones)."`
	JSON   bool     `name:"json" help:"Print diagnostics as JSON." xor:"form"`
	SARIF  bool     `name:"sarif" help:"Print diagnostics as SARIF 2.1.0, for code hosts." xor:"form"`
	GitHub bool     `name:"github" help:"Print diagnostics as annotations of a GitHub workflow." xor:"form"`
	Watch  bool     `help:"Check again whenever a menu changes, until Ctrl-C."`
}

func (checkCmd) Help() string {
	return `The exit status is 1 if a menu can't be published: because of an error, or of a
warning that no "# allow CODE: reason" covers.

Example:
  paytrace check`
}

// Run checks menus and prints their diagnostics.
func (v checkCmd) Run(ctx context.Context, std streams) error {
	box, err := service.NewSandbox(ctx, time.Now, nil)
	if err != nil {
		return err
	}
	defer box.Close()
	if v.Watch {
		return v.watch(ctx, box.Actions.Contracts(), std)
	}
	return v.once(box.Actions.Contracts(), std)
}

func (v checkCmd) once(contracts []engine.Contract, std streams) error {
	checked, err := checkAll(v.Files, contracts, std.err)
	if err != nil {
		return err
	}
	defer func() {
		for _, c := range checked {
			c.folder.Close()
		}
	}()
	if err := v.print(std.out, checked); err != nil {
		return err
	}
	for _, c := range checked {
		if c.found.Bad() {
			return outcome{exitDiagnostics}
		}
	}
	return together(checked, std.err)
}

// together checks that menus of one folder, which are served at once, do not
// contradict each other.
func together(all []checked, w io.Writer) (err error) {
	for len(all) > 0 {
		var programs []*engine.Program
		for folder := all[0].folder; len(all) > 0 && all[0].folder == folder; all = all[1:] {
			programs = append(programs, all[0].program)
		}
		if _, conflict := runner.NewCatalog(programs...); conflict != nil {
			fmt.Fprintln(w, conflict)
			err = outcome{exitDiagnostics}
		}
	}
	return err
}

// checked is a menu file with its diagnostics.
type checked struct {
	folder  *service.Folder
	path    string
	program *engine.Program
	found   diag.List
}

// checkAll checks the menus and folders named, or the default folder, against the
// actions that are built and those that their folder declares.
func checkAll(named []string, built []engine.Contract, w io.Writer) ([]checked, error) {
	if len(named) == 0 {
		named = []string{""}
	}
	var all []checked
	for _, name := range named {
		folder, files, err := menusAt(name)
		if err != nil {
			return nil, err
		}
		contracts, err := folder.Contracts(built, w)
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			program, found := menu.Load(folder.FS, file, folder.Dir, contracts, menu.Options{})
			all = append(all, checked{folder, filepath.Join(folder.Dir, file), program, found})
		}
	}
	return all, nil
}

func (v checkCmd) print(w io.Writer, all []checked) error {
	var found diag.List
	for _, c := range all {
		found = append(found, c.found...)
	}
	switch {
	case v.JSON:
		return diag.JSON(w, found)
	case v.SARIF:
		return diag.SARIF(w, found, service.Version(), titleOf)
	case v.GitHub:
		return diag.GitHub(w, found)
	}
	for _, c := range all {
		if err := c.folder.Print(w, c.found); err != nil {
			return err
		}
		if n := suppressed(c.found); n == len(c.found) {
			fmt.Fprintf(w, "%s: ok%s\n", c.path, suppressions(n))
		}
	}
	_, err := fmt.Fprintln(w, summary(found, len(all)))
	return err
}

func suppressed(found diag.List) (n int) {
	for _, d := range found {
		if d.Suppressed {
			n++
		}
	}
	return n
}

func suppressions(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" (%d suppressed)", n)
}

// summary counts the diagnostics that are shown: "2 errors, 1 warning in 3
// files".
func summary(found diag.List, files int) string {
	count := map[diag.Severity]int{}
	for _, d := range found {
		if !d.Suppressed {
			count[d.Severity]++
		}
	}
	line := counted(count[diag.Error], "error", "errors") + ", " + counted(count[diag.Warning], "warning", "warnings")
	if n := count[diag.Info]; n > 0 {
		line += fmt.Sprintf(", %d info", n)
	}
	return line + " in " + counted(files, "file", "files")
}
