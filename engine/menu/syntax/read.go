package syntax

import (
	"io/fs"
	"strings"

	"github.com/paytrace/paytrace/engine/diag"
)

// Read reads the menu file name ("paytrace.yaml") with its includes and translations
// from one folder. Positions show the file's path below dir. The File is never nil: a
// part that can't be read is left out, and a diagnostic says why. Read opens nothing
// outside fsys and refuses a name with a folder in it.
func Read(fsys fs.FS, name, dir string) (*File, diag.List) {
	p := &reader{
		fsys:  fsys,
		dir:   dir,
		file:  &File{Name: strings.TrimSuffix(name, ".yaml")},
		named: map[string]Text{},
	}
	if root := p.open(name, Text{}); root != nil {
		p.menu(root)
		p.includes()
	}
	p.shareOptions()
	p.nameConditions()
	p.dialScreens()
	p.translations()
	p.sameNames()
	p.out.Sort()
	return p.file, p.out
}
