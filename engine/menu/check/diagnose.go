package check

import (
	"io/fs"
	"path"
	"slices"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// Diagnose reads and checks a menu and returns its diagnostics, sorted.
func Diagnose(fsys fs.FS, name, dir string, contracts []engine.Contract) (*syntax.File, diag.List) {
	file, found := syntax.Read(fsys, name, dir)
	checked := Check(file, contracts)
	if ReadInPart(file, dir, found) {
		checked = slices.DeleteFunc(checked, func(f diag.Diagnostic) bool { return NeedsWholeMenu[f.Code] })
		stopped := unread(found)
		found = slices.DeleteFunc(found, func(f diag.Diagnostic) bool { return f.Code == "U006" && stopped })
	}
	found = append(found, checked...)
	found.Sort()
	return file, found
}

// unread reports whether YAML stopped reading a file. What a screen seems to lack may
// stand behind that place.
func unread(found diag.List) bool {
	return slices.ContainsFunc(found, func(f diag.Diagnostic) bool { return f.Code == "U001" })
}

// ReadInPart reports whether whole files of a menu could not be read.
func ReadInPart(f *syntax.File, dir string, found diag.List) bool {
	read := map[string]bool{}
	for _, s := range f.Sources {
		read[s.Path] = true
	}
	for _, name := range f.Includes {
		if !read[path.Join(dir, name.Value)] {
			return true
		}
	}
	return unread(found)
}

// NeedsWholeMenu lists the codes that report something missing. Where the menu was
// read in part, it may stand in the other part.
var NeedsWholeMenu = map[string]bool{
	"U002": true, "U009": true, "U101": true, "U102": true, "U103": true, "U105": true,
	"U111": true, "U112": true, "U205": true, "U206": true, "U207": true, "U310": true,
}
