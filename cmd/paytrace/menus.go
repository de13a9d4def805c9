package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sort"
	"strings"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu"
	"github.com/paytrace/paytrace/menus"
)

// menuFolder is where menus come from: a folder, or what is embedded.
type menuFolder struct {
	fsys fs.FS
	// dir stands before file names in positions; "" for the working folder.
	dir string
	// shown is what the person is told.
	shown string
	close func()
}

// defaultMenus is the folder that is read when there is one.
const defaultMenus = "menus"

// openMenus opens the folder named, else ./menus, else what is embedded.
// Nothing outside the folder can be read through it.
func openMenus(dir string) (*menuFolder, error) {
	if dir == "" {
		has, err := hasMenus(os.DirFS(defaultMenus))
		if err != nil {
			return nil, err
		}
		if !has {
			return &menuFolder{fsys: menus.FS, dir: embedded, shown: embedded, close: func() {}}, nil
		}
		dir = defaultMenus
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, misuse{fmt.Errorf("menus: %w; name a folder that is there", err)}
	}
	shown := dir
	if !strings.HasPrefix(dir, "/") && !strings.HasPrefix(dir, ".") {
		shown = "./" + dir
	}
	return &menuFolder{fsys: root.FS(), dir: dir, shown: shown, close: letGo(root)}, nil
}

// embedded stands before the files that are in the program itself.
const embedded = "embedded"

// hasMenus reports whether ./menus is a folder with menus. One with YAML files
// of which none is a menu is a slip, and is told instead of passed over.
func hasMenus(fsys fs.FS) (bool, error) {
	names, err := menuFiles(fsys)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("menus: %w", err)
	}
	others, err := fs.Glob(fsys, "*.yaml")
	if err != nil {
		return false, fmt.Errorf("menus: %w", err)
	}
	if len(names) == 0 && len(others) > 0 {
		return false, misuse{fmt.Errorf("menus: no file in ./%s is a menu: %s lacks the line \"ussd: 1\"", defaultMenus, strings.Join(others, ", "))}
	}
	return len(names) > 0, nil
}

// letGo closes a folder that was only read: there is nothing to lose.
func letGo(root *os.Root) func() { return func() { _ = root.Close() } }

// menuFiles are the menus of a folder: YAML files that say which version of the
// language they are in. Parts that menus include, and translations, do not.
func menuFiles(fsys fs.FS) ([]string, error) {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".yaml")
		if !ok || e.IsDir() || strings.Contains(name, ".") {
			continue
		}
		is, err := isMenu(fsys, e.Name())
		if err != nil {
			return nil, err
		}
		if is {
			names = append(names, e.Name())
		}
	}
	sort.Slice(names, func(i, j int) bool {
		if a, b := names[i] == firstMenu, names[j] == firstMenu; a != b {
			return a
		}
		return names[i] < names[j]
	})
	return names, nil
}

// firstMenu answers service codes that no menu has, where it is there.
const firstMenu = "paytrace.yaml"

func isMenu(fsys fs.FS, name string) (bool, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return false, err
	}
	head, err := io.ReadAll(io.LimitReader(f, menu.MaxFileBytes))
	err = errors.Join(err, f.Close())
	return bytes.HasPrefix(head, []byte("ussd:")) || bytes.Contains(head, []byte("\nussd:")), err
}

// loadMenus compiles every menu of the folder, against the actions that are built
// and those that the folder declares. Findings are printed; a menu that cannot be
// published stops it.
func loadMenus(f *menuFolder, built []engine.Contract, language string, w io.Writer) ([]*engine.Program, error) {
	all, err := buildMenus(f, built, language, w)
	return programsOf(all), err
}

func programsOf(all []menu.Built) []*engine.Program {
	var programs []*engine.Program
	for _, b := range all {
		programs = append(programs, b.Program)
	}
	return programs
}

// buildMenus is loadMenus, with the files of each menu.
func buildMenus(f *menuFolder, built []engine.Contract, language string, w io.Writer) ([]menu.Built, error) {
	names, err := menuFiles(f.fsys)
	if err != nil {
		return nil, fmt.Errorf("menus: %w", err)
	}
	if len(names) == 0 {
		return nil, misuse{fmt.Errorf("menus: the folder %s has no menu: no .yaml file with a line \"ussd: 1\"", f.shown)}
	}
	contracts, err := f.contracts(built, w)
	if err != nil {
		return nil, err
	}
	var all []menu.Built
	bad := false
	for _, name := range names {
		b := menu.Build(f.fsys, name, f.dir, contracts, menu.Options{Language: language})
		if err := printFindings(w, b.Diagnostics, f); err != nil {
			return nil, err
		}
		bad = bad || b.Program == nil
		all = append(all, b)
	}
	if bad {
		fmt.Fprintln(w, "A menu with errors can't be served; nothing was started.")
		return nil, outcome{exitFindings}
	}
	return all, nil
}

func printFindings(w io.Writer, found diag.List, f *menuFolder) error {
	return diag.Text(w, found, f.source, false)
}

// source is a file's bytes by the path that positions show.
func (f *menuFolder) source(path string) []byte {
	name := strings.TrimPrefix(strings.TrimPrefix(path, f.dir), "/")
	b, err := fs.ReadFile(f.fsys, name)
	if err != nil {
		return nil // the finding is printed without its line
	}
	return b
}

// compileOne compiles one menu; its findings are printed.
func compileOne(f *menuFolder, name string, contracts []engine.Contract, language string, w io.Writer) (*engine.Program, error) {
	p, found := menu.Load(f.fsys, name, f.dir, contracts, menu.Options{Language: language})
	if err := printFindings(w, found, f); err != nil {
		return nil, err
	}
	if p == nil {
		return nil, outcome{exitFindings}
	}
	return p, nil
}
