package menu_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paytrace/paytrace/engine/menu/menutest"
)

// A note is a screen kind that the language does not have: a text that goes on after
// any key. newKind has its files, each where it stands in a program that has it.
const (
	newKind = "testdata/newkind"
	// mostFiles is how many files a new kind may touch.
	mostFiles = 8
)

// stages are the packages that have a file for each kind, and the tests there that
// name what a kind lacks.
var stages = map[string]string{
	"engine/menu/syntax": "TestKindsAreRead", "engine/menu/check": "TestKindsAreChecked",
	"engine/menu/compile": "TestKindsAreCompiled", "engine/menu/schema": "TestKindsAreDescribed",
}

// TestAddingAScreenKind builds a program with one screen kind more. The kind is a few
// files named after it, and one line in the table of the engine. The program checks,
// formats, describes, draws, plays and covers a menu with the kind. Without one of the
// files, the test of that stage names it.
func TestAddingAScreenKind(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program")
	}
	added := kindFiles(t)
	if len(added) > mostFiles {
		t.Errorf("a kind touches %d files, more than %d", len(added), mostFiles)
	}
	t.Run("with all files", func(t *testing.T) {
		out := golang(t, added, "run", "./engine/menu/"+newKind+"/play", "engine/menu/"+newKind+"/note.yaml", "engine/menu/"+newKind+"/note.dial")
		menutest.CompareGolden(t, newKind+"/note.out", out.Bytes())
		out = golang(t, added, "test", "-vet=off", "-run", "^TestKindsAreComplete$", "./engine")
		if !strings.HasPrefix(out.String(), "ok") {
			t.Errorf("the machine lacks something of the kind:\n%s", out)
		}
	})
	for stage, test := range stages {
		t.Run("without "+stage, func(t *testing.T) {
			less, lacks := map[string]string{}, stage+"/kind_note.go"
			for file, from := range added {
				if file != lacks {
					less[file] = from
				}
			}
			if len(less) != len(added)-1 {
				t.Fatalf("%s is not among the files of a kind", lacks)
			}
			out := golang(t, less, "test", "-vet=off", "-run", "^"+test+"$", "./"+stage)
			if !strings.Contains(out.String(), `the kind "note" `) || !strings.Contains(out.String(), lacks) {
				t.Errorf("%s does not name %s:\n%s", test, lacks, out)
			}
		})
	}
}

// kindFiles returns what a new kind touches: files of the project, and what stands in
// their place.
func kindFiles(t *testing.T) map[string]string {
	t.Helper()
	files := map[string]string{}
	for _, stage := range append(slices.Sorted(maps.Keys(stages)), "engine") {
		at := stage + "/kind_note.go"
		if _, err := os.Stat(filepath.Join("../..", at)); !os.IsNotExist(err) {
			t.Fatalf("%s exists already (%v)", at, err)
		}
		from, err := filepath.Abs(filepath.Join(newKind, filepath.Base(stage), "kind_note.go"))
		if err != nil {
			t.Fatal(err)
		}
		files[at] = from
	}
	table, err := os.ReadFile("../kinds.go")
	if err != nil {
		t.Fatal(err)
	}
	const last = "ScreenChoose:    &chooseKind,\n"
	longer := bytes.Replace(table, []byte(last), []byte(last+"\tScreenNote:      &noteKind,\n"), 1)
	if bytes.Equal(longer, table) {
		t.Fatalf("engine/kinds.go has no line %q", last)
	}
	files["engine/kinds.go"] = filepath.Join(t.TempDir(), "kinds.go")
	if err := os.WriteFile(files["engine/kinds.go"], longer, 0o600); err != nil {
		t.Fatal(err)
	}
	return files
}

// golang runs the go tool at the project's root, with files in the place of others,
// and returns what it prints.
func golang(t *testing.T, files map[string]string, command string, args ...string) *bytes.Buffer {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	overlay := struct{ Replace map[string]string }{map[string]string{}}
	for file, from := range files {
		overlay.Replace[filepath.Join(root, file)] = from
	}
	written, err := json.Marshal(overlay)
	if err != nil {
		t.Fatal(err)
	}
	at := filepath.Join(t.TempDir(), "overlay.json")
	if err := os.WriteFile(at, written, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "go", append([]string{command, "-overlay", at}, args...)...)
	cmd.Dir = root
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil && command != "test" {
		t.Fatalf("go %s: %v\n%s", command, err, &out)
	}
	return &out
}
