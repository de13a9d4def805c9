package command

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTenScriptsFindThreeMistakes plays testdata/clinic, a menu and ten calls
// that were written with docs/dial-scripts.md alone. They pass. Each of three
// mistakes in the menu, which the compiler can't find, fails at the line that
// describes it.
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
			if _, out := subcommand(t, "test", filepath.Join(dir, "clinic.dial")); !strings.Contains(out, c.says) {
				t.Errorf("not said: %s\n%s", c.says, out)
			}
		})
	}
}
