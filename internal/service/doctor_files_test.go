package service

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestFilesThatOthersCanRead(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	private, readable := filepath.Join(t.TempDir(), "private"), filepath.Join(t.TempDir(), "readable")
	for name, mode := range map[string]os.FileMode{private: 0o600, readable: 0o640} {
		if err := os.WriteFile(name, []byte("a key"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(name, mode); err != nil {
			t.Fatal(err)
		}
	}
	files := []string{private, readable, filepath.Join(t.TempDir(), "missing")}
	found := readableByOthers(files)
	if len(found) != 1 || found[0].State != StateWarning || !strings.Contains(found[0].Found, readable+" (mode 640)") || strings.Contains(found[0].Found, private) {
		t.Errorf("%+v", found)
	}
	makePrivate(readable)
	if found := readableByOthers(files); found != nil {
		t.Errorf("%+v", found)
	}
}
