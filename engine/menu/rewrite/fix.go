package rewrite

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"testing/fstest"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/check"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// Fixed describes what Fix did to a menu's files.
type Fixed struct {
	// Files lists the files that change, the main one first.
	Files []Formatted
	// Fixed lists the diagnostics that are gone, at their old positions.
	Fixed diag.List
	// Left lists the diagnostics that stay, each with the reason.
	Left []Remaining
}

// Remaining is a diagnostic that Fix leaves.
type Remaining struct {
	diag.Diagnostic
	Why string
}

// fixRounds bounds how often FixAll looks again: a fix may uncover what stood behind an
// error, and each round fixes at least one diagnostic.
const fixRounds = 8

// FixAll applies every certain fix of a menu as Fix does, of all codes. It looks again
// after each round, because a file that can be read again may have more to fix. Left has
// only the fixes that were not made.
func FixAll(fsys fs.FS, name, dir string, contracts []engine.Contract) Fixed {
	changed := fstest.MapFS{}
	var out Fixed
	for range fixRounds {
		round := Fix(Overlay(fsys, changed), name, dir, contracts, "")
		out.Left = round.Left
		if len(round.Fixed) == 0 {
			break
		}
		out.Fixed = append(out.Fixed, round.Fixed...)
		for _, f := range round.Files {
			changed[f.Name] = &fstest.MapFile{Data: f.Bytes}
			out.merge(f)
		}
	}
	out.Left = slices.DeleteFunc(out.Left, func(r Remaining) bool { return len(r.Edits) == 0 })
	return out
}

// merge keeps the bytes that a file had at first, and those that it has now.
func (x *Fixed) merge(f Formatted) {
	i := slices.IndexFunc(x.Files, func(o Formatted) bool { return o.Name == f.Name })
	if i < 0 {
		x.Files = append(x.Files, f)
		return
	}
	x.Files[i].Bytes = f.Bytes
}

// Fix applies the edits of a menu's diagnostics of one code, or of all codes if code is
// "". Comments and order stay. It leaves out a fix that does not remove its diagnostic
// or that causes another one. Fix writes no files.
func Fix(fsys fs.FS, name, dir string, contracts []engine.Contract, code string) Fixed {
	x := &fixer{base: fsys, name: name, dir: dir, contracts: contracts, before: map[string]int{}}
	file, found := x.diagnose(nil)
	x.file = file
	x.hidden = check.ReadInPart(file, dir, found)
	for _, f := range found {
		x.before[f.Code+f.Message]++
	}
	all, left := fixes(file, found, code)
	if other, ok := x.try(all); !ok && len(all) == 1 {
		all[0].blame(other)
	} else if !ok {
		for _, one := range all {
			if other, ok := x.try([]*fix{one}); !ok {
				one.blame(other)
			}
		}
	}
	return x.result(append(all, left...))
}

// A fixer tries fixes on copies of a menu's files.
type fixer struct {
	base      fs.FS
	name, dir string
	contracts []engine.Contract
	file      *syntax.File // as it was
	// before counts the diagnostics by code and message, because a fix moves them.
	before map[string]int
	// hidden says that the menu was read only in part. A fix may then uncover an
	// older error.
	hidden bool
	made   []*fix
	now    map[string][]byte // the files as they are to be, by name
}

// A fix holds diagnostics with the same edits, which are fixed together: for example
// one name that is mistyped in several places.
type fix struct {
	found diag.List
	edits []diag.TextEdit
	made  bool
	why   string // it was not
}

// blame records why a fix was not made.
func (m *fix) blame(other diag.Diagnostic) {
	m.why = "its fix does not remove it"
	if other.Code != "" {
		m.why = fmt.Sprintf("its fix would cause another: %s %s", other.Code, other.Message)
	}
}

// fixes groups the diagnostics of a code by their edits; left has those without
// edits.
func fixes(file *syntax.File, found diag.List, code string) (all, left []*fix) {
	same := map[string]*fix{}
	for _, f := range found {
		if code != "" && f.Code != code || f.Suppressed {
			continue
		}
		edits := f.Edits
		key := f.Code
		for _, e := range edits {
			key += fmt.Sprintf("%q to %q,", file.Source(e.File)[e.From:e.To], e.New)
		}
		switch one := same[key]; {
		case len(edits) == 0:
			left = append(left, &fix{found: diag.List{f}, why: "no single fix is certain"})
		case one != nil:
			one.found, one.edits = append(one.found, f), append(one.edits, edits...)
		default:
			same[key] = &fix{found: diag.List{f}, edits: edits}
			all = append(all, same[key])
		}
	}
	return all, left
}

// try makes fixes in addition to those already made. It undoes them if one of
// their diagnostics stays, or another one appears: other, if it is known.
func (x *fixer) try(more []*fix) (other diag.Diagnostic, ok bool) {
	made := append(slices.Clone(x.made), more...)
	var edits []diag.TextEdit
	for _, m := range made {
		edits = append(edits, m.edits...)
	}
	files, ok := x.edited(edits)
	if !ok || len(more) == 0 {
		return diag.Diagnostic{}, false
	}
	_, after := x.diagnose(files)
	may := maps.Clone(x.before)
	for _, m := range made {
		for _, f := range m.found {
			may[f.Code+f.Message]--
		}
	}
	for _, f := range after {
		what := f.Code + f.Message
		if may[what]--; may[what] < 0 && !(x.hidden && check.NeedsWholeMenu[f.Code]) {
			if x.before[what] > 0 {
				return diag.Diagnostic{}, false
			}
			return f, false
		}
	}
	x.made, x.now = made, files
	for _, m := range more {
		m.made = true
	}
	return diag.Diagnostic{}, true
}

// diagnose reads and checks the menu with some of its files replaced.
func (x *fixer) diagnose(files map[string][]byte) (*syntax.File, diag.List) {
	changed := fstest.MapFS{}
	for name, b := range files {
		changed[name] = &fstest.MapFile{Data: b}
	}
	return check.Diagnose(Overlay(x.base, changed), x.name, x.dir, x.contracts)
}

// Overlay returns a file system in which some files are replaced or added.
func Overlay(base fs.FS, changed fstest.MapFS) fs.FS { return overlaid{base, changed} }

// overlaid is a file system with some of its files replaced.
type overlaid struct {
	fs.FS
	changed fstest.MapFS
}

// Open implements fs.FS.
func (o overlaid) Open(name string) (fs.File, error) {
	if o.changed[name] != nil {
		return o.changed.Open(name)
	}
	return o.FS.Open(name)
}

// edited returns the edited files by name, and false if two edits overlap.
func (x *fixer) edited(edits []diag.TextEdit) (map[string][]byte, bool) {
	byFile := map[string][]diag.TextEdit{}
	for _, e := range edits {
		byFile[e.File] = append(byFile[e.File], e)
	}
	files := map[string][]byte{}
	for file, list := range byFile {
		b, ok := diag.Apply(x.file.Source(file), list)
		if !ok {
			return nil, false
		}
		files[path.Base(file)] = b
	}
	return files, true
}

func (x *fixer) result(all []*fix) Fixed {
	var out Fixed
	for _, s := range x.file.Sources {
		if b, ok := x.now[path.Base(s.Path)]; ok {
			out.Files = append(out.Files, Formatted{Name: path.Base(s.Path), Old: s.Bytes, Bytes: b})
		}
	}
	for _, m := range all {
		if m.made {
			out.Fixed = append(out.Fixed, m.found...)
			continue
		}
		for _, f := range m.found {
			out.Left = append(out.Left, Remaining{f, m.why})
		}
	}
	out.Fixed.Sort()
	slices.SortStableFunc(out.Left, func(a, b Remaining) int { return diag.ComparePos(a.Pos, b.Pos) })
	return out
}

// Fixable returns the codes whose diagnostics may have a fix, sorted.
func Fixable() []string {
	return []string{
		"U001", "U002", "U003", "U004", "U005", "U007", "U008", "U009", "U101", "U112",
		"U201", "U203", "U204", "U206", "U303", "U312", "U315", "U504", "U705",
	}
}
