package menutest

import (
	"bytes"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/engine/diag"
)

var Update = flag.Bool("update", false, "rewrite the golden files")

// MenusIn returns the menus of a folder: names with one dot. "x.sw.yaml" is a
// translation of "x.yaml", "x.more.yaml" a file it includes.
func MenusIn(t *testing.T, root string) []string {
	t.Helper()
	all, err := fs.Glob(os.DirFS(root), "*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, n := range all {
		if strings.Count(n, ".") == 1 {
			names = append(names, n)
		}
	}
	if len(names) == 0 {
		t.Fatalf("no menus in %s", root)
	}
	return names
}

func Has(found diag.List, code string) bool {
	for _, f := range found {
		if f.Code == code {
			return true
		}
	}
	return false
}

// Printed returns diagnostics as the program prints them.
func Printed(t *testing.T, sources func(path string) []byte, found diag.List) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := diag.Text(&b, found, sources, false); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func CompareGolden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *Update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (run with -update to write it)", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Folder returns the files beside one.
func Folder(t *testing.T, path string) fstest.MapFS {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(name)] = &fstest.MapFile{Data: data}
	}
	return files
}

// Fataler lists the methods that *testing.T and *rapid.T share.
type Fataler interface {
	Fatalf(format string, args ...any)
}

const Header = "ussd: 1\nservice: PayTrace\ndial: \"*384#\"\nstart: main\n"
