package service

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// PeopleFile names the file that says who calls.
const PeopleFile = "people.yaml"

// menuEnding is the end of every file name that menus have.
const menuEnding = ".yaml"

// A fileKind says what a file is to the menus of its folder.
type fileKind int

const (
	menuFile    fileKind = iota + 1
	partFile             // a menu includes it
	wordsFile            // a translation of a menu
	besideFile           // actions.yaml or people.yaml
	unreadMenu           // meant as a menu, and its name keeps it from being read
	unreadOther          // nothing reads it
)

// A look is what is known of a file.
type look struct {
	syntax.Outline
	kind fileKind
	// menus are those that include the file, or that it translates.
	menus []string
}

// menuEndings end the names of files that may be meant as menus: "menu.yaml.txt" is what
// some editors write. Other files of a folder, such as backups, are not looked at.
var menuEndings = []string{menuEnding, ".yml", ".txt", ""}

// look finds out what each file of the folder is. Files that are no menu files by name
// and by content are left out.
func (f *Folder) look() (map[string]*look, error) {
	entries, err := fs.ReadDir(f.FS, ".")
	if err != nil {
		return nil, err
	}
	files := map[string]*look{}
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() || !mayHoldMenu(name) {
			continue
		}
		if info, err := fs.Stat(f.FS, name); err == nil && info.IsDir() {
			continue // a link to a folder
		}
		o := &look{Outline: syntax.LookAt(f.FS, name)}
		if errors.Is(o.Unread, fs.ErrNotExist) && e.Type()&fs.ModeSymlink == 0 {
			continue // it is gone meanwhile
		}
		if o.kind = kindByName(name, o.Outline); o.kind != 0 {
			files[name] = o
		}
		if len(files) > maxMenuFiles {
			return nil, usagef("the folder %s has more than %d menu files; name a folder with menus only", f.Shown, maxMenuFiles)
		}
	}
	claims(files)
	return files, nil
}

// mayHoldMenu reports whether a file's name may be meant for a menu.
func mayHoldMenu(name string) bool {
	if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "#") {
		return false
	}
	return slices.Contains(menuEndings, strings.ToLower(path.Ext(name)))
}

// claims marks the parts and translations of the menus. Files with the line "ussd: 1"
// come first.
func claims(files map[string]*look) {
	names := slices.Sorted(maps.Keys(files))
	whole := true
	for _, meant := range []bool{false, true} {
		for _, name := range names {
			if o := files[name]; o.kind == menuFile && o.Meant == meant {
				claim(files, name, o.Outline)
				whole = whole && o.Whole
			}
		}
	}
	if whole {
		return
	}
	for _, o := range files {
		if o.kind == unreadOther {
			o.kind = besideFile // a menu that YAML can't read may name it
		}
	}
}

// kindByName returns what a file is by its name and its content alone.
func kindByName(name string, o syntax.Outline) fileKind {
	stem, isYAML := strings.CutSuffix(name, menuEnding)
	ext := strings.ToLower(path.Ext(name))
	switch {
	case name == syntax.DeclaredFile || name == PeopleFile:
		return besideFile
	case isYAML && !strings.Contains(stem, ".") && (o.IsMenu() || o.Unread != nil):
		return menuFile
	case isYAML && (o.IsMenu() || o.Unread != nil):
		return unreadMenu
	case isYAML:
		return unreadOther // unless a menu claims it
	case ext == menuEnding || ext == ".yml":
		if beside := strings.TrimSuffix(name, path.Ext(name)) + menuEnding; o.IsMenu() || o.Part || o.Unread != nil || beside == syntax.DeclaredFile || beside == PeopleFile {
			return unreadMenu
		}
		return unreadOther
	case o.Menu:
		return unreadMenu
	}
	return 0
}

// claim marks the parts and translations of a menu.
func claim(files map[string]*look, menu string, o syntax.Outline) {
	mark := func(name string, kind fileKind) {
		file := files[name]
		if file == nil || name == menu || file.Menu || file.kind == besideFile {
			return
		}
		file.kind, file.menus = kind, append(file.menus, menu)
	}
	for _, name := range o.Includes {
		mark(name, partFile)
	}
	for _, lang := range o.Languages[min(1, len(o.Languages)):] {
		mark(strings.TrimSuffix(menu, menuEnding)+"."+lang+menuEnding, wordsFile)
	}
}

// Hosts returns the menus that a file belongs to: itself where it is a menu, otherwise
// those that include it or that it translates.
func (f *Folder) Hosts(name string) ([]string, error) {
	files, err := f.look()
	if err != nil {
		return nil, err
	}
	o := files[name]
	switch {
	case o == nil:
		return nil, nil
	case o.kind == menuFile || o.kind == unreadMenu && strings.HasSuffix(name, menuEnding):
		return []string{name}, nil
	}
	slices.Sort(o.menus)
	return o.menus, nil
}

// PassedOver reports the files of the folder that nothing reads (U901). It is an error
// where a file was meant to be read.
func (f *Folder) PassedOver() (diag.List, error) {
	files, err := f.look()
	if err != nil {
		return nil, err
	}
	var found diag.List
	for name, o := range files {
		if o.kind == unreadMenu || o.kind == unreadOther {
			found = append(found, f.passedOver(name, o))
		}
	}
	folders, err := f.foldersOfMenus()
	if err != nil {
		return nil, err
	}
	for _, name := range folders {
		found = append(found, diag.Diagnostic{
			Code: "U901", Severity: diag.Info, Pos: engine.Pos{File: f.Path(name), Line: 1, Column: 1}, Length: 1,
			Message: fmt.Sprintf("The folder %s has menus that are not read: a folder of menus does not include the folders in it.", syntax.Quote(name)),
			Help:    fmt.Sprintf("To check them, run: paytrace check %s", f.Path(name)),
		})
	}
	found.Sort()
	return found, nil
}

// foldersOfMenus lists the folders in the folder that have a menu.
func (f *Folder) foldersOfMenus() ([]string, error) {
	entries, err := fs.ReadDir(f.FS, ".")
	if err != nil {
		return nil, err
	}
	var list []string
	for _, e := range entries {
		if !e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		inside, err := fs.Sub(f.FS, e.Name())
		if err != nil {
			return nil, err
		}
		names, err := fs.Glob(inside, "*"+menuEnding)
		if err != nil {
			return nil, err
		}
		names = names[:min(len(names), maxMenuFiles)]
		if slices.ContainsFunc(names, func(name string) bool { return syntax.LookAt(inside, name).Menu }) {
			list = append(list, e.Name())
		}
	}
	return list, nil
}

func (f *Folder) passedOver(name string, o *look) diag.Diagnostic {
	d := diag.Diagnostic{Code: "U901", Severity: diag.Info, Pos: engine.Pos{File: f.Path(name), Line: 1, Column: 1}, Length: 1}
	if o.kind == unreadMenu {
		d.Severity = diag.Error
	}
	stem, isYAML := strings.CutSuffix(name, menuEnding)
	menu, lang, dotted := strings.Cut(stem, ".")
	switch {
	case o.Unread != nil:
		d.Message = fmt.Sprintf("The file %s is not read: %s.", syntax.Quote(name), syntax.Cause(o.Unread))
	case !isYAML:
		right := strings.TrimSuffix(strings.TrimSuffix(name, path.Ext(name)), menuEnding) + menuEnding
		d.Message = fmt.Sprintf("The file %s is not read: the names of menu files end in %s.", syntax.Quote(name), menuEnding)
		d.Help = fmt.Sprintf("Call it %s, or move it out of the folder.", syntax.Quote(right))
	case o.kind == unreadMenu:
		d.Message = fmt.Sprintf("The menu %s is not read: what stands between the dots of a name is the language of a translation.", syntax.Quote(name))
		d.Help = fmt.Sprintf("Call it %s.", syntax.Quote(strings.ReplaceAll(stem, ".", "_")+menuEnding))
	case dotted && !o.Part:
		d.Message = fmt.Sprintf("The file %s is not read: no menu %s has the language %q.", syntax.Quote(name), syntax.Quote(menu+menuEnding), lang)
		d.Help = `If it is a translation, add its language to the menu's "languages".`
	case o.Part:
		d.Message = fmt.Sprintf("The file %s is not read: no menu includes it.", syntax.Quote(name))
		d.Help = fmt.Sprintf(`Write "include: [%s]" in a menu, or move it out of the folder.`, name)
	default:
		d.Message = fmt.Sprintf("The file %s is not read: it is not a menu, because it lacks the line \"ussd: 1\", and no menu includes it.", syntax.Quote(name))
		d.Help = "Move it out of the folder, if it is not meant to be read."
	}
	return d
}

// NoMenus says that the folder has no menu, which files it has instead, and what to do.
func (f *Folder) NoMenus(help string) error {
	found, err := f.PassedOver()
	if err != nil {
		return err
	}
	var why []string
	for _, d := range found {
		why = append(why, strings.TrimSuffix(d.Message, "."))
	}
	message := fmt.Sprintf("the folder %s has no menu: no %s file with the line \"ussd: 1\"", f.Shown, menuEnding)
	if len(why) > 0 {
		message += ". " + strings.Join(why, ". ")
	}
	return usagef("menus: %s; %s", message, help)
}
