package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"strings"
	"testing/fstest"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu"
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
	box, err := sandbox(ctx, time.Now)
	if err != nil {
		return err
	}
	defer box.drop()
	contracts := box.table.Contracts()
	old, err := versionsAt(ctx, v.Old, contracts, std)
	if err != nil {
		return err
	}
	next, err := versionsAt(ctx, v.New, contracts, std)
	if err != nil {
		return err
	}
	pairs, err := paired(old, next)
	if err != nil {
		return err
	}
	var found menu.Findings
	for _, p := range pairs {
		of := menu.Compare(p[0], p[1])
		found = append(found, of...)
		if v.JSON {
			continue
		}
		if err := menu.Print(std.out, of, nil, false); err != nil {
			return err
		}
		for _, change := range menu.Changes(p[0], p[1]) {
			fmt.Fprintln(std.out, change)
		}
	}
	if v.JSON {
		if err := menu.JSON(std.out, found); err != nil {
			return err
		}
	}
	if len(found) > 0 {
		return outcome{exitFindings}
	}
	return nil
}

// paired are the menus of both sides: by name, or the only one of each.
func paired(old, next []*engine.Program) ([][2]*engine.Program, error) {
	if len(old) == 1 && len(next) == 1 {
		return [][2]*engine.Program{{old[0], next[0]}}, nil
	}
	var pairs [][2]*engine.Program
	for _, was := range old {
		there := false
		for _, now := range next {
			if was.Name() == now.Name() {
				pairs, there = append(pairs, [2]*engine.Program{was, now}), true
			}
		}
		if !there {
			return nil, misuse{fmt.Errorf("the new version has no menu %s; name the two files", was.Name())}
		}
	}
	return pairs, nil
}

// versionsAt compiles a menu file, the menus of a folder, or either as they were
// in a revision.
func versionsAt(ctx context.Context, at string, contracts []engine.Contract, std streams) ([]*engine.Program, error) {
	folder, names, err := sourceAt(ctx, at)
	if err != nil {
		return nil, err
	}
	defer folder.close()
	var programs []*engine.Program
	for _, name := range names {
		p, err := compileOne(folder, name, contracts, "", std.err)
		if err != nil {
			return nil, err
		}
		programs = append(programs, p)
	}
	return programs, nil
}

func sourceAt(ctx context.Context, at string) (*menuFolder, []string, error) {
	rev, file, revision := strings.Cut(at, ":")
	info, err := os.Stat(at)
	switch {
	case errors.Is(err, os.ErrNotExist) && revision && rev != "":
		return revisionAt(ctx, rev, file)
	case err == nil && info.IsDir():
		folder, err := openMenus(at)
		if err != nil {
			return nil, nil, err
		}
		names, err := menuFiles(folder.fsys)
		if err == nil && len(names) == 0 {
			err = misuse{fmt.Errorf("the folder %s has no menu", at)}
		}
		return folder, names, err
	}
	folder, name, err := folderOf(at)
	return folder, []string{name}, err
}

// revisionAt reads a folder's menus as git has them in a revision.
func revisionAt(ctx context.Context, rev, file string) (*menuFolder, []string, error) {
	if strings.HasPrefix(rev, "-") {
		return nil, nil, misuse{fmt.Errorf("%q is no revision", rev)}
	}
	dir, only := path.Clean(file), ""
	if strings.HasSuffix(file, ".yaml") {
		dir, only = path.Dir(file), path.Base(file)
	}
	list, err := git(ctx, "ls-tree", "--name-only", rev, "./"+dir+"/")
	if err != nil {
		return nil, nil, err
	}
	files := fstest.MapFS{}
	for name := range strings.Lines(string(list)) {
		name = path.Base(strings.TrimSpace(name))
		if !strings.HasSuffix(name, ".yaml") {
			continue
		}
		b, err := git(ctx, "show", rev+":./"+path.Join(dir, name))
		if err != nil {
			return nil, nil, err
		}
		files[name] = &fstest.MapFile{Data: b}
	}
	folder := &menuFolder{fsys: files, dir: rev + ":" + dir, shown: rev + ":" + dir, close: func() {}}
	if only != "" {
		if _, err := fs.Stat(files, only); err != nil {
			return nil, nil, misuse{fmt.Errorf("there is no file %s in %s", file, rev)}
		}
		return folder, []string{only}, nil
	}
	names, err := menuFiles(files)
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
