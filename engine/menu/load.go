// Package menu loads menus: it reads, checks and compiles them in one call. Each
// step is a package below it: syntax reads the YAML, check finds what is wrong,
// compile makes the engine's program. Beside these, rewrite formats, fixes and
// translates menu files, schema describes them for editors, and compat compares
// two versions of a menu.
package menu

import (
	"fmt"
	"io/fs"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/check"
	"github.com/paytrace/paytrace/engine/menu/compile"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// Options are what a service decides about a menu, and its author does not.
type Options = compile.Options

// Built is a menu that was read, checked and compiled.
type Built struct {
	// Program is nil if the diagnostics are Bad.
	Program     *engine.Program
	Diagnostics diag.List
	// Sources are the files read, the main one first.
	Sources []syntax.Source
}

// Load reads, checks and compiles a menu. The program is nil if the diagnostics
// are Bad.
func Load(fsys fs.FS, name, dir string, contracts []engine.Contract, o Options) (*engine.Program, diag.List) {
	b := Build(fsys, name, dir, contracts, o)
	return b.Program, b.Diagnostics
}

// Build is Load, with the files that were read.
func Build(fsys fs.FS, name, dir string, contracts []engine.Contract, o Options) Built {
	file, found := check.Diagnose(fsys, name, dir, contracts)
	return build(file, found, contracts, o, found.Bad())
}

// BuildDraft is Build for a menu that is played and not served: its program is nil only
// if it can't be played. A text without a right translation is shown in the first language.
func BuildDraft(fsys fs.FS, name, dir string, contracts []engine.Contract, o Options) Built {
	file, found := check.Diagnose(fsys, name, dir, contracts)
	file, rest := check.WithoutWrongTranslations(file, found)
	return build(file, found, contracts, o, check.Unplayable(rest))
}

func build(file *syntax.File, found diag.List, contracts []engine.Contract, o Options, stopped bool) Built {
	b := Built{Diagnostics: found, Sources: file.Sources}
	if stopped {
		return b
	}
	var err error
	if b.Program, err = compile.Compile(file, contracts, o); err != nil {
		// The checker has let something pass that the engine does not take.
		b.Program = nil
		if found.Bad() {
			return b // that is why
		}
		b.Diagnostics = append(found, diag.Diagnostic{
			Code: "U001", Severity: diag.Error, Pos: engine.Pos{File: file.Sources[0].Path, Line: 1, Column: 1}, Length: 1,
			Message: fmt.Sprintf("The menu can't be compiled: %v.", err),
		})
	}
	return b
}
