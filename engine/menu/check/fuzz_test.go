package check

import (
	"io"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/menutest"
	"github.com/paytrace/paytrace/engine/menu/syntax"
	"github.com/paytrace/paytrace/internal/fuzz"
)

// FuzzDiagnose checks menus that were read in part: whatever is missing, the
// checks come to an end, every diagnostic has its place, and printing it works.
func FuzzDiagnose(tf *testing.F) {
	f := fuzz.New(tf)
	for _, pattern := range []string{"../testdata/err/*.yaml", "../testdata/ok/*.yaml", "../testdata/checked/*.yaml"} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			f.Fatalf("no seeds %s: %v", pattern, err)
		}
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data, []byte("main.say: Karibu {caller}\nmain.1: Ondoka\n"))
		}
	}
	// A list of which nothing says what it lists.
	f.Add([]byte("ussd: 1\nservice: S\ndial: \"*384#\"\nstart: main\nscreens:\n  main:\n    say: S\n    each: row\n"), []byte(""))
	f.Fuzz(func(t *testing.T, data, translation []byte) {
		fsys := fstest.MapFS{"menu.yaml": {Data: data}, "menu.sw.yaml": {Data: translation}}
		file, _ := syntax.Read(fsys, "menu.yaml", "")
		found := Check(file, menutest.Contracts)
		for _, x := range found {
			if x.Pos.Line < 1 || x.Pos.Column < 1 || x.Length < 1 || x.Message == "" || x.Severity == 0 {
				t.Errorf("%s at %s, %d long: %q", x.Code, x.Pos, x.Length, x.Message)
			}
		}
		source := func(string) []byte { return data }
		if err := diag.Text(io.Discard, found, source, false); err != nil {
			t.Error(err)
		}
	})
}
