package sqlite_test

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/sqlite"
)

// Only the owner may read the files, whether they are new or were made by an
// earlier version.
func TestFilesArePrivate(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	path := newPath(t)
	for _, round := range []string{"new", "made readable"} {
		s, err := sqlite.Open(t.Context(), sqlite.Config{Path: path})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.SetSettingOnce(t.Context(), round, "a row, so that there is a WAL"); err != nil {
			t.Fatal(err)
		}
		names, err := filepath.Glob(path + "*")
		if err != nil || len(names) < 3 {
			t.Fatalf("%s: files %v, %v", round, names, err)
		}
		for _, name := range names {
			if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s: %s has mode %v, %v", round, filepath.Base(name), info.Mode(), err)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// A forgotten number is in no byte of the files, also where an earlier version
// removed a row without overwriting it, and while another program has the file open.
func TestForgetErases(t *testing.T) {
	const number = "254733000333"
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	path := newPath(t)
	s := openPath(t, path)
	for i := range 50 {
		caller := number
		if i%2 == 0 {
			caller = "254722000222"
		}
		note := store.CallNote{At: at, Caller: caller, Session: "s", Provider: "p", Service: "*1#", Screen: "main", Shown: strings.Repeat(caller+" ", 40)}
		if err := s.AddCalls(t.Context(), []store.CallNote{note}); err != nil {
			t.Fatal(err)
		}
	}
	old := beside(t, path)
	mustExec(t, old, `PRAGMA secure_delete = OFF`)
	mustExec(t, old, `CREATE TABLE gone (x TEXT)`)
	mustExec(t, old, `INSERT INTO gone VALUES ('`+strings.Repeat(number+" ", 2000)+`')`)
	mustExec(t, old, `DROP TABLE gone`)
	if countIn(t, path, number) == 0 {
		t.Fatal("the number was never in the files")
	}
	if _, err := s.Forget(t.Context(), number, "amina", at, true); err != nil || countIn(t, path, number) == 0 {
		t.Fatalf("a dry run removes something: %v", err)
	}
	f, err := s.Forget(t.Context(), number, "amina", at.Add(time.Hour), false)
	if err != nil || !f.Any() {
		t.Fatalf("%+v, %v", f, err)
	}
	if n := countIn(t, path, number); n != 0 {
		t.Errorf("the number is %d times in the files", n)
	}
	if countIn(t, path, "254722000222") == 0 {
		t.Error("another number is gone, too")
	}
}

func countIn(t *testing.T, path, text string) (n int) {
	t.Helper()
	for _, name := range sqlite.Files(path) {
		b, err := os.ReadFile(name)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		n += bytes.Count(b, []byte(text))
	}
	return n
}
