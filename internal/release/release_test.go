package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// small is a program that a release can be made of in a second.
const small = `package main

import (
	"fmt"
	"os"
)

func main() { fmt.Println("paytrace 1.2.3", os.Args[1:]) }
`

// source writes a repository into a new folder and enters it.
func source(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	files := map[string]string{
		"go.mod": "module example.com/small\n\ngo 1.26\n", "cmd/paytrace/main.go": small,
		"README.md": "read me", "CHANGELOG.md": "changes", "LICENSE": "licence", ".env.example": "PORT=", "deploy/paytrace.service": "[Unit]",
	}
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
}

// made runs a release in a folder of its own, and returns what is in its out folder.
func made(t *testing.T, args ...string) map[string][]byte {
	t.Helper()
	source(t)
	if err := run(t.Context(), args, "1700000000", io.Discard); err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	entries, err := os.ReadDir("dist")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if files[e.Name()], err = os.ReadFile(filepath.Join("dist", e.Name())); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// own is this machine's system.
var own = runtime.GOOS + "/" + runtime.GOARCH

// Two runs in different folders give the same bytes.
func TestReleaseIsReproducible(t *testing.T) {
	one, other := made(t, "-targets", own), made(t, "-targets", own)
	if len(one) != 3 || len(other) != len(one) {
		t.Fatalf("found %d and %d files, want an archive, a bill of materials and checksums", len(one), len(other))
	}
	for name, content := range one {
		if !bytes.Equal(content, other[name]) {
			t.Errorf("%s differs between two runs", name)
		}
	}
	// The control: another time of the source gives other bytes.
	source(t)
	if err := run(t.Context(), []string{"-targets", own}, "1700000001", io.Discard); err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile("dist/" + checksums)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(sums, one[checksums]) {
		t.Error("the checksums do not depend on the content")
	}
}

// The archive has the program, which runs, and everything that is delivered with it.
func TestArchive(t *testing.T) {
	files := made(t, "-targets", own, "-version", "9.8.7")
	name := "paytrace_9.8.7_" + runtime.GOOS + "_" + runtime.GOARCH
	to := t.TempDir()
	names := unpack(t, files[name+".tar.gz"], to)
	want := []string{
		".env.example", "CHANGELOG.md", "LICENSE", "README.md", "completions/_paytrace", "completions/paytrace.bash",
		"completions/paytrace.fish", "paytrace", "paytrace.cdx.json", "paytrace.service",
	}
	for i := range want {
		want[i] = name + "/" + want[i]
	}
	if !slices.Equal(names, want) {
		t.Errorf("the archive has %q, want %q", names, want)
	}
	out, err := exec.Command(filepath.Join(to, name, "paytrace"), "hello").CombinedOutput()
	if err != nil || string(out) != "paytrace 1.2.3 [hello]\n" {
		t.Errorf("the program prints %q, %v", out, err)
	}
	completion, err := os.ReadFile(filepath.Join(to, name, "completions/_paytrace"))
	if err != nil || string(completion) != "paytrace 1.2.3 [completion zsh]\n" {
		t.Errorf("the completion for zsh is %q, %v; want what the program prints", completion, err)
	}
}

func unpack(t *testing.T, archive []byte, to string) (names []string) {
	t.Helper()
	zip, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(zip); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			return names
		}
		if err != nil {
			t.Fatal(err)
		}
		if header.Uid != 0 || header.Gid != 0 || header.ModTime.Unix() != 1700000000 {
			t.Errorf("%s: owner %d:%d, time %v", header.Name, header.Uid, header.Gid, header.ModTime)
		}
		names = append(names, header.Name)
		path := filepath.Join(to, header.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, header.FileInfo().Mode()); err != nil {
			t.Fatal(err)
		}
	}
}

// The program that everybody has for it accepts the checksums, and finds a change.
func TestChecksums(t *testing.T) {
	if _, err := exec.LookPath("sha256sum"); err != nil {
		t.Skip("sha256sum is not installed, so nothing reads the checksums")
	}
	files := made(t, "-targets", own)
	check := func() error {
		cmd := exec.Command("sha256sum", "--strict", "-c", checksums)
		cmd.Dir = "dist"
		return cmd.Run()
	}
	if err := check(); err != nil {
		t.Errorf("sha256sum -c: %v", err)
	}
	for name := range files {
		if strings.HasSuffix(name, ".tar.gz") {
			if err := os.WriteFile("dist/"+name, []byte("changed"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if check() == nil {
		t.Error("sha256sum accepts an archive that was changed")
	}
}

// The bill of materials of this test's own program lists the modules that are in it.
func TestBillOfMaterials(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	content, err := billOfMaterials(self, "1.2.3", time.Unix(1700000000, 0).UTC())
	if err != nil {
		t.Fatal(err)
	}
	var got bill
	if err := json.Unmarshal(content, &got); err != nil {
		t.Fatal(err)
	}
	if got.Metadata.Timestamp != "2023-11-14T22:13:20Z" || got.Format != "CycloneDX" || !strings.HasPrefix(got.Serial, "urn:uuid:") {
		t.Errorf("got time %q, format %q, serial number %q", got.Metadata.Timestamp, got.Format, got.Serial)
	}
	if len(got.Components) == 0 || got.Components[0].PURL != "pkg:golang/std@"+strings.TrimPrefix(runtime.Version(), "go") {
		t.Errorf("got components %+v, want Go's own packages first", got.Components)
	}
	if len(got.Dependencies) != 1 || len(got.Dependencies[0].DependsOn) != len(got.Components) {
		t.Errorf("got dependencies %+v, want one for each of %d components", got.Dependencies, len(got.Components))
	}
}

func TestWrongArguments(t *testing.T) {
	for _, c := range []struct{ args, epoch, want string }{
		{"-targets linux", "1", `found "linux", expected a system as linux/amd64`},
		{"-out dist", "yesterday", `found "yesterday", expected seconds since 1970`},
	} {
		err := run(t.Context(), strings.Fields(c.args), c.epoch, io.Discard)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.args, err, c.want)
		}
	}
}
