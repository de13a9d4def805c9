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
	Files  []string `arg:"" optional:"" help:"Menu files, or folders of them; ./menus, or the embedded ones, if none is named."`
	JSON   bool     `name:"json" help:"Findings as JSON." xor:"form"`
	SARIF  bool     `name:"sarif" help:"Findings as SARIF 2.1.0, for code hosts." xor:"form"`
	GitHub bool     `name:"github" help:"Findings as annotations of a GitHub workflow." xor:"form"`
	Watch  bool     `help:"Check again whenever a menu changes, until Ctrl-C."`
}

func (checkCmd) Help() string {
	return `Exit status 1 if a menu can't be published: for an error, or for a warning
that no "# allow CODE: reason" covers.

Example:
  paytrace check`
}

// Run checks menus and prints what it finds.
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

// together finds what menus that are served at once, those of one folder, have
// against each other.
func together(all []checked, w io.Writer) (err error) {
	for len(all) > 0 {
		var programs []*engine.Program
		for folder := all[0].folder; len(all) > 0 && all[0].folder == folder; all = all[1:] {
			programs = append(programs, all[0].program)
		}
		if _, against := runner.NewCatalog(programs...); against != nil {
			fmt.Fprintln(w, against)
			err = outcome{exitDiagnostics}
		}
	}
	return err
}

// checked is a menu file and what was found in it.
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
		if allowed := c.allowed(); allowed == len(c.found) {
			fmt.Fprintf(w, "%s: nothing to say against it%s\n", c.path, exceptions(allowed))
		}
	}
	return nil
}

// allowed is how many of the findings an exception with a reason covers.
func (c checked) allowed() int {
	n := 0
	for _, f := range c.found {
		if f.Suppressed {
			n++
		}
	}
	return n
}

// exceptions is a number of them in words, "" for none.
func exceptions(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return ", 1 exception with its reason"
	}
	return fmt.Sprintf(", %d exceptions with their reasons", n)
}
