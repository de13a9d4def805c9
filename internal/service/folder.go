package service

import (
	"io/fs"
	"os"
	"path"
	"sort"
	"strings"
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
	// DefaultFolder is read where it is there and no other is named.
	DefaultFolder = "menus"
	// embedded stands before the files that are in the program itself.
	embedded = "embedded"
)

// OpenDir opens a folder that positions and persons see under names of their
// own.
func OpenDir(at, dir, shown string) (*Folder, error) {
	root, err := inTime(readWithin, func() (*os.Root, error) { return os.OpenRoot(at) })
	if err != nil {
		return nil, err
	}
	return &Folder{FS: newReadOnce(root), Dir: dir, Shown: shown, close: root.Close}, nil
}

// Embedded reports whether the menus are in the program itself.
func (f *Folder) Embedded() bool { return f.Shown == embedded }

// Close closes the folder. It was only read, so nothing can be lost.
func (f *Folder) Close() {
	if f.close != nil {
		_ = f.close()
	}
}

// firstMenu answers service codes that no menu has.
const firstMenu = "paytrace.yaml"

// Menus lists the menu files of the folder, sorted, with paytrace.yaml first. A file
// that is meant as one, or that can't be read, is among them: reading it as a menu says
// what is wrong with it.
func (f *Folder) Menus() ([]string, error) {
	files, err := f.look()
	if err != nil {
		return nil, err
	}
	var names []string
	for name, o := range files {
		if o.kind == menuFile {
			names = append(names, name)
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

// freeze reads the folder's menus now, so that no file changes while they are compiled.
func (f *Folder) freeze() error {
	names, err := fs.Glob(f.FS, "*.yaml")
	if err != nil {
		return err
	}
	if len(names) > maxMenuFiles {
		return usagef("the folder %s has %d menu files, more than %d; name a folder with menus only", f.Shown, len(names), maxMenuFiles)
	}
	if once, ok := f.FS.(*readOnce); ok {
		once.freeze(names)
	}
	return nil
}
