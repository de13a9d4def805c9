package paytrace_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// layered lists the folders whose files are layers: a file uses only what files below
// it declare, so a reader can begin at the bottom or at the top.
var layered = []string{"engine/menu/check", "engine/menu/syntax"}

func TestFilesAreLayers(t *testing.T) {
	for _, folder := range layered {
		for _, circle := range circles(arrowsBetweenFiles(t, folder)) {
			t.Errorf("%s: these files use each other: %s; move declarations until each uses only files below it", folder, circle)
		}
	}
}

// The control: a circle is found, and named with what ties it.
func TestCirclesAreFound(t *testing.T) {
	got := circles(map[string]map[string]string{
		"top.go": {"a.go": "A"}, "a.go": {"b.go": "B", "c.go": "C"}, "b.go": {"c.go": "C"}, "c.go": {"a.go": "A"},
	})
	if want := []string{"a.go (B) → b.go (C) → c.go (A) → a.go"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := circles(map[string]map[string]string{"a.go": {"b.go": "B", "c.go": "C"}, "b.go": {"c.go": "C"}}); got != nil {
		t.Errorf("layers: got %q", got)
	}
}

// arrowsBetweenFiles returns for each file of a package which files declare what it
// uses, each with one of the names used.
func arrowsBetweenFiles(t *testing.T, folder string) map[string]map[string]string {
	t.Helper()
	names, err := filepath.Glob(folder + "/*.go")
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
	config := types.Config{Importer: importer.ForCompiler(fset, "gc", compiled(t, folder))}
	pkg, err := config.Check(module+"/"+folder, fset, files, info)
	if err != nil {
		t.Fatal(err)
	}
	fileOf := func(at token.Pos) string { return filepath.Base(fset.Position(at).Filename) }
	arrows := map[string]map[string]string{}
	for id, used := range info.Uses {
		from, to := fileOf(id.Pos()), fileOf(used.Pos())
		if used.Pkg() != pkg || from == to {
			continue
		}
		if arrows[from] == nil {
			arrows[from] = map[string]string{}
		}
		arrows[from][to] = used.Name()
	}
	if len(arrows) < len(files)/2 {
		t.Fatalf("%s: found arrows from %d of %d files only", folder, len(arrows), len(files))
	}
	return arrows
}

// compiled finds the compiled form of what a package imports.
func compiled(t *testing.T, folder string) func(path string) (io.ReadCloser, error) {
	t.Helper()
	var stderr bytes.Buffer
	cmd := exec.Command("go", "list", "-deps", "-export", "-f", "{{.ImportPath}} {{.Export}}", "./"+folder)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list -export: %v\n%s", err, &stderr)
	}
	export := map[string]string{}
	for line := range strings.Lines(string(out)) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), " ")
		export[path] = file
	}
	return func(path string) (io.ReadCloser, error) {
		if export[path] == "" {
			return nil, fmt.Errorf("go list names no compiled form of %s", path)
		}
		return os.Open(export[path])
	}
}

// circles returns the circles that a walk along the arrows comes upon, each as its
// files with the names that tie them.
func circles(arrows map[string]map[string]string) (found []string) {
	done := map[string]bool{}
	var path []string
	var visit func(file string)
	visit = func(file string) {
		if i := slices.Index(path, file); i >= 0 {
			circle := ""
			around := slices.Concat(path[i:], []string{file})
			for j, from := range path[i:] {
				circle += fmt.Sprintf("%s (%s) → ", from, arrows[from][around[j+1]])
			}
			found = append(found, circle+file)
			return
		}
		if done[file] {
			return
		}
		path = append(path, file)
		for _, to := range slices.Sorted(maps.Keys(arrows[file])) {
			visit(to)
		}
		path = path[:len(path)-1]
		done[file] = true
	}
	for _, file := range slices.Sorted(maps.Keys(arrows)) {
		visit(file)
	}
	return found
}
