package command

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

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/internal/service"
)

// edition holds the menus of one version, and the dial scripts beside them.
type edition struct {
	programs []*engine.Program
	scripts  []*dialscript.File
}

// versionAt compiles a menu file, the menus of a folder, or either as they were
// in a revision.
func versionAt(ctx context.Context, at string, contracts []engine.Contract, std streams) (*edition, error) {
	folder, names, err := sourceAt(ctx, std.own, at)
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
		file, _ := dialscript.Parse(f.Path(name), source) // the test subcommand reports its errors
		list = append(list, file)
	}
	return list, nil
}

func sourceAt(ctx context.Context, own service.Program, at string) (*service.Folder, []string, error) {
	rev, file, revision := strings.Cut(at, ":")
	if _, err := os.Stat(at); errors.Is(err, os.ErrNotExist) && revision && rev != "" {
		return revisionAt(ctx, rev, file)
	}
	return menusAt(own, at)
}

// revisionAt reads a folder's menus as git has them in a revision.
func revisionAt(ctx context.Context, rev, file string) (*service.Folder, []string, error) {
	if strings.HasPrefix(rev, "-") {
		return nil, nil, misuse{fmt.Errorf("%q is not a revision", rev)}
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
