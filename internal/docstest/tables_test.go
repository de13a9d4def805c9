package docstest

import (
	"encoding/json"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/store/storetest/servers"
)

// The tests run in the root of the repository.
func TestMain(m *testing.M) {
	if err := os.Chdir("../.."); err != nil {
		panic(err)
	}
	servers.Main(m)
}

// documents returns the names of all pages of the repository.
func documents(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*.md")
	if err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir("docs", func(name string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(name, ".md") {
			files = append(files, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// reference is the page with the tables that tests compare with the program.
const reference = "docs/reference.md"

// same compares the names in a table of the reference with those in the program.
func same(t *testing.T, what string, said, there []string) {
	t.Helper()
	slices.Sort(said)
	slices.Sort(there)
	if diff := cmp.Diff(there, said); diff != "" {
		t.Errorf("%s: the table of %s differs from the program (-program +table):\n%s", reference, what, diff)
	}
}

// goFiles calls each with the name of every Go file of the module.
func goFiles(t *testing.T, each func(name string)) {
	t.Helper()
	err := filepath.WalkDir(".", func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if base := e.Name(); e.IsDir() && (base == "testdata" || name == "tools" || len(base) > 1 && base[0] == '.') {
			return filepath.SkipDir
		}
		if strings.HasSuffix(name, ".go") {
			each(name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// required returns the modules of go.mod.
func required(t *testing.T) []string {
	t.Helper()
	out, err := exec.Command("go", "mod", "edit", "-json").Output()
	if err != nil {
		t.Fatalf("go mod edit: %v", err)
	}
	var mod struct{ Require []struct{ Path string } }
	if err := json.Unmarshal(out, &mod); err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, r := range mod.Require {
		paths = append(paths, r.Path)
	}
	return paths
}

// The dependency table has exactly the direct requirements of go.mod: the
// modules that some Go file imports, for whatever system.
func TestDependencyTable(t *testing.T) {
	modules := required(t)
	direct := map[string]bool{}
	goFiles(t, func(name string) {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, imp := range file.Imports {
			from, err := strconv.Unquote(imp.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if m := moduleOf(modules, from); m != "" {
				direct[m] = true
			}
		}
	})
	_, table, ok := strings.Cut(Section(t, reference, "Dependencies"), "\nThe next table has all direct dependencies.")
	if !ok {
		t.Fatalf("%s: found no sentence \"The next table has all direct dependencies.\" before the second table", reference)
	}
	same(t, "dependencies", Column(table, 1), slices.Collect(maps.Keys(direct)))
}

// moduleOf returns the module of a package: the longest path that fits.
func moduleOf(modules []string, from string) string {
	best := ""
	for _, m := range modules {
		if (from == m || strings.HasPrefix(from, m+"/")) && len(m) > len(best) {
			best = m
		}
	}
	return best
}

func TestSettingsTable(t *testing.T) {
	var names []string
	for _, m := range regexp.MustCompile(`(?m)^([A-Z0-9_]+)=`).FindAllStringSubmatch(Read(t, ".env.example"), -1) {
		names = append(names, m[1])
	}
	same(t, "settings", Column(Section(t, reference, "Settings"), 1), names)
}

func TestMetricsTable(t *testing.T) {
	files, err := filepath.Glob("internal/service/metrics/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	var names []string
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		for _, m := range regexp.MustCompile(`(?:Name: |NewDesc\()"([a-z_]+)"`).FindAllStringSubmatch(Read(t, file), -1) {
			names = append(names, m[1])
		}
	}
	same(t, "metrics", Column(Section(t, reference, "Metrics"), 1), names)
}

func TestRoutesTable(t *testing.T) {
	var api struct{ Paths map[string]any }
	if err := json.Unmarshal([]byte(Read(t, "server/openapi.json")), &api); err != nil {
		t.Fatal(err)
	}
	delete(api.Paths, "/docs/{asset}") // belongs to /docs
	same(t, "paths", Column(Section(t, reference, "Over HTTP"), 2), slices.Collect(maps.Keys(api.Paths)))
}

var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

func TestLinks(t *testing.T) {
	for _, doc := range documents(t) {
		for _, m := range link.FindAllStringSubmatch(Read(t, doc), -1) {
			to, _, _ := strings.Cut(m[1], "#")
			if to == "" || strings.Contains(to, "://") {
				continue
			}
			if _, err := os.Stat(path.Join(path.Dir(filepath.ToSlash(doc)), to)); err != nil {
				t.Errorf("%s: found no file for the link to %s", doc, m[1])
			}
		}
	}
}

// docs/README.md lists every decision.
func TestDecisionsAreListed(t *testing.T) {
	index := Read(t, "docs/README.md")
	files, err := filepath.Glob("docs/adr/*.md")
	if err != nil || len(files) == 0 {
		t.Fatalf("no decisions: %v", err)
	}
	for _, f := range files {
		if !strings.Contains(index, "("+strings.TrimPrefix(filepath.ToSlash(f), "docs/")+")") {
			t.Errorf("docs/README.md does not list %s", f)
		}
	}
}

// naming lists the pages whose names of files, tests and make targets have to
// exist.
var naming = []string{"README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "docs/README.md", "docs/reference.md", "docs/glossary.md", "docs/adr/*.md"}

var (
	aFile   = regexp.MustCompile(`^(?:(?:actions|bench|cmd|docs|engine|gateway|internal|menus|server|service|sms|store|tools|wallet)(?:/[a-z0-9_.-]+)+|[a-z_]+\.(?:go|sql))$`)
	aTest   = regexp.MustCompile(`^(?:Test|Benchmark|Fuzz)[A-Z]\w+$`)
	aTarget = regexp.MustCompile(`^make ([a-z]+)\b`)
)

func TestNamesInDocuments(t *testing.T) {
	tests, makefile := strings.Builder{}, Read(t, "Makefile")
	goFiles(t, func(name string) {
		if strings.HasSuffix(name, "_test.go") {
			tests.WriteString(Read(t, name))
		}
	})
	// README.md tells a newcomer to write these files.
	own := regexp.MustCompile(`^menus/duka\.`)
	for _, pattern := range naming {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("no %s: %v", pattern, err)
		}
		for _, doc := range files {
			for _, name := range Names(Read(t, doc)) {
				if aFile.MatchString(name) && !own.MatchString(name) {
					if _, err := os.Stat(name); err != nil {
						t.Errorf("%s names %s, and there is no such file", doc, name)
					}
				}
				if aTest.MatchString(name) && !strings.Contains(tests.String(), "func "+name+"(") {
					t.Errorf("%s names %s, and there is no such test", doc, name)
				}
				if target := aTarget.FindStringSubmatch(name); target != nil && !strings.Contains(makefile, "\n"+target[1]+":") {
					t.Errorf("%s names make %s, and the Makefile has no such target", doc, target[1])
				}
			}
		}
	}
}

// The tree of ARCHITECTURE.md has exactly the folders with Go files.
func TestTree(t *testing.T) {
	there := map[string]bool{}
	goFiles(t, func(name string) {
		if dir := filepath.ToSlash(filepath.Dir(name)); dir != "." {
			there[dir] = true
		}
	})
	said := map[string]bool{}
	for line := range strings.Lines(Section(t, "ARCHITECTURE.md", "The tree")) {
		if name, _, ok := strings.Cut(line, "/ "); ok && !strings.ContainsAny(name, " `|") {
			said[name] = true
		}
	}
	if diff := cmp.Diff(there, said); diff != "" {
		t.Errorf("ARCHITECTURE.md: the tree differs from the folders (-folders +tree):\n%s", diff)
	}
}
