package command

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/paytrace/paytrace/engine/menu/rewrite"
	"github.com/paytrace/paytrace/engine/menu/syntax"
	"github.com/paytrace/paytrace/engine/spelling"
	"github.com/paytrace/paytrace/internal/service"
	"github.com/paytrace/paytrace/menus"
)

type newCmd struct {
	Name string `arg:"" help:"Name of the service and of its menu file, as water_board."`
	From string `default:"starter" help:"Service to begin with (default: a small one): ${models}." placeholder:"EXAMPLE"`
	To   string `default:"menus" placeholder:"DIR" help:"Folder for the files."`
}

func (newCmd) Help() string {
	return `Writes a menu, its translations, the actions that it uses (actions.yaml), the people
who call (people.yaml) and a dial script that passes. No file is replaced. The code
to dial is one that no menu of the folder has.

Example:
  paytrace new shop --from milk`
}

// newName matches the names of new services: those of menu files.
var newName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// maxNewName bounds a service's name: menus show it on their screens.
const maxNewName = 20

// Run writes the files.
func (v newCmd) Run(std streams) error {
	if err := v.named(); err != nil {
		return err
	}
	m, err := modelNamed(v.From)
	if err != nil {
		return err
	}
	code, err := freeCode(std.own, v.To)
	if err != nil {
		return err
	}
	files, err := m.files(v.Name, code)
	if err != nil {
		return err
	}
	if err := writeNew(v.To, files); err != nil {
		return err
	}
	for _, f := range files {
		fmt.Fprintln(std.out, filepath.Join(v.To, f.name))
	}
	menu, script := filepath.Join(v.To, v.Name+".yaml"), filepath.Join(v.To, v.Name+".dial")
	next := fmt.Sprintf("\nNext:\n  paytrace check %s\n  paytrace dial %s\n  paytrace test %s\n", menu, menu, script)
	_, err = io.WriteString(std.out, named(std.own, next))
	return err
}

func (v newCmd) named() error {
	declared, people := strings.TrimSuffix(syntax.DeclaredFile, ".yaml"), strings.TrimSuffix(service.PeopleFile, ".yaml")
	switch {
	case !newName.MatchString(v.Name):
		return misuse{fmt.Errorf("%q is no name for a service: use small letters, digits and _, and begin with a letter, as water_board", v.Name)}
	case len(v.Name) > maxNewName:
		return misuse{fmt.Errorf("the name %q has %d letters; screens show it, so it may have %d", v.Name, len(v.Name), maxNewName)}
	case v.Name == declared || v.Name == people:
		return misuse{fmt.Errorf("%s.yaml is a file beside menus; choose another name", v.Name)}
	}
	return nil
}

// model is a service to begin with: a menu of a folder of menus.Models.
type model struct{ dir, name string }

// models lists the services to begin with, the small one first.
func models() []model {
	var all []model
	for _, dir := range []string{"starter", "examples"} {
		names, err := fs.Glob(menus.Models, dir+"/*.dial")
		if err != nil {
			panic(err) // the pattern is constant
		}
		for _, name := range names {
			all = append(all, model{dir, strings.TrimSuffix(path.Base(name), ".dial")})
		}
	}
	return all
}

func modelNames() []string {
	var names []string
	for _, m := range models() {
		names = append(names, m.name)
	}
	return names
}

func modelNamed(name string) (model, error) {
	names := modelNames()
	if i := slices.Index(names, name); i >= 0 {
		return models()[i], nil
	}
	help := "the services to begin with are " + strings.Join(names, ", ")
	if near, ok := spelling.Suggest(name, names); ok {
		help = fmt.Sprintf("did you mean %q?", near)
	}
	return model{}, misuse{fmt.Errorf("there is no example %q; %s", name, help)}
}

// newFile is one file of a new service.
type newFile struct {
	name string
	data []byte
}

var serviceLine = regexp.MustCompile(`(?m)^service: .*$`)

// files returns the files of a service with another name and another code.
func (m model) files(name, code string) ([]newFile, error) {
	folder, err := fs.Sub(menus.Models, m.dir)
	if err != nil {
		return nil, err
	}
	menu, found := syntax.Read(folder, m.name+".yaml", "")
	if found.Bad() {
		return nil, errors.New(found.First())
	}
	title := titled(name)
	var out []newFile
	for _, s := range menu.Sources {
		data := serviceLine.ReplaceAll(s.Bytes, []byte("service: "+title))
		out = append(out, newFile{m.renamed(s.Path, name), recoded(data, menu, code)})
	}
	for file, group := range map[string]string{syntax.DeclaredFile: "actions", service.PeopleFile: "answers"} {
		data, err := fs.ReadFile(folder, file)
		if err != nil {
			return nil, err
		}
		if data, err = rewrite.Only(file, data, group, usedBy(menu)); err != nil {
			return nil, err
		}
		out = append(out, newFile{file, headed(data, file, name)})
	}
	slices.SortFunc(out[len(menu.Sources):], func(a, b newFile) int { return strings.Compare(a.name, b.name) })
	script, err := fs.ReadFile(folder, m.name+".dial")
	if err != nil {
		return nil, err
	}
	text := strings.ReplaceAll(string(recoded(script, menu, code)), m.name+".yaml", name+".yaml")
	if bytes.Contains(menu.Sources[0].Bytes, []byte("{service}")) {
		text = strings.ReplaceAll(text, menu.Service.Value, title) // screens show the name
	}
	return append(out, newFile{name + ".dial", []byte(text)}), nil
}

// renamed returns the name of a menu's file in the new service. Parts that the menu
// includes keep theirs.
func (m model) renamed(file, name string) string {
	if rest, ok := strings.CutPrefix(file, m.name+"."); ok {
		return name + "." + rest
	}
	return file
}

// recoded returns a text with another service code.
func recoded(data []byte, menu *syntax.File, code string) []byte {
	old := strings.TrimSuffix(menu.Dials[0].Code.Value, "#")
	return []byte(strings.ReplaceAll(string(data), old, strings.TrimSuffix(code, "#")))
}

// usedBy reports whether a menu uses an action.
func usedBy(menu *syntax.File) func(string) bool {
	used := map[string]bool{}
	for _, call := range syntax.Calls(menu) {
		used[call.Action.Value] = true
	}
	return func(name string) bool { return used[name] }
}

// headed replaces the comment at the top of a file, which is about several menus.
func headed(data []byte, file, name string) []byte {
	text := string(data)
	for strings.HasPrefix(text, "#") {
		_, text, _ = strings.Cut(text, "\n")
	}
	head := fmt.Sprintf("# The actions that %s.yaml uses. Somebody still has to build them.\n", name)
	if file == service.PeopleFile {
		head = "# Who calls in dial scripts and on the phone of \"paytrace dial\", and what the actions\n# answer them.\n"
	}
	return []byte(head + text)
}

// titled returns a name as callers read it: "Water board".
func titled(name string) string {
	words := strings.Join(strings.FieldsFunc(name, func(r rune) bool { return r == '_' }), " ")
	return strings.ToUpper(words[:1]) + words[1:]
}

// freeCode returns a service code that no menu of a folder has.
func freeCode(own service.Program, dir string) (string, error) {
	taken := map[string]bool{}
	if folder, err := own.OpenFolder(dir); err == nil {
		defer folder.Close()
		names, err := folder.Menus()
		if err != nil {
			return "", err
		}
		for _, name := range names {
			menu, _ := syntax.Read(folder.FS, name, folder.Dir)
			for _, d := range menu.Dials {
				taken[d.Code.Value] = true
			}
		}
	}
	for n := 1; ; n++ {
		if code := fmt.Sprintf("*384*%d#", n); !taken[code] {
			return code, nil
		}
	}
}

// writeNew writes files that do not exist yet: all of them, or none.
func writeNew(dir string, files []newFile) error {
	for _, f := range files {
		at := filepath.Join(dir, f.name)
		if _, err := os.Lstat(at); !errors.Is(err, fs.ErrNotExist) {
			return misuse{fmt.Errorf("%s exists already, and no file is replaced; choose another name, or another folder with --to", at)}
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, f := range files {
		if err := createFile(filepath.Join(dir, f.name), f.data); err != nil {
			return err
		}
	}
	return nil
}

// createFile writes a file, and fails if there is one.
func createFile(name string, data []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}
