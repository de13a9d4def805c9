package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// A module is linked into the program.
type module struct {
	Path, Version string
	// Sum is the hash of its files, as go.sum has it; "" for the project itself and for
	// the standard library.
	Sum string
	// Licences are the SPDX names that its files state, sorted.
	Licences []string
	// Texts are its licences and notices, in the order of their file names.
	Texts []text
	// Uses are the paths of the linked modules that it imports, sorted.
	Uses []string
	// Main says that it is the project itself.
	Main bool
}

// A text is a file that must come with the program.
type text struct{ Name, Text string }

// standardLibrary is the path under which the standard library is listed.
const standardLibrary = "std"

// listed is a package as go list describes it.
type listed struct {
	ImportPath, Dir string
	Imports         []string
	Standard        bool
	Module          *struct {
		Path, Version, Dir, Sum string
		Main                    bool
	}
}

// legalFile matches names of files that state a licence, as LICENSE, COPYING.txt and
// SQLITE-LICENSE.
var legalFile = regexp.MustCompile(`(?i)^([a-z0-9]+-)?(licen[cs]e|copying|notice|patents)([-.].*)?$`)

// An inventory is what the packages of a program say about its modules.
type inventory struct {
	modules map[string]*module         // by path
	folders map[string]map[string]bool // of each module, those with linked packages and those above them
	owner   map[string]string          // the path of each package's module
	root    string                     // the folder of the program's own module
}

func (in *inventory) add(p *listed) {
	path, dir := standardLibrary, ""
	if p.Module != nil {
		path, dir = p.Module.Path, p.Module.Dir
	}
	in.owner[p.ImportPath] = path
	if in.modules[path] == nil {
		m := &module{Path: path}
		if p.Module != nil {
			m.Version, m.Sum, m.Main = p.Module.Version, p.Module.Sum, p.Module.Main
		}
		in.modules[path], in.folders[path] = m, map[string]bool{}
	}
	switch {
	case p.Standard:
	case in.modules[path].Main:
		in.root = dir
	default:
		for at := p.Dir; strings.HasPrefix(at, dir); at = filepath.Dir(at) {
			in.folders[path][at] = true
		}
	}
}

// linkedModules lists the modules with packages in the program, by path. The licence of
// a module is read from the folders of its linked packages and those above them.
func linkedModules(ctx context.Context) ([]module, error) {
	packages, err := listPackages(ctx)
	if err != nil {
		return nil, err
	}
	found := inventory{map[string]*module{}, map[string]map[string]bool{}, map[string]string{}, ""}
	for i := range packages {
		found.add(&packages[i])
	}
	byPath, folders, owner, root := found.modules, found.folders, found.owner, found.root
	goroot, err := output(ctx, root, "go", "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	for path, m := range byPath {
		switch {
		case path == standardLibrary:
			folders[path][strings.TrimSpace(goroot)] = true
		case m.Main:
			folders[path][root] = true
		}
		if err := m.readTexts(folders[path]); err != nil {
			return nil, fmt.Errorf("%s %s: %w", m.Path, m.Version, err)
		}
	}
	for _, p := range packages {
		from := byPath[owner[p.ImportPath]]
		for _, path := range p.Imports {
			if to := owner[path]; to != "" && to != from.Path && to != standardLibrary && !slices.Contains(from.Uses, to) {
				from.Uses = append(from.Uses, to)
			}
		}
	}
	var list []module
	for _, m := range byPath {
		slices.Sort(m.Uses)
		list = append(list, *m)
	}
	slices.SortFunc(list, func(a, b module) int { return cmp.Compare(a.Path, b.Path) })
	return list, nil
}

// listPackages lists the packages of the program, as it is built for Linux.
func listPackages(ctx context.Context) ([]listed, error) {
	out, err := output(ctx, "", "go", "list", "-deps", "-json=ImportPath,Dir,Imports,Standard,Module", program)
	if err != nil {
		return nil, err
	}
	var list []listed
	for in := json.NewDecoder(strings.NewReader(out)); ; {
		var p listed
		err := in.Decode(&p)
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read what go list says: %w", err)
		}
		list = append(list, p)
	}
}

// output runs a program and returns what it prints.
func output(ctx context.Context, dir, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux")
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, said.String())
	}
	return string(out), nil
}

// readTexts reads the files that state the module's licence.
func (m *module) readTexts(folders map[string]bool) error {
	for _, dir := range sorted(folders) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if !e.Type().IsRegular() || !legalFile.MatchString(e.Name()) || m.Main && e.Name() == noticeFile {
				continue
			}
			b, err := os.ReadFile(filepath.Join(dir, e.Name()))
			if err != nil {
				return err
			}
			m.Texts = append(m.Texts, text{e.Name(), clean(string(b))})
		}
	}
	m.Licences = licencesOf(m.Texts)
	return nil
}

func sorted(set map[string]bool) []string {
	var list []string
	for s := range set {
		list = append(list, s)
	}
	slices.Sort(list)
	return list
}

// clean gives a text the line ends of this project, without spaces at the ends.
func clean(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \t")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n") + "\n"
}
