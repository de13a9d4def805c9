package catalog

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/menutest"
	"github.com/paytrace/paytrace/engine/menu/syntax"
	"github.com/paytrace/paytrace/internal/fuzz"
)

// seeds adds the files of the tests to a corpus.
func seeds(f *fuzz.F, ext string) {
	f.Helper()
	for _, pattern := range []string{"testdata/*." + ext, "testdata/mistakes/*." + ext} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			f.Fatalf("no files for %s: %v", pattern, err)
		}
		for _, name := range names {
			b, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(b)
		}
	}
}

// Any bytes can be read. What was read is written and read again without a loss.
func FuzzReadPO(tf *testing.F) {
	f := fuzz.New(tf)
	seeds(f, "po")
	f.Fuzz(func(t *testing.T, data []byte) {
		read, found := ReadPO("m.po", data)
		inFile(t, data, read, found)
		again, wrong := ReadPO("m.po", WritePO(catalogOf(read)))
		sameEntries(t, read, again, wrong)
	})
}

func FuzzReadCSV(tf *testing.F) {
	f := fuzz.New(tf)
	seeds(f, "csv")
	f.Fuzz(func(t *testing.T, data []byte) {
		read, found := ReadCSV("m.csv", data)
		inFile(t, data, read, found)
		b, err := WriteCSV(catalogOf(read))
		if err != nil {
			t.Fatal(err)
		}
		again, wrong := ReadCSV("m.csv", b)
		sameEntries(t, read, again, wrong)
	})
}

// inFile checks that every place is a place of the file.
func inFile(t *testing.T, data []byte, read Read, found diag.List) {
	t.Helper()
	lines := strings.Count(string(data), "\n") + 1
	for _, d := range found {
		if d.Pos.Line < 1 || d.Pos.Line > lines || d.Pos.Column < 1 || d.Message == "" || d.Help == "" {
			t.Errorf("a file of %d lines has the diagnostic %v", lines, d)
		}
	}
	for _, e := range read.Entries {
		for off := 0; off <= len(e.Words.Value); off++ {
			if at := e.Words.At(off); at.Line < 1 || at.Line > lines || at.Column < 1 {
				t.Errorf("byte %d of %q stands at %v", off, e.Words.Value, at)
			}
		}
	}
}

func catalogOf(read Read) *Catalog {
	c := &Catalog{Menu: "m.yaml", Service: "S", Lang: syntax.Language{Code: syntax.Text{Value: "sw"}}}
	for _, e := range read.Entries {
		c.Entries = append(c.Entries, Entry{Key: e.Key.Value, Text: e.Text.Value, Words: e.Words.Value, State: e.State})
	}
	return c
}

func sameEntries(t *testing.T, read, again Read, wrong diag.List) {
	t.Helper()
	values := func(r Read) (all [][]string) {
		for _, e := range r.Entries {
			// A reader of CSV takes CR LF for one line break.
			for _, s := range []string{e.Key.Value, e.Text.Value, e.Words.Value, string(e.State)} {
				all = append(all, []string{strings.ReplaceAll(s, "\r\n", "\n")})
			}
		}
		return all
	}
	if diff := cmp.Diff(values(read), values(again)); diff != "" || len(wrong) > 0 {
		t.Errorf("read again: %v\n%s", wrong, diff)
	}
}

// Whatever a translator writes stands in the translation as it was written, or the file
// has an error.
func FuzzTake(tf *testing.F) {
	f := fuzz.New(tf)
	for _, words := range []string{"Wapi?", "- x: y #", "a\nb\n\n  c", "\t", "'\"\\", "{city}", "12", "~", "|", "é\u0301", "\u2028x", "a\x01b", "0 Wapi", "# of 12345678"} {
		f.Add(words)
	}
	f.Fuzz(func(t *testing.T, words string) {
		if !utf8.ValidString(words) {
			return // a file in another encoding is refused as a whole
		}
		m := Menu{FS: fstest.MapFS{"m.yaml": {Data: []byte(market)}}, Name: "m.yaml", Contracts: menutest.Contracts}
		c := &Catalog{Menu: "m.yaml", Lang: syntax.Language{Code: syntax.Text{Value: "sw"}}, Entries: []Entry{{Key: "main.1", Text: "Where?", Words: words}}}
		read, found := ReadPO("m.po", WritePO(c))
		taken, err := Take(m, "sw", read)
		if err != nil {
			t.Fatalf("%q: %v", words, err)
		}
		for _, d := range append(found, taken.Found...) {
			if d.Severity == diag.Error {
				return
			}
		}
		file, found := syntax.Read(m.with(taken.Translated), m.Name, m.Dir)
		for _, e := range entriesOf(file, "sw") {
			want := strings.Trim(words, " \t\r\n")
			if strings.TrimSpace(words) == "" {
				want = "" // spaces of any kind translate nothing
			}
			if e.Key.Value == "main.1" && e.Text.Value != want {
				t.Errorf("the translation has %q, want %q; %v\n%s", e.Text.Value, want, found, taken.Bytes)
			}
		}
	})
}
