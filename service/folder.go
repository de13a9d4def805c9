package service

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"sort"
	"strings"
	"testing/fstest"

	"github.com/paytrace/paytrace/engine/menu/syntax"
	"github.com/paytrace/paytrace/menus"
)

// A Folder holds menus and the files beside them: translations, actions.yaml,
// people.yaml and dial scripts.
type Folder struct {
	FS fs.FS
	// Dir stands before file names in positions; "" for the working folder.
	Dir string
	// Shown names the folder for a person.
	Shown string

	close func() error
}

const (
	// DefaultFolder is read where it has menus and no other is named.
	DefaultFolder = "menus"
	// embedded stands before the files that are in the program itself.
	embedded = "embedded"
)

// OpenFolder opens the folder named, else ./menus, else the embedded menus.
// Nothing outside the folder can be read through it.
func OpenFolder(dir string) (*Folder, error) {
	if dir == "" {
		has, err := hasMenus(&Folder{FS: os.DirFS(DefaultFolder)})
		if err != nil {
			return nil, err
		}
		if !has {
			return EmbeddedFolder(), nil
		}
		dir = DefaultFolder
	}
	shown := dir
	if !strings.HasPrefix(dir, "/") && !strings.HasPrefix(dir, ".") {
		shown = "./" + dir
	}
	f, err := OpenDir(dir, dir, shown)
	if err != nil {
		return nil, usagef("menus: %w; name a folder that is there", err)
	}
	return f, nil
}

// OpenDir opens a folder that positions and persons see under names of their
// own.
func OpenDir(at, dir, shown string) (*Folder, error) {
	root, err := os.OpenRoot(at)
	if err != nil {
		return nil, err
	}
	return &Folder{FS: root.FS(), Dir: dir, Shown: shown, close: root.Close}, nil
}

// EmbeddedFolder returns the menus that are in the program itself.
func EmbeddedFolder() *Folder { return &Folder{FS: menus.FS, Dir: embedded, Shown: embedded} }

// Embedded reports whether the menus are in the program itself.
func (f *Folder) Embedded() bool { return f.Shown == embedded }

// Close closes the folder. It was only read, so nothing can be lost.
func (f *Folder) Close() {
	if f.close != nil {
		_ = f.close()
	}
}

// hasMenus reports whether ./menus is a folder with menus. YAML files without a
// menu among them are a mistake, and an error.
func hasMenus(f *Folder) (bool, error) {
	names, err := f.Menus()
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("menus: %w", err)
	}
	others, err := fs.Glob(f.FS, "*.yaml")
	if err != nil {
		return false, fmt.Errorf("menus: %w", err)
	}
	if len(names) == 0 && len(others) > 0 {
		return false, usagef("menus: no file in ./%s is a menu: %s lacks the line \"ussd: 1\"", DefaultFolder, strings.Join(others, ", "))
	}
	return len(names) > 0, nil
}

// firstMenu answers service codes that no menu has.
const firstMenu = "paytrace.yaml"

// Menus lists the menu files of the folder, sorted, with paytrace.yaml first.
func (f *Folder) Menus() ([]string, error) {
	entries, err := fs.ReadDir(f.FS, ".")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".yaml")
		if !ok || e.IsDir() || strings.Contains(name, ".") {
			continue
		}
		is, err := f.IsMenu(e.Name())
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

// IsMenu reports whether a file says which version of the menu language it is
// in. Included parts and translations do not.
func (f *Folder) IsMenu(name string) (bool, error) {
	file, err := f.FS.Open(name)
	if err != nil {
		return false, err
	}
	head, err := io.ReadAll(io.LimitReader(file, syntax.MaxFileBytes))
	err = errors.Join(err, file.Close())
	return bytes.HasPrefix(head, []byte("ussd:")) || bytes.Contains(head, []byte("\nussd:")), err
}

// Path returns a file's name as positions show it.
func (f *Folder) Path(name string) string {
	return path.Join(f.Dir, name)
}

// Source returns a file's bytes by the path that positions show, nil where it
// can't be read.
func (f *Folder) Source(shown string) []byte {
	name := strings.TrimPrefix(strings.TrimPrefix(shown, f.Dir), "/")
	b, err := fs.ReadFile(f.FS, name)
	if err != nil {
		return nil
	}
	return b
}

// maxMenuFiles bounds how many files of a folder are read at once: a service has
// a handful.
const maxMenuFiles = 1000

// freeze copies the folder's menus into memory, where no file changes while they
// are compiled.
func (f *Folder) freeze() error {
	names, err := fs.Glob(f.FS, "*.yaml")
	if err != nil {
		return err
	}
	if len(names) > maxMenuFiles {
		return usagef("the folder %s has %d menu files, more than %d; name a folder with menus only", f.Shown, len(names), maxMenuFiles)
	}
	frozen := fstest.MapFS{}
	for _, name := range names {
		b, err := readMost(f.FS, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // renamed meanwhile; the next look finds it
		}
		if err != nil {
			return err
		}
		frozen[name] = &fstest.MapFile{Data: b}
	}
	f.FS = frozen
	return nil
}

// readMost reads a file, and of one that is too long just enough to see that.
func readMost(fsys fs.FS, name string) ([]byte, error) {
	file, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(file, syntax.MaxFileBytes+1))
	return b, errors.Join(err, file.Close())
}
