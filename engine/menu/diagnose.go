package menu

import (
	"io/fs"

	"github.com/paytrace/paytrace/engine"
)

// Diagnose reads and checks a menu: every finding there is, sorted.
func Diagnose(fsys fs.FS, name, dir string, contracts []engine.Contract) (*File, Findings) {
	file, found := Read(fsys, name, dir)
	found = append(found, Check(file, contracts)...)
	found.Sort()
	return file, found
}
