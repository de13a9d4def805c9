package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTenScriptsFindThreeMistakes: testdata/clinic is a menu and ten calls to it
// that were written with nothing but docs/dial-scripts.md. They pass; and each of
// three mistakes in the menu, none of which the compiler can know of, is found
// at the line that says so.
func TestTenScriptsFindThreeMistakes(t *testing.T) {
	for name, c := range map[string]struct{ file, old, new, says string }{
		"none":                     {"clinic.yaml", "", "", "10 calls: 10 passed"},
		"Yes and No are swapped":   {"clinic.yaml", "confirm: -> booked\n    cancel: -> main", "confirm: -> main\n    cancel: -> booked", "clinic.dial:44:1: failed: A visit is booked"},
		"one try too many":         {"clinic.yaml", "    retries: 2\n", "", "clinic.dial:75:1: failed: Two wrong numbers"},
		"a translation in English": {"clinic.sw.yaml", "Siku gani? (mfano", "Which day? (mfano", "clinic.dial:98:1: failed: The town is known"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS("testdata/clinic")); err != nil {
				t.Fatal(err)
			}
			source, err := fs.ReadFile(os.DirFS(dir), c.file)
			if err != nil {
				t.Fatal(err)
			}
			if c.old != "" && strings.Count(string(source), c.old) != 1 {
				t.Fatalf("%q stands there %d times", c.old, strings.Count(string(source), c.old))
			}
			if c.old != "" {
				write(t, dir, c.file, strings.Replace(string(source), c.old, c.new, 1))
			}
			if _, out := verb(t, "test", filepath.Join(dir, "clinic.dial")); !strings.Contains(out, c.says) {
				t.Errorf("not said: %s\n%s", c.says, out)
			}
		})
	}
}
