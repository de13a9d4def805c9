package command

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/internal/service"
)

// suite holds the scripts of one folder.
type suite struct {
	folder  *service.Folder
	scripts []*script
	// played holds the menus, if they are not in folder.
	played *service.Folder
	// whole says that all menus were asked for; named lists the menus that were
	// named. Neither is set where only scripts were named.
	whole bool
	named []string
}

// script is one file of a suite.
type script struct {
	name string
	// lines selects the calls at these lines; none selects all.
	lines []int

	source []byte
	file   *dialscript.File
	found  diag.List
}

// suites groups the scripts named by folder.
func (v testCmd) suites(own service.Program) ([]*suite, error) {
	if len(v.Files) == 0 {
		folder, err := own.OpenFolder("")
		if err != nil {
			return nil, err
		}
		s := &suite{folder: folder, whole: true}
		return []*suite{s}, v.all(s)
	}
	var list []*suite
	byDir := map[string]*suite{}
	files, err := matching(v.Files)
	if err != nil {
		return nil, err
	}
	for _, named := range files {
		file, line := fileLine(named)
		dir := filepath.Dir(file)
		isFolder := folderNamed(file)
		if isFolder {
			dir = filepath.Clean(file)
		}
		s := byDir[dir]
		if s == nil {
			folder, err := openBeside(own, file, isFolder)
			if err != nil {
				return nil, err
			}
			s = &suite{folder: folder}
			byDir[dir] = s
			list = append(list, s)
		}
		if err := v.name(s, file, line, isFolder); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// name adds what was named to a folder's suite: a script, or all scripts for a
// menu or the folder.
func (v testCmd) name(s *suite, file string, line int, isFolder bool) error {
	switch {
	case isFolder:
		s.whole = true
		return v.all(s)
	case filepath.Ext(file) == ".yaml":
		s.named = append(s.named, strings.TrimSuffix(filepath.Base(file), ".yaml"))
		return v.all(s)
	}
	s.add(filepath.Base(file), line)
	return nil
}

// all adds every script of the folder. A folder without scripts is an error, unless
// --suggest writes some.
func (v testCmd) all(s *suite) error {
	names, err := fs.Glob(s.folder.FS, "*.dial")
	for _, name := range names {
		s.add(name, 0)
	}
	if err == nil && len(names) == 0 && !v.Suggest.on {
		err = misuse{fmt.Errorf("the folder %s has no dial script (*.dial); paytrace test --suggest writes some", s.folder.Shown)}
	}
	return err
}

func openBeside(own service.Program, file string, isFolder bool) (*service.Folder, error) {
	if isFolder {
		return own.OpenFolder(file)
	}
	return scriptFolder(own, file)
}

var lineBehind = regexp.MustCompile(`^(.+\.dial):(\d{1,6})(?::\d+)?$`)

// fileLine splits FILE:LINE, as reports write it. The line is 0 if there is none.
func fileLine(named string) (file string, line int) {
	m := lineBehind.FindStringSubmatch(named)
	if m == nil {
		return named, 0
	}
	line, _ = strconv.Atoi(m[2])
	return m[1], line
}

// scriptFolder opens the folder of a script. It accepts the names that reports show
// for embedded scripts.
func scriptFolder(own service.Program, file string) (*service.Folder, error) {
	if filepath.Dir(file) == own.EmbeddedFolder().Dir {
		if _, err := os.Stat(file); errors.Is(err, os.ErrNotExist) {
			return own.EmbeddedFolder(), nil
		}
	}
	folder, _, err := folderOf(file)
	return folder, err
}

func (s *suite) add(name string, line int) {
	for _, one := range s.scripts {
		if one.name == name {
			if line > 0 && len(one.lines) > 0 {
				one.lines = append(one.lines, line)
			} else {
				one.lines = nil
			}
			return
		}
	}
	one := &script{name: name}
	if line > 0 {
		one.lines = []int{line}
	}
	s.scripts = append(s.scripts, one)
}

// read reads every script.
func (s *suite) read() error {
	for _, one := range s.scripts {
		source, err := fs.ReadFile(s.folder.FS, one.name)
		if err != nil {
			return misuse{err}
		}
		one.parse(s.folder, source)
	}
	return nil
}

func (one *script) parse(folder *service.Folder, source []byte) {
	one.source = source
	one.file, one.found = dialscript.Parse(path.Join(folder.Dir, one.name), source)
}

// hasMenus reports whether a menu lies beside the scripts.
func (s *suite) hasMenus() bool {
	names, err := s.folder.Menus()
	return err == nil && len(names) > 0
}

// menus returns the folder whose menus the scripts are played on: their own, or the
// default folder if their own has none.
func (s *suite) menus(own service.Program) (*service.Folder, error) {
	if s.played != nil || s.hasMenus() {
		return cmp.Or(s.played, s.folder), nil
	}
	played, err := own.OpenFolder("")
	s.played = played
	return played, err
}

// people reads the people.yaml beside the scripts, else the one beside their menus,
// else the embedded one.
func (s *suite) people(own service.Program, w io.Writer) (*engine.Personas, error) {
	if _, err := fs.Stat(s.folder.FS, service.PeopleFile); err == nil {
		return peopleOf(own, s.folder, w)
	}
	folder, err := s.menus(own)
	if err != nil {
		return nil, err
	}
	return peopleOf(own, folder, w)
}

// close closes the folders.
func (s *suite) close() {
	s.folder.Close()
	if s.played != nil {
		s.played.Close()
	}
}

// chosen lists the calls to play.
func (s *suite) chosen(tags []string) []*dialscript.Call {
	var calls []*dialscript.Call
	for _, one := range s.scripts {
		for i := range one.file.Calls {
			call := &one.file.Calls[i]
			has := func(tag string) bool { return slices.Contains(call.Tags(), tag) }
			if (len(tags) == 0 || slices.ContainsFunc(tags, has)) && one.wants(i) {
				calls = append(calls, call)
			}
		}
	}
	return calls
}

// wants reports whether the i-th call is at one of the lines named.
func (one *script) wants(i int) bool {
	calls := one.file.Calls
	return len(one.lines) == 0 || slices.ContainsFunc(one.lines, func(line int) bool {
		return calls[i].Pos.Line <= line && (i+1 == len(calls) || line < calls[i+1].Pos.Line)
	})
}

// update writes the screens that appeared into the scripts.
func (s *suite) update(results []dialscript.Result, w io.Writer) error {
	for _, one := range s.scripts {
		renewed := dialscript.Update(one.source, one.file, results)
		if string(renewed) == string(one.source) {
			continue
		}
		if s.folder.Embedded() {
			return misuse{errors.New("the embedded scripts can't be updated; name a file")}
		}
		file := filepath.Join(s.folder.Dir, one.name)
		if err := os.WriteFile(file, renewed, 0o644); err != nil { //nolint:gosec // a script is no secret
			return err
		}
		fmt.Fprintf(w, "%s: updated\n", file)
		one.parse(s.folder, renewed)
	}
	return nil
}

func (v testCmd) parallel() int {
	if v.Jobs > 0 {
		return v.Jobs
	}
	return runtime.GOMAXPROCS(0)
}
