package command

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/menu"
	"github.com/paytrace/paytrace/engine/menu/syntax"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/internal/service"
)

type checkCmd struct {
	Files  []string `arg:"" optional:"" help:"Menu files, patterns or folders of them (default: ./menus, or the embedded ones)."`
	JSON   bool     `name:"json" help:"Print diagnostics as JSON." xor:"form"`
	SARIF  bool     `name:"sarif" help:"Print diagnostics as SARIF 2.1.0, for code hosts." xor:"form"`
	GitHub bool     `name:"github" help:"Print diagnostics as annotations of a GitHub workflow." xor:"form"`
	Quiet  bool     `help:"Leave out what is for information only."`
	Watch  bool     `help:"Check again whenever a menu changes, until Ctrl-C."`
}

func (checkCmd) Help() string {
	return `The exit status is 1 if a menu can't be published: because of an error, or of a
warning that no "# allow CODE: reason" covers.

Example:
  paytrace check`
}

// Run checks menus and prints their diagnostics.
func (v checkCmd) Run(ctx context.Context, std streams) error {
	built, err := std.own.Contracts()
	if err != nil {
		return err
	}
	if v.Watch {
		return v.watch(ctx, built, std)
	}
	return v.once(built, std)
}

func (v checkCmd) once(contracts []engine.Contract, std streams) error {
	checked, err := checkAll(std.own, v.Files, contracts, std.err)
	if err != nil {
		return err
	}
	defer func() {
		for _, c := range checked {
			c.folder.Close()
		}
	}()
	if v.Quiet {
		withoutInfo(checked)
	}
	if err := v.print(std.out, checked); err != nil {
		return err
	}
	for _, c := range checked {
		if c.found.Bad() {
			return outcome{exitDiagnostics}
		}
	}
	return together(checked, std.err)
}

// withoutInfo leaves out the diagnostics with which a menu can be published.
func withoutInfo(all []checked) {
	for i := range all {
		all[i].found = slices.DeleteFunc(all[i].found, func(d diag.Diagnostic) bool { return d.Severity == diag.Info })
	}
}

// together checks that menus of one folder, which are served at once, do not
// contradict each other.
func together(all []checked, w io.Writer) (err error) {
	for len(all) > 0 {
		var programs []*engine.Program
		for folder := all[0].folder; len(all) > 0 && all[0].folder == folder; all = all[1:] {
			if all[0].program != nil {
				programs = append(programs, all[0].program)
			}
		}
		if len(programs) == 0 {
			continue
		}
		if _, conflict := runner.NewCatalog(programs...); conflict != nil {
			fmt.Fprintln(w, conflict)
			err = outcome{exitDiagnostics}
		}
	}
	return err
}

// checked is a menu file with its diagnostics, or what is wrong with the other files of
// a folder. That has no path, and nothing is printed where nothing is wrong.
type checked struct {
	folder  *service.Folder
	path    string
	program *engine.Program
	found   diag.List
}

// checkAll checks the menus and folders named, or the default folder, against the
// actions that are built and those that their folder declares.
func checkAll(own service.Program, named []string, built []engine.Contract, w io.Writer) ([]checked, error) {
	if len(named) == 0 {
		named = []string{""}
	}
	var all []checked
	seen := map[string]bool{}
	named, err := matching(named)
	if err != nil {
		return nil, err
	}
	for _, name := range named {
		some, err := checkOne(own, name, built, seen, w)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	sayOnce(all)
	return all, nil
}

// sayOnce leaves out what was found before: two menus may include the same part.
func sayOnce(all []checked) {
	type finding struct {
		pos           engine.Pos
		code, message string
	}
	said := map[finding]bool{}
	for i := range all {
		all[i].found = slices.DeleteFunc(all[i].found, func(d diag.Diagnostic) bool {
			f := finding{d.Pos, d.Code, d.Message}
			again := said[f]
			said[f] = true
			return again
		})
	}
}

// checkOne checks what one name stands for, except the menus that were seen before.
func checkOne(own service.Program, name string, built []engine.Contract, seen map[string]bool, w io.Writer) ([]checked, error) {
	if beside, folder, err := besideMenus(name); beside != "" || err != nil {
		return checkBeside(folder, beside, built, w, err)
	}
	folder, files, err := menusAt(own, name)
	if err != nil {
		return nil, err
	}
	contracts, err := folder.Contracts(built, w)
	if err != nil {
		return nil, err
	}
	var all []checked
	for _, file := range files {
		path := filepath.Join(folder.Dir, file)
		if base := filepath.Base(name); name != "" && !folderNamed(name) && base != file {
			fmt.Fprintf(w, "%s belongs to %s, which is checked with it\n", name, path)
		}
		if seen[path] {
			continue
		}
		seen[path] = true
		program, found := menu.Load(folder.FS, file, folder.Dir, contracts, menu.Options{})
		all = append(all, checked{folder, path, program, found})
	}
	if name != "" && !folderNamed(name) || folder.Embedded() {
		return all, nil
	}
	passed, err := folder.PassedOver()
	if err != nil {
		return nil, err
	}
	gateways, err := checkGateways(folder)
	if err != nil {
		return nil, err
	}
	return append(all, checked{folder: folder, found: passed}, checked{folder: folder, found: checkPeople(folder, all, contracts, built)}, checked{folder: folder, found: gateways}), nil
}

// checkGateways checks the files of a folder that declare gateways.
func checkGateways(folder *service.Folder) (diag.List, error) {
	files, err := folder.GatewayFiles()
	if err != nil {
		return nil, err
	}
	var all diag.List
	for _, file := range files {
		_, found := syntax.ReadGateway(folder.FS, file, folder.Dir)
		all = append(all, found...)
	}
	return all, nil
}

// checkPeople checks the people.yaml of a folder, if it has one, against its menus and
// actions.
func checkPeople(folder *service.Folder, menus []checked, contracts, built []engine.Contract) diag.List {
	if _, err := fs.Stat(folder.FS, service.PeopleFile); err != nil {
		return nil
	}
	people, found := syntax.ReadPersonas(folder.FS, service.PeopleFile, folder.Dir)
	against := dialscript.Folder{Contracts: contracts, All: true}
	for _, m := range menus {
		if m.program == nil {
			against.All = false
			continue
		}
		against.Menus = append(against.Menus, m.program)
		for _, action := range service.Unbuilt(m.program, built) {
			if !slices.Contains(against.Declared, action) {
				against.Declared = append(against.Declared, action)
			}
		}
	}
	return append(found, dialscript.CheckPeople(&people, filepath.Join(folder.Dir, service.PeopleFile), against)...)
}

// besideMenus returns the name of a file that lies beside menus and is no menu, with its
// folder: actions.yaml or people.yaml. It is "" for others.
func besideMenus(name string) (string, *service.Folder, error) {
	base := filepath.Base(name)
	if name == "" || !slices.Contains(beside, base) && filepath.Ext(base) != ".dial" || folderNamed(name) {
		return "", nil, nil
	}
	if filepath.Ext(base) == ".dial" {
		return base, nil, misuse{fmt.Errorf("%s is a dial script; play it with: paytrace test %s", name, name)}
	}
	folder, _, err := folderOf(name)
	return base, folder, err
}

// checkBeside checks a file that lies beside menus.
func checkBeside(folder *service.Folder, base string, built []engine.Contract, w io.Writer, err error) ([]checked, error) {
	if err != nil {
		return nil, err
	}
	one := checked{folder: folder, path: filepath.Join(folder.Dir, base)}
	contracts, err := folder.Contracts(built, w)
	if err != nil {
		return nil, err
	}
	if base != service.PeopleFile {
		return []checked{one}, nil
	}
	menus, err := folder.Menus()
	if err != nil {
		return nil, err
	}
	var all []checked
	for _, file := range menus {
		program, _ := menu.Load(folder.FS, file, folder.Dir, contracts, menu.Options{})
		all = append(all, checked{folder: folder, program: program})
	}
	one.found = checkPeople(folder, all, contracts, built)
	return []checked{one}, nil
}

func (v checkCmd) print(w io.Writer, all []checked) error {
	var found diag.List
	for _, c := range all {
		found = append(found, c.found...)
	}
	switch {
	case v.JSON:
		return diag.JSON(w, found)
	case v.SARIF:
		return diag.SARIF(w, found, service.Version(), titleOf)
	case v.GitHub:
		return diag.GitHub(w, found)
	}
	for _, c := range all {
		if err := c.folder.Print(w, c.found); err != nil {
			return err
		}
		if n := suppressed(c.found); n == len(c.found) && c.path != "" {
			fmt.Fprintf(w, "%s: ok%s\n", c.path, suppressions(n))
		}
	}
	files := 0
	for _, c := range all {
		if c.path != "" {
			files++
		}
	}
	_, err := fmt.Fprintln(w, summary(found, files))
	return err
}

func suppressed(found diag.List) (n int) {
	for _, d := range found {
		if d.Suppressed {
			n++
		}
	}
	return n
}

func suppressions(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" (%d suppressed)", n)
}

// summary counts the diagnostics that are shown: "2 errors, 1 warning in 3
// files".
func summary(found diag.List, files int) string {
	count := map[diag.Severity]int{}
	for _, d := range found {
		if !d.Suppressed {
			count[d.Severity]++
		}
	}
	line := counted(count[diag.Error], "error", "errors") + ", " + counted(count[diag.Warning], "warning", "warnings")
	if n := count[diag.Info]; n > 0 {
		line += fmt.Sprintf(", %d info", n)
	}
	return line + " in " + counted(files, "file", "files")
}
