package syntax

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/paytrace/paytrace/engine/menu/menutest"
)

// TestScreenKeysHaveOwners: a key that the language gains is either a kind,
// goes with kinds, or may stand on any screen.
func TestScreenKeysHaveOwners(t *testing.T) {
	owned := map[string]bool{"nav": true, "skip": true, "when": true, "late": true}
	for _, o := range KeyOwners() {
		owned[o.Key] = true
		for _, v := range o.Kinds {
			if !slices.Contains(KindKeys(), v) {
				t.Errorf("%q goes with %q, which is no verb", o.Key, v)
			}
		}
	}
	for key := range screenKeys() {
		if !owned[key] && !slices.Contains(KindKeys(), key) {
			t.Errorf("nothing says which screens %q may stand on", key)
		}
	}
	for _, v := range KindKeys() {
		if screenKeys()[v] == nil {
			t.Errorf("the verb %q is not read", v)
		}
	}
}

// TestLineEndsAndMarks: what editors do to a file changes nothing but bytes.
func TestLineEndsAndMarks(t *testing.T) {
	data, err := os.ReadFile("../testdata/ok/sample.yaml")
	if err != nil {
		t.Fatal(err)
	}
	unix := string(data)
	want, _ := Read(fstest.MapFS{"m.yaml": {Data: data}}, "m.yaml", "")
	for name, source := range map[string]string{
		"CRLF":              strings.ReplaceAll(unix, "\n", "\r\n"),
		"byte order mark":   "\ufeff" + unix,
		"both":              "\ufeff" + strings.ReplaceAll(unix, "\n", "\r\n"),
		"no last line end":  strings.TrimRight(unix, "\n"),
		"trailing comments": unix + "\n\n# end\n",
	} {
		got, found := Read(fstest.MapFS{"m.yaml": {Data: []byte(source)}}, "m.yaml", "")
		if len(found) > 0 {
			t.Errorf("%s: %v", name, found)
		}
		if diff := cmp.Diff(string(dump(want)), string(dump(got))); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
	}
}

// TestOnlyTheMenusFolder: neither names nor links lead out of the folder.
func TestOnlyTheMenusFolder(t *testing.T) {
	dir := t.TempDir()
	outside := filepath.Join(dir, "outside.yaml")
	menus := filepath.Join(dir, "menus")
	write := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(menus, 0o700); err != nil {
		t.Fatal(err)
	}
	write(outside, "screens: {stolen: {end: x}}\n")
	write(filepath.Join(menus, "m.yaml"), menutest.Header+"include: [../outside.yaml, link.yaml, sub/x.yaml, 'C:\\x.yaml', /etc/passwd]\nscreens: {main: {end: Bye}}\n")
	if err := os.Symlink(outside, filepath.Join(menus, "link.yaml")); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(menus)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	f, found := Read(root.FS(), "m.yaml", "menus")
	if len(found) != 5 || len(f.Screens) != 1 {
		t.Errorf("%d screens and diagnostics\n%s", len(f.Screens), menutest.Printed(t, f.Source, found))
	}
	for _, x := range found {
		if x.Pos.File != filepath.ToSlash("menus/m.yaml") || x.Pos.Line != 5 {
			t.Errorf("diagnostic at %v", x.Pos)
		}
	}
}

// TestNoFile: a menu that is not there is a diagnostic like any other.
func TestNoFile(t *testing.T) {
	fsys := fstest.MapFS{"paytrace.yaml": {Data: []byte(menutest.Header)}}
	f, found := Read(fsys, "paytrase.yaml", "menus")
	if f == nil || len(found) != 1 || found[0].Help != `Did you mean "paytrace.yaml"?` {
		t.Errorf("diagnostics %+v", found)
	}
}

// TestYAMLWords: an error that the scan has not foreseen still has its line
// and a sentence. Each of yaml.v3's own sentences is found in its message.
func TestYAMLWords(t *testing.T) {
	for source, theirs := range map[string]string{
		"a: b: c\n":           "mapping values are not allowed",
		"a:\n  - b\n  c: d\n": "did not find expected '-' indicator",
		"a: b\n- c\n":         "did not find expected key",
		"a: \"b\n":            "unexpected end of stream",
		"a: - b\n":            "block sequence entries are not allowed",
	} {
		err := yaml.Unmarshal([]byte(source), &yaml.Node{})
		if err == nil || !strings.Contains(err.Error(), theirs) {
			t.Errorf("%q: YAML says %v, not %q", source, err, theirs)
			continue
		}
		if line, message := yamlError(err); line < 1 || strings.Contains(message, theirs) {
			t.Errorf("%q: line %d, %q", source, line, message)
		}
	}
}

// TestSourceHash: the mark is stable, as "lang" has written it into files.
func TestSourceHash(t *testing.T) {
	if got := SourceHash("Sign in"); got != "bfd402b2" {
		t.Errorf("hash %q", got)
	}
	if SourceHash("Sign in") == SourceHash("Sign out") {
		t.Error("two texts have one hash")
	}
}

// TestCondShapes: what binds tighter, and what the words become.
func TestCondShapes(t *testing.T) {
	for source, want := range map[string]string{
		"a is set":                            "(a is set)",
		"a is not empty":                      "not (a is empty)",
		"not a = 1 and b = 2 or c = 3":        "((not (a = 1) and (b = 2)) or (c = 3))",
		"a = 1 or b = 2 and c = 3":            "((a = 1) or ((b = 2) and (c = 3)))",
		"a = 1 and (b = 2 or not (c != 'x'))": "((a = 1) and ((b = 2) or not (c != 'x')))",
		"a.b<=-2.50 and c>\"y\"":              "((a.b <= -2.50) and (c > 'y'))",
		"not not lang = sw":                   "not not (lang = sw)",
	} {
		p := &reader{file: &File{}}
		c := p.cond(Text{Value: source})
		if c == nil || len(p.out) > 0 {
			t.Errorf("%q: %v", source, p.out)
			continue
		}
		if got := condString(c); got != want {
			t.Errorf("%q is %s, want %s", source, got, want)
		}
	}
}

func condString(c *Cond) string {
	side := func(v Value) string {
		if v.Quoted {
			return "'" + v.Value + "'"
		}
		return v.Value
	}
	switch {
	case c.Op == "not":
		return "not " + condString(c.A)
	case c.A != nil:
		return "(" + condString(c.A) + " " + c.Op + " " + condString(c.B) + ")"
	case strings.HasPrefix(c.Op, "is "):
		return "(" + side(c.Left) + " " + c.Op + ")"
	}
	return "(" + side(c.Left) + " " + c.Op + " " + side(c.Right) + ")"
}

// TestOkTextsStandInTheirSource: every text of the good menus, at its place.
func TestOkTextsStandInTheirSource(t *testing.T) {
	for _, name := range menutest.MenusIn(t, "../testdata/ok") {
		f, _ := Read(os.DirFS("../testdata/ok"), name, "")
		count := 0
		for _, s := range f.Sources {
			for _, text := range texts(reflect.ValueOf(*f)) {
				if text.Pos.File == s.Path {
					checkPlaces(t, text, string(s.Bytes))
					count++
				}
			}
		}
		if count == 0 {
			t.Errorf("%s: no text seen", name)
		}
	}
}
