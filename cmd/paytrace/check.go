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
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu"
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
		if _, against := engine.NewCatalog(programs...); against != nil {
			fmt.Fprintln(w, against)
			err = outcome{exitFindings}
		}
	}
	return err
}

// checked is a menu file and what was found in it.
type checked struct {
	folder  *menuFolder
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
		contracts, err := folder.contracts(built, w)
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			program, found := menu.Load(folder.fsys, file, folder.dir, contracts, menu.Options{})
			all = append(all, checked{folder, filepath.Join(folder.dir, file), program, found})
		}
	}
	return all, nil
}

// menusAt are the menus of a folder, the default one where none is named, or one
// file.
func menusAt(name string) (*menuFolder, []string, error) {
	if name != "" && !folderNamed(name) {
		folder, file, err := folderOf(name)
		return folder, []string{file}, err
	}
	folder, err := openMenus(name)
	if err != nil {
		return nil, nil, err
	}
	files, err := menuFiles(folder.fsys)
	if err == nil && len(files) == 0 {
		err = misuse{fmt.Errorf("the folder %s has no menu: no file with the line \"ussd: 1\"", folder.shown)}
	}
	return folder, files, err
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
	var found diag.List
	for _, c := range all {
		found = append(found, c.found...)
	}
	switch {
	case v.JSON:
		return diag.JSON(w, found)
	case v.SARIF:
		return diag.SARIF(w, found, version(), titleOf)
	case v.GitHub:
		return diag.GitHub(w, found)
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
