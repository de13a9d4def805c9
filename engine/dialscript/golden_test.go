package dialscript

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
)

var update = flag.Bool("update", false, "write the golden files again")

// testPeople are the callers of the scripts in testdata.
var testPeople = &engine.Personas{List: []engine.Persona{
	{Name: "Amina", Phone: "254712345678", PIN: engine.NewSecret("1234")},
	{Name: "Juma", Phone: "254722000111", PIN: engine.NewSecret("8305"), Lang: "sw"},
}}

// TestErrGoldens reads every script of testdata/err and compares the findings
// with the .out file beside it.
func TestErrGoldens(t *testing.T) {
	for _, name := range scriptsIn(t, "testdata/err") {
		t.Run(name, func(t *testing.T) {
			f, found := readScript(t, filepath.Join("testdata/err", name))
			found = append(found, Check(f, testPeople)...)
			found.Sort()
			var out strings.Builder
			code, _, _ := strings.Cut(name, "_")
			seen := false
			for _, one := range found {
				fmt.Fprintf(&out, "%d+%d %s %s %s\n", one.Pos.Line, one.Pos.Column, one.Code, one.Severity, one.Message)
				if one.Help != "" {
					out.WriteString("   " + one.Help + "\n")
				}
				seen = seen || one.Code == code
			}
			if !seen {
				t.Errorf("no %s among the findings", code)
			}
			compareGolden(t, filepath.Join("testdata/err", name+".out"), []byte(out.String()))
		})
	}
}

// TestOkGoldens formats every script of testdata/ok, which has no finding.
func TestOkGoldens(t *testing.T) {
	for _, name := range scriptsIn(t, "testdata/ok") {
		t.Run(name, func(t *testing.T) {
			f, found := readScript(t, filepath.Join("testdata/ok", name))
			for _, one := range found {
				t.Error(one)
			}
			compareGolden(t, filepath.Join("testdata/ok", name+".out"), Format(f))
		})
	}
}

func scriptsIn(t *testing.T, dir string) []string {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(dir, "*.dial"))
	if err != nil || len(all) == 0 {
		t.Fatalf("no scripts in %s: %v", dir, err)
	}
	for i := range all {
		all[i] = filepath.Base(all[i])
	}
	return all
}

func readScript(t testing.TB, path string) (*File, diag.List) {
	t.Helper()
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return Parse(path, source)
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
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s (-want +got); run with -update if it is meant so\n%s", path, cmp.Diff(string(want), string(got)))
	}
}
