package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu"
)

type checkCmd struct {
	Files  []string `arg:"" optional:"" help:"Menu files; all menus of ./menus, or the embedded ones, if none is named."`
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
	box, err := sandbox(ctx, time.Now)
	if err != nil {
		return err
	}
	defer box.drop()
	if v.Watch {
		return v.watch(ctx, box.table.Contracts(), std)
	}
	return v.once(box.table.Contracts(), std)
}

func (v checkCmd) once(contracts []engine.Contract, std streams) error {
	checked, err := checkAll(v.Files, contracts, std.err)
	if err != nil {
		return err
	}
	defer func() {
		for _, c := range checked {
			c.folder.close()
		}
	}()
	if err := v.print(std.out, checked); err != nil {
		return err
	}
	for _, c := range checked {
		if c.found.Bad() {
			return outcome{exitFindings}
		}
	}
	return v.together(checked, std.err)
}

// together finds what menus that are served at once have against each other.
func (v checkCmd) together(all []checked, w io.Writer) error {
	if len(v.Files) > 0 {
		return nil
	}
	var programs []*engine.Program
	for _, c := range all {
		programs = append(programs, c.program)
	}
	if _, err := engine.NewCatalog(programs...); err != nil {
		fmt.Fprintln(w, err)
		return outcome{exitFindings}
	}
	return nil
}

// checked is a menu file and what was found in it.
type checked struct {
	folder  *menuFolder
	path    string
	program *engine.Program
	found   menu.Findings
}

// checkAll checks the menus named, or all of the default folder, against the
// actions that are built and those that their folder declares.
func checkAll(files []string, built []engine.Contract, w io.Writer) ([]checked, error) {
	var all []checked
	if len(files) == 0 {
		folder, err := openMenus("")
		if err != nil {
			return nil, err
		}
		names, err := menuFiles(folder.fsys)
		if err != nil {
			return nil, err
		}
		contracts, err := folder.contracts(built, w)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			program, found := menu.Load(folder.fsys, name, folder.dir, contracts, menu.Options{})
			all = append(all, checked{folder, filepath.Join(folder.dir, name), program, found})
		}
		return all, nil
	}
	for _, file := range files {
		folder, name, err := folderOf(file)
		if err != nil {
			return nil, err
		}
		contracts, err := folder.contracts(built, w)
		if err != nil {
			return nil, err
		}
		program, found := menu.Load(folder.fsys, name, folder.dir, contracts, menu.Options{})
		all = append(all, checked{folder, file, program, found})
	}
	return all, nil
}

// folderOf opens the folder a menu file lies in.
func folderOf(file string) (*menuFolder, string, error) {
	info, err := os.Stat(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil, "", misuse{fmt.Errorf("there is no file %s; name one that is there, or none for all of ./%s", file, defaultMenus)}
	}
	if err != nil {
		return nil, "", misuse{err}
	}
	if info.IsDir() {
		return nil, "", misuse{fmt.Errorf("%s is a folder; name a menu file in it", file)}
	}
	dir, name := filepath.Split(file)
	if dir == "" {
		dir = "."
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, "", misuse{err}
	}
	shown := filepath.Clean(dir)
	if shown == "." {
		shown = ""
	}
	return &menuFolder{fsys: root.FS(), dir: shown, shown: dir, close: letGo(root)}, name, nil
}

func (v checkCmd) print(w io.Writer, all []checked) error {
	var found menu.Findings
	for _, c := range all {
		found = append(found, c.found...)
	}
	switch {
	case v.JSON:
		return menu.JSON(w, found)
	case v.SARIF:
		return menu.SARIF(w, found, version(), titleOf)
	case v.GitHub:
		return menu.GitHub(w, found)
	}
	for _, c := range all {
		if err := printFindings(w, c.found, c.folder); err != nil {
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
		if f.Allowed {
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
