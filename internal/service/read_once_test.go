//go:build unix

package service

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/paytrace/paytrace/engine/menu/syntax"
)

func openedDir(t *testing.T, files map[string]string) (*Folder, string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f, err := OpenDir(dir, "menus", "menus")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return f, dir
}

// What is no regular file of the folder is refused with the reason, and never waited for.
func TestOnlyRegularFilesAreRead(t *testing.T) {
	f, dir := openedDir(t, map[string]string{"good.yaml": "ussd: 1\n"})
	outside := filepath.Join(t.TempDir(), "outside.yaml")
	if err := errors.Join(
		syscall.Mkfifo(filepath.Join(dir, "pipe.yaml"), 0o600),
		os.Mkdir(filepath.Join(dir, "folder.yaml"), 0o700),
		os.WriteFile(outside, []byte("ussd: 1\n"), 0o600),
		os.Symlink(outside, filepath.Join(dir, "out.yaml")),
		os.Symlink("good.yaml", filepath.Join(dir, "link.yaml")),
		os.Symlink("pipe.yaml", filepath.Join(dir, "topipe.yaml")),
		os.Symlink("gone.yaml", filepath.Join(dir, "dangling.yaml")),
	); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"pipe.yaml":     "it is a named pipe, and only regular files are read",
		"topipe.yaml":   "it is a named pipe, and only regular files are read",
		"folder.yaml":   "it is a folder, and only regular files are read",
		"out.yaml":      "it is a link that leads out of the folder",
		"dangling.yaml": "there is no such file in the menu's folder",
	} {
		if _, err := fs.ReadFile(f.FS, name); err == nil || syntax.Cause(err) != want {
			t.Errorf("%s: got %v, want %q", name, err, want)
		}
	}
	for _, name := range []string{"good.yaml", "link.yaml"} {
		if b, err := fs.ReadFile(f.FS, name); err != nil || string(b) != "ussd: 1\n" {
			t.Errorf("%s: got %q, %v", name, b, err)
		}
	}
	names, err := f.Menus()
	if got := strings.Join(names, " "); err != nil || got != "dangling.yaml good.yaml link.yaml out.yaml pipe.yaml topipe.yaml" {
		t.Errorf("menus: %q, %v", got, err)
	}
}

func TestDevicesAreRefused(t *testing.T) {
	info, err := os.Stat(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	if err := regular(info); err == nil || err.Error() != "it is a device, and only regular files are read" {
		t.Errorf("got %v", err)
	}
}

// Of a file that is too long no more is read than a reader needs to see that.
func TestLongFilesAreReadInPart(t *testing.T) {
	f, dir := openedDir(t, map[string]string{"actions.yaml": ""})
	if err := os.Truncate(filepath.Join(dir, "actions.yaml"), 150<<20); err != nil {
		t.Fatal(err)
	}
	if _, err := fs.ReadFile(f.FS, "actions.yaml"); err == nil || !strings.Contains(err.Error(), "it has more than 256 KB") {
		t.Errorf("got %v", err)
	}
	once := f.FS.(*readOnce)
	if got := len(once.files["actions.yaml"].data); got != maxRead {
		t.Errorf("%d bytes were read", got)
	}
	_, found := syntax.ReadDeclared(f.FS, "actions.yaml", "menus")
	if len(found) != 1 || !strings.HasPrefix(found[0].Message, "The file has more than 256 KB") {
		t.Errorf("got %v", found)
	}
}

// A file is read once: what changes later is not mixed with what was seen.
func TestFilesAreReadOnce(t *testing.T) {
	f, dir := openedDir(t, map[string]string{"good.yaml": "first"})
	for range 2 {
		if b, err := fs.ReadFile(f.FS, "good.yaml"); err != nil || string(b) != "first" {
			t.Errorf("got %q, %v", b, err)
		}
		if err := os.WriteFile(filepath.Join(dir, "good.yaml"), []byte("second"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.freeze(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "late.yaml"), []byte("late"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := fs.ReadFile(f.FS, "late.yaml"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that appeared later: %v", err)
	}
}

// hanging is a folder that has gone away: its calls do not end.
type hanging struct {
	fstest.MapFS
	until chan struct{}
}

func (h hanging) Stat(name string) (fs.FileInfo, error) { <-h.until; return h.MapFS.Stat(name) }

func (h hanging) ReadDir(name string) ([]fs.DirEntry, error) {
	<-h.until
	return h.MapFS.ReadDir(name)
}

// A folder that does not answer is given up with a sentence that says so.
func TestFolderThatDoesNotAnswer(t *testing.T) {
	until := make(chan struct{})
	defer close(until)
	r := &readOnce{from: hanging{fstest.MapFS{"a.yaml": {}}, until}, within: time.Millisecond, files: map[string]readFile{}}
	_, open := r.Open("a.yaml")
	_, stat := r.Stat("a.yaml")
	_, list := r.ReadDir(".")
	for _, err := range []error{open, stat, list} {
		if err == nil || !strings.Contains(err.Error(), "its folder did not answer within") {
			t.Errorf("got %v", err)
		}
	}
}
