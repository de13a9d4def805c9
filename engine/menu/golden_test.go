package menu

import (
	"bytes"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/engine/diag"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestErrGoldens diagnoses every menu of testdata/err and compares what is
// printed with the .out file beside it. The files that a menu includes, and
// its translations, begin with its name and a dot.
func TestErrGoldens(t *testing.T) {
	root := "testdata/err"
	for _, name := range menusIn(t, root) {
		t.Run(strings.TrimSuffix(name, ".yaml"), func(t *testing.T) {
			code, _, _ := strings.Cut(strings.TrimSuffix(name, ".yaml"), "_")
			file, found := diagnoseFor(code, os.DirFS(root), name)
			if len(found) == 0 {
				t.Fatal("no finding at all")
			}
			if !has(found, code) {
				t.Errorf("no %s among the findings", code)
			}
			compareGolden(t, filepath.Join(root, strings.TrimSuffix(name, ".yaml")+".out"), printed(t, file, found))
		})
	}
}

// diagnoseFor is Diagnose, but for the codes of reading: what the checks say of
// a menu that was read in part is noise in their goldens. Exceptions (U009) are
// judged by the checks too, and so is what the checks find of those codes.
func diagnoseFor(code string, fsys fs.FS, name string) (*File, diag.List) {
	if strings.HasPrefix(code, "U00") && code != "U009" && !strings.HasSuffix(name, "_checked.yaml") {
		return Read(fsys, name, "")
	}
	return Diagnose(fsys, name, "", testContracts)
}

// TestOkGoldens reads every menu of testdata/ok without a finding, and
// compares the tree with the .out file beside it.
func TestOkGoldens(t *testing.T) {
	root := "testdata/ok"
	for _, name := range menusIn(t, root) {
		t.Run(strings.TrimSuffix(name, ".yaml"), func(t *testing.T) {
			file, found := Read(os.DirFS(root), name, "")
			if len(found) > 0 {
				t.Errorf("findings:\n%s", printed(t, file, found))
			}
			compareGolden(t, filepath.Join(root, strings.TrimSuffix(name, ".yaml")+".out"), dump(file))
		})
	}
}

// menusIn are the menus of a folder: names with one dot. "x.sw.yaml" is a
// translation of "x.yaml", "x.more.yaml" a file it includes.
func menusIn(t *testing.T, root string) []string {
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

func has(found diag.List, code string) bool {
	for _, f := range found {
		if f.Code == code {
			return true
		}
	}
	return false
}

// printed is what a person sees of findings.
func printed(t *testing.T, file *File, found diag.List) []byte {
	t.Helper()
	sources := func(path string) []byte {
		for _, s := range file.Sources {
			if s.Path == path {
				return s.Bytes
			}
		}
		return nil
	}
	var b bytes.Buffer
	if err := diag.Text(&b, found, sources, false); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func compareGolden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
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
