package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing/fstest"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/graph"
	"github.com/paytrace/paytrace/engine/menu/compat"
	"github.com/paytrace/paytrace/service"
)

type diffCmd struct {
	Old  string `arg:"" help:"Menu file or folder as it was, or REVISION:PATH in git."`
	New  string `arg:"" help:"Menu file or folder as it is now, or REVISION:PATH in git."`
	JSON bool   `name:"json" help:"Findings as JSON."`
}

func (diffCmd) Help() string {
	return `Says what a new version takes from callers, calls in progress and scripts that
know the old one, and what else they will see. Exit status 1 if it takes
anything.

Example:
  paytrace diff HEAD~1:menus menus`
}

// Run compares two versions.
func (v diffCmd) Run(ctx context.Context, std streams) error {
	box, err := service.NewSandbox(ctx, time.Now, nil)
	if err != nil {
		return err
	}
	defer box.Close()
	contracts := box.Actions.Contracts()
	old, err := versionAt(ctx, v.Old, contracts, std)
	if err != nil {
		return err
	}
	next, err := versionAt(ctx, v.New, contracts, std)
	if err != nil {
		return err
	}
	pairs, gone := paired(old, next)
	found := gone
	var seen []string
	for _, p := range pairs {
		found = append(found, compared(p[0], p[1], next.scripts)...)
		seen = append(seen, compat.Changes(p[0], p[1])...)
	}
	for _, p := range next.programs {
		if !slices.ContainsFunc(pairs, func(pair [2]*engine.Program) bool { return pair[1] == p }) {
			seen = append(seen, fmt.Sprintf("The menu %s is new, at %s.", p.Name(), p.Codes()[0].Dial))
		}
	}
	if err := v.print(std.out, found, seen); err != nil {
		return err
	}
	if len(found) > 0 {
		return outcome{exitDiagnostics}
	}
	return nil
}

func (v diffCmd) print(w io.Writer, found diag.List, seen []string) error {
	found.Sort()
	if v.JSON {
		return diag.JSON(w, found)
	}
	if err := diag.Text(w, found, nil, false); err != nil {
		return err
	}
	for _, change := range seen {
		fmt.Fprintln(w, change)
	}
	return nil
}

// compared is all that a new version takes from those who know the old one.
func compared(old, next *engine.Program, scripts []*dialscript.File) diag.List {
	var codes []string
	for _, c := range append(slices.Clone(old.Codes()), next.Codes()...) {
		codes = append(codes, c.Dial)
	}
	named := map[string][]engine.Pos{}
	for _, f := range scripts {
		for screen, at := range dialscript.NamedScreens(f, codes) {
			named[screen] = append(named[screen], at...)
		}
	}
	return append(compat.Compare(old, next, named), waysLost(old, next)...)
}

// waysLost is U802 for ways of more than one step: an answer, a Yes or an
// outcome that leads elsewhere.
func waysLost(old, next *engine.Program) diag.List {
	var found diag.List
	renamed := next.Definition().Renamed
	moved := func(name string) string {
		if to, ok := renamed[name]; ok {
			return to
		}
		return name
	}
	for _, l := range graph.Losses(graph.Of(old), graph.Of(next), moved) {
		now := "that is no answer there any more"
		if len(l.Now) > 0 {
			now = "now comes to " + anyOf(l.Now)
		}
		found = append(found, diag.Diagnostic{
			Code: "U802", Severity: diag.Warning, Pos: l.Pos, Length: 1,
			Message: fmt.Sprintf("Whoever types %s came to %q, and %s.", typedOn(old, l), l.Was, now),
			Help:    "Callers who know it by heart type on without reading.",
		})
	}
	return found
}

// typedOn is what is typed from the beginning of a call: "*384*1#, 2, Kisumu".
func typedOn(p *engine.Program, l graph.Lost) string {
	keys := []string{p.Codes()[0].Dial}
	for _, c := range p.Codes() {
		if len(l.Path.Edges) > 0 && l.Path.Edges[0].Trigger.Name == c.Start {
			keys[0] = c.Dial
			break
		}
	}
	return strings.Join(append(append(keys, l.Path.Inputs()...), l.By.Input), ", ")
}

// anyOf is "a", or "a" or "b".
func anyOf(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = fmt.Sprintf("%q", n)
	}
	return strings.Join(quoted, " or ")
}

// paired are the menus of both sides, by name, or the only one of each. A menu
// that has gone is a finding for each of its codes.
func paired(old, next *edition) (pairs [][2]*engine.Program, gone diag.List) {
	if len(old.programs) == 1 && len(next.programs) == 1 {
		return [][2]*engine.Program{{old.programs[0], next.programs[0]}}, nil
	}
	for _, was := range old.programs {
		i := slices.IndexFunc(next.programs, func(now *engine.Program) bool { return now.Name() == was.Name() })
		if i >= 0 {
			pairs = append(pairs, [2]*engine.Program{was, next.programs[i]})
			continue
		}
		for _, c := range was.Codes() {
			gone = append(gone, diag.Diagnostic{
				Code: "U805", Severity: diag.Warning, Pos: c.Pos, Length: 1,
				Message: fmt.Sprintf("The menu %s is gone; calls to %s are answered by %s.", was.Name(), c.Dial, answering(next, c.Dial)),
				Help:    "Keep the code as long as it is printed anywhere.",
			})
		}
	}
	return pairs, gone
}

// answering is who answers a code: the menu that has it, or the default.
func answering(v *edition, code string) string {
	for _, p := range v.programs {
		for _, c := range p.Codes() {
			if c.Dial == code {
				return "the menu " + p.Name() + " now"
			}
		}
	}
	return "the default menu now, if by any"
}

// edition is what was there at one time: menus, and the scripts beside them.
type edition struct {
	programs []*engine.Program
	scripts  []*dialscript.File
}

// versionAt compiles a menu file, the menus of a folder, or either as they were
// in a revision.
func versionAt(ctx context.Context, at string, contracts []engine.Contract, std streams) (*edition, error) {
	folder, names, err := sourceAt(ctx, at)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	all, err := folder.Contracts(contracts, std.err)
	if err != nil {
		return nil, err
	}
	v := &edition{}
	for _, name := range names {
		p, err := compileOne(folder, name, all, "", std.err)
		if err != nil {
			return nil, err
		}
		v.programs = append(v.programs, p)
	}
	v.scripts, err = scriptsOf(folder)
	return v, err
}

// scriptsOf reads the dial scripts of a folder as far as it can.
func scriptsOf(f *service.Folder) ([]*dialscript.File, error) {
	names, err := fs.Glob(f.FS, "*.dial")
	if err != nil {
		return nil, err
	}
	var list []*dialscript.File
	for _, name := range names {
		source, err := fs.ReadFile(f.FS, name)
		if err != nil {
			return nil, fmt.Errorf("scripts: %w", err)
		}
		file, _ := dialscript.Parse(f.Path(name), source) // what is wrong in it is test's affair
		list = append(list, file)
	}
	return list, nil
}

func sourceAt(ctx context.Context, at string) (*service.Folder, []string, error) {
	rev, file, revision := strings.Cut(at, ":")
	if _, err := os.Stat(at); errors.Is(err, os.ErrNotExist) && revision && rev != "" {
		return revisionAt(ctx, rev, file)
	}
	return menusAt(at)
}

// revisionAt reads a folder's menus as git has them in a revision.
func revisionAt(ctx context.Context, rev, file string) (*service.Folder, []string, error) {
	if strings.HasPrefix(rev, "-") {
		return nil, nil, misuse{fmt.Errorf("%q is no revision", rev)}
	}
	dir, only := path.Clean(file), ""
	if strings.HasSuffix(file, ".yaml") {
		dir, only = path.Dir(file), path.Base(file)
	}
	if _, err := git(ctx, "rev-parse", "--verify", "--quiet", rev+"^{commit}"); err != nil {
		return nil, nil, misuse{fmt.Errorf("git has no revision %s here", rev)}
	}
	list, err := git(ctx, "ls-tree", "--name-only", rev, "./"+dir+"/")
	if err != nil {
		return nil, nil, err
	}
	files := fstest.MapFS{}
	for name := range strings.Lines(string(list)) {
		name = path.Base(strings.TrimSpace(name))
		if !strings.HasSuffix(name, ".yaml") && !strings.HasSuffix(name, ".dial") {
			continue
		}
		b, err := git(ctx, "show", rev+":./"+path.Join(dir, name))
		if err != nil {
			return nil, nil, err
		}
		files[name] = &fstest.MapFile{Data: b}
	}
	folder := &service.Folder{FS: files, Dir: rev + ":" + dir, Shown: rev + ":" + dir}
	if only != "" {
		if _, err := fs.Stat(files, only); err != nil {
			return nil, nil, misuse{fmt.Errorf("there is no file %s in %s", file, rev)}
		}
		return folder, []string{only}, nil
	}
	names, err := folder.Menus()
	if err == nil && len(names) == 0 {
		err = misuse{fmt.Errorf("there is no menu in %s:%s", rev, file)}
	}
	return folder, names, err
}

func git(ctx context.Context, args ...string) ([]byte, error) {
	out, err := exec.CommandContext(ctx, "git", args...).Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		return nil, misuse{fmt.Errorf("git %s: %s", args[0], strings.TrimSpace(string(failed.Stderr)))}
	}
	return out, err
}
