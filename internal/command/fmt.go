package command

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/menu/rewrite"
	"github.com/paytrace/paytrace/engine/menu/syntax"
	"github.com/paytrace/paytrace/internal/service"
)

type fmtCmd struct {
	Files []string `arg:"" optional:"" help:"Menus, dial scripts, actions.yaml, people.yaml, patterns or folders of them (default: ./menus)."`
	Check bool     `help:"Write nothing: list the files that are not formatted, and exit with status 1 if there are any."`
}

func (fmtCmd) Help() string {
	return `Order, comments and meaning stay. A menu is formatted together with the files it
includes and its translations.

Example:
  paytrace fmt --check`
}

// Run formats files in place.
func (v fmtCmd) Run(_ context.Context, std streams) error {
	files, err := v.files(std.own)
	if err != nil {
		return err
	}
	changed, done := 0, map[string]bool{}
	for _, file := range files {
		formatted, err := formatOne(file)
		if err != nil {
			return err
		}
		for _, f := range formatted {
			name := filepath.Join(filepath.Dir(file), f.Name)
			if !f.Changed() || done[name] {
				continue
			}
			changed++
			done[name] = true // a menu and its part may both be named
			fmt.Fprintln(std.out, name)
			if v.Check {
				continue
			}
			if err := replaceFile(name, f.Bytes); err != nil {
				return err
			}
		}
	}
	if v.Check && changed > 0 {
		return outcome{exitDiagnostics}
	}
	return nil
}

// files lists the menus and scripts named, or all of the default folder.
func (v fmtCmd) files(own service.Program) ([]string, error) {
	if len(v.Files) > 0 {
		return inFolders(own, v.Files)
	}
	folder, err := own.OpenFolder("")
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	if folder.Embedded() {
		if v.Check {
			return nil, nil // what is in the program was formatted before
		}
		return nil, misuse{fmt.Errorf("there is no folder %s here; name the files to format", service.DefaultFolder)}
	}
	return filesOf(folder)
}

// inFolders replaces each folder by its files.
func inFolders(own service.Program, named []string) (files []string, err error) {
	if named, err = matching(named); err != nil {
		return nil, err
	}
	for _, name := range named {
		if !folderNamed(name) {
			files = append(files, name) // its errors are reported where it is read
			continue
		}
		folder, err := own.OpenFolder(name)
		if err != nil {
			return nil, err
		}
		all, err := filesOf(folder)
		folder.Close()
		if err != nil {
			return nil, err
		}
		if len(all) == 0 {
			return nil, misuse{fmt.Errorf("there is nothing to format in %s: no menu, dial script, actions.yaml or people.yaml", name)}
		}
		files = append(files, all...)
	}
	return files, nil
}

// filesOf lists the files of a folder that can be formatted.
func filesOf(folder *service.Folder) ([]string, error) {
	names, err := folder.Menus()
	if err != nil {
		return nil, err
	}
	scripts, err := fs.Glob(folder.FS, "*.dial")
	if err != nil {
		return nil, err
	}
	names = append(names, scripts...)
	for _, name := range beside {
		if _, err := fs.Stat(folder.FS, name); err == nil {
			names = append(names, name)
		}
	}
	var files []string
	for _, name := range names {
		files = append(files, filepath.Join(folder.Dir, name))
	}
	return files, nil
}

// beside names the other files that may lie beside menus.
var beside = []string{syntax.DeclaredFile, service.PeopleFile}

// formatOne formats a menu with its files, or a dial script.
func formatOne(file string) ([]rewrite.Formatted, error) {
	folder, name, err := folderOf(file)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	switch {
	case strings.HasSuffix(name, ".dial"):
		return formatScript(folder, name)
	case slices.Contains(beside, name):
		return formatBeside(folder, name)
	}
	hosts, err := folder.Hosts(name)
	if err != nil {
		return nil, err
	}
	if len(hosts) > 0 {
		name = hosts[0] // a part or a translation is formatted with its menu
	}
	read, found := syntax.Read(folder.FS, name, folder.Dir)
	formatted, err := rewrite.FormatMenu(read, found)
	if errors.Is(err, rewrite.ErrFormat) {
		return nil, misuse{err}
	}
	return formatted, err
}

func formatBeside(folder *service.Folder, name string) ([]rewrite.Formatted, error) {
	source, err := fs.ReadFile(folder.FS, name)
	if err != nil {
		return nil, err
	}
	formatted, err := rewrite.FormatBeside(filepath.Join(folder.Dir, name), source)
	if errors.Is(err, rewrite.ErrFormat) {
		return nil, misuse{err}
	}
	return []rewrite.Formatted{formatted}, err
}

func formatScript(folder *service.Folder, name string) ([]rewrite.Formatted, error) {
	source, err := fs.ReadFile(folder.FS, name)
	if err != nil {
		return nil, misuse{err}
	}
	script, found := dialscript.Parse(filepath.Join(folder.Dir, name), source)
	if d, failed := dialscript.FirstError(found); failed {
		return nil, misuse{fmt.Errorf("not formatted: %s", d)}
	}
	return []rewrite.Formatted{{Name: name, Old: source, Bytes: dialscript.Format(script)}}, nil
}

// replaceFile writes a file beside the old one and renames it: no reader sees
// half of it. The new file has the old one's permissions.
func replaceFile(name string, b []byte) (err error) {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	at, err := filepath.EvalSymlinks(name)
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(at), ".paytrace-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(tmp.Name()))
		}
	}()
	_, err = tmp.Write(b)
	if err = errors.Join(err, tmp.Chmod(info.Mode().Perm()), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), at)
}
