package catalog

import (
	"bytes"
	"encoding/csv"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/engine/menu/menutest"
	"github.com/paytrace/paytrace/engine/menu/rewrite"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// forms are the two kinds of files, by their extension.
var forms = map[string]struct {
	write func(*testing.T, *Catalog) []byte
	read  func([]byte) (Read, error)
}{
	"po": {
		func(_ *testing.T, c *Catalog) []byte { return WritePO(c) },
		func(b []byte) (Read, error) { read, found := ReadPO("m.po", b); return read, errorOf(found.First()) },
	},
	"csv": {
		func(t *testing.T, c *Catalog) []byte {
			b, err := WriteCSV(c)
			if err != nil {
				t.Fatal(err)
			}
			return b
		},
		func(b []byte) (Read, error) { read, found := ReadCSV("m.csv", b); return read, errorOf(found.First()) },
	},
}

type textError string

func (e textError) Error() string { return string(e) }

func errorOf(first string) error {
	if first == "" {
		return nil
	}
	return textError(first)
}

// shipped are menus with translations: those of the service, the examples, and those of
// other services.
func shipped(t *testing.T) []Menu {
	t.Helper()
	var all []Menu
	for _, dir := range []string{"../../../menus", "../../../menus/examples", "../testdata/services", "../testdata/ok"} {
		names, err := filepath.Glob(dir + "/*.sw.yaml")
		if err != nil || len(names) == 0 {
			t.Fatalf("%s has no translations: %v", dir, err)
		}
		for _, name := range names {
			menu := strings.TrimSuffix(path.Base(name), ".sw.yaml") + ".yaml"
			all = append(all, Menu{FS: os.DirFS(dir), Name: menu, Contracts: menutest.Contracts})
		}
	}
	return all
}

// written brings a translation up to date, as the program does before it writes a file.
func written(t *testing.T, m Menu, lang string) (Menu, rewrite.Translated, *Catalog) {
	t.Helper()
	out, err := rewrite.Take(m.FS, m.Name, m.Dir, lang, nil)
	if err != nil {
		t.Fatal(err)
	}
	m.FS = rewrite.Overlay(m.FS, fstest.MapFS{out.Name: &fstest.MapFile{Data: out.Bytes}})
	file, _ := syntax.Read(m.FS, m.Name, m.Dir)
	return m, out, Of(file, lang, m.Contracts)
}

// A file that goes out and comes back changes no byte of the translation, and the next
// file has the same bytes.
func TestARoundTripChangesNoByte(t *testing.T) {
	for _, m := range shipped(t) {
		for ext, form := range forms {
			m, out, c := written(t, m, "sw")
			sent := form.write(t, c)
			read, err := form.read(sent)
			if err != nil {
				t.Fatalf("%s.%s: %v\n%s", m.Name, ext, err, sent)
			}
			if len(read.Entries) != len(c.Entries) || len(c.Entries) == 0 {
				t.Fatalf("%s.%s: %d of %d texts came back", m.Name, ext, len(read.Entries), len(c.Entries))
			}
			taken, err := Take(m, "sw", read)
			if err != nil || len(taken.Keys) > 0 || len(taken.Found) > 0 || !bytes.Equal(taken.Bytes, out.Bytes) {
				t.Errorf("%s.%s: %v, changed %v, found %v\n%s", m.Name, ext, err, taken.Keys, taken.Found, cmp.Diff(string(out.Bytes), string(taken.Bytes)))
			}
			file, _ := syntax.Read(m.with(taken.Translated), m.Name, m.Dir)
			if again := form.write(t, Of(file, "sw", m.Contracts)); !bytes.Equal(again, sent) {
				t.Errorf("%s.%s: another file the second time:\n%s", m.Name, ext, cmp.Diff(string(sent), string(again)))
			}
		}
	}
}

// A whole translation goes through a file into a menu that has none, word by word.
func TestWordsComeBack(t *testing.T) {
	for _, m := range shipped(t) {
		for ext, form := range forms {
			_, _, full := written(t, m, "sw")
			for i := range full.Entries {
				full.Entries[i].State = Done // a translator has compared them all
			}
			read, err := form.read(form.write(t, full))
			if err != nil {
				t.Fatal(err)
			}
			bare := m
			bare.FS = without{m.FS, strings.TrimSuffix(m.Name, ".yaml") + ".sw.yaml"}
			taken, err := Take(bare, "sw", read)
			if err != nil {
				t.Fatalf("%s.%s: %v", m.Name, ext, err)
			}
			file, found := syntax.Read(bare.with(taken.Translated), m.Name, m.Dir)
			if found.First() != "" {
				t.Fatalf("%s.%s: %s\n%s", m.Name, ext, found.First(), taken.Bytes)
			}
			want := map[string]string{}
			for _, e := range full.Entries {
				want[e.Key] = strings.TrimSpace(e.Words)
			}
			for _, e := range entriesOf(file, "sw") {
				if e.Text.Value != want[e.Key.Value] {
					t.Errorf("%s.%s: %s is %q, want %q", m.Name, ext, e.Key.Value, e.Text.Value, want[e.Key.Value])
				}
				if e.Text.Value != "" && (e.Of == "" || e.Unreviewed) {
					t.Errorf("%s.%s: %s has no mark", m.Name, ext, e.Key.Value)
				}
			}
		}
	}
}

// gettext reads what is written. Where it is not installed, the test says so.
func TestGettextReadsPO(t *testing.T) {
	msgfmt, err := exec.LookPath("msgfmt")
	if err != nil {
		t.Skip("msgfmt of gettext is not installed, so nobody else has read these PO files")
	}
	for _, m := range shipped(t) {
		_, _, c := written(t, m, "sw")
		file := filepath.Join(t.TempDir(), "m.po")
		if err := os.WriteFile(file, WritePO(c), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(msgfmt, "--check", "-o", os.DevNull, file).CombinedOutput()
		if err != nil || len(out) > 0 {
			t.Errorf("%s: %v\n%s", m.Name, err, out)
		}
	}
}

// A spreadsheet's reader finds the same cells, and rows of the same length.
func TestCSVIsRectangular(t *testing.T) {
	for _, m := range shipped(t) {
		_, _, c := written(t, m, "sw")
		b, err := WriteCSV(c)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll() // refuses rows of other lengths
		if err != nil || len(rows) != len(c.Entries)+1 {
			t.Fatalf("%s: %d rows for %d texts: %v", m.Name, len(rows), len(c.Entries), err)
		}
		for i, e := range c.Entries {
			if row := rows[i+1]; row[0] != e.Key || row[1] == "" || row[3] != e.Text || row[4] != e.Words {
				t.Errorf("%s: row %d is %q, want %+v", m.Name, i+1, row, e)
			}
		}
	}
}

// A file has for each text its context, the author's note, its length and its limit.
func TestWhatATranslatorSees(t *testing.T) {
	const menu = `ussd: 1
service: Market
dial: "*1#"
languages: {en: English, sw: Kiswahili}
start: main
vars:
  city: text 20
screens:
  main:
    # The farmers' market, not the shop.
    say: |
      Market
      day
    menu:
      # allow U406: the names are those of the board
      1: Where? -> where  # short
      2: 'Say "when" -> done'
  where:
    say: Your city?
    ask: city -> done
  done:
    end: "Open in {city} on Monday."
    sms: {to: caller, say: Open on Monday.}
`
	const sw = "main.say: |\n  Siku\n  ya soko\nmain.1: Wapi?\ndone.say: \"Wazi {city} Jumatatu.\"  # of 00000000\n"
	m := Menu{FS: fstest.MapFS{"m.yaml": {Data: []byte(menu)}, "m.sw.yaml": {Data: []byte(sw)}}, Name: "m.yaml", Dir: "menus", Contracts: menutest.Contracts}
	_, _, c := written(t, m, "sw")
	menutest.CompareGolden(t, "testdata/market.po", WritePO(c))
	b, err := WriteCSV(c)
	if err != nil {
		t.Fatal(err)
	}
	menutest.CompareGolden(t, "testdata/market.csv", b)
}

// without is a folder that lacks one file.
type without struct {
	fs.FS
	name string
}

func (w without) Open(name string) (fs.File, error) {
	if name == w.name {
		return nil, fs.ErrNotExist
	}
	return w.FS.Open(name)
}

const market = `ussd: 1
service: Market
dial: "*1#"
languages: {en: English, sw: Kiswahili}
start: main
vars:
  city: text 20
screens:
  main:
    say: |
      Market
      day
    menu:
      1: Where? -> where
      2: 'Say "when" -> done'
  where:
    say: Your city?
    ask: city -> done
  done:
    end: "Open in {city} on Monday."
    sms: {to: caller, say: Open on Monday.}
`

// What was edited badly is reported at the lines of the translator's file.
func TestMistakesOfTranslators(t *testing.T) {
	files, err := filepath.Glob("testdata/mistakes/*.[pc][os]*")
	if err != nil || len(files) < 6 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, ".out") {
			continue
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		read, found := ReadPO(path.Base(file), data)
		if strings.HasSuffix(file, ".csv") {
			read, found = ReadCSV(path.Base(file), data)
		}
		m := Menu{FS: fstest.MapFS{"m.yaml": {Data: []byte(market)}}, Name: "m.yaml", Contracts: menutest.Contracts}
		taken, err := Take(m, "sw", read)
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, taken.Found...)
		found.Sort()
		if len(found) == 0 {
			t.Errorf("%s has no diagnostics", file)
		}
		sources := func(name string) []byte {
			switch name {
			case path.Base(file):
				return data
			case "m.yaml":
				return []byte(market)
			}
			return nil
		}
		menutest.CompareGolden(t, file+".out", menutest.Printed(t, sources, found))
	}
}
