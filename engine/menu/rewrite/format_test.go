package rewrite

import (
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/paytrace/paytrace/engine/menu/menutest"
	"github.com/paytrace/paytrace/engine/menu/syntax"
	"github.com/paytrace/paytrace/internal/fuzz"
)

// formatted formats a menu with its files, and once more.
func formatted(t menutest.Fataler, fsys fstest.MapFS, name string) fstest.MapFS {
	out := fstest.MapFS{}
	file, found := syntax.Read(fsys, name, "")
	list, err := FormatMenu(file, found)
	if err != nil {
		t.Fatalf("%v", err)
	}
	for _, f := range list {
		out[f.Name] = &fstest.MapFile{Data: f.Bytes}
	}
	file, found = syntax.Read(out, name, "")
	list, err = FormatMenu(file, found)
	if err != nil {
		t.Fatalf("again: %v", err)
	}
	for _, f := range list {
		if f.Changed() {
			t.Fatalf("%s changes when formatted again:\n%s", f.Name, cmp.Diff(string(f.Old), string(f.Bytes)))
		}
	}
	return out
}

// Every form of the language and every readable menu of the goldens keeps its meaning
// and its comments. FormatMenu itself refuses a change of either.
func TestFormatGoldens(t *testing.T) {
	for _, dir := range []string{"../testdata/ok", "../testdata/err", "../../../menus"} {
		fsys := fstest.MapFS{}
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if strings.HasSuffix(e.Name(), ".yaml") {
				data, err := os.ReadFile(dir + "/" + e.Name())
				if err != nil {
					t.Fatal(err)
				}
				fsys[e.Name()] = &fstest.MapFile{Data: data}
			}
		}
		done := 0
		for name := range fsys {
			if strings.Count(name, ".") > 1 || name == "people.yaml" {
				continue
			}
			if _, found := syntax.Read(fsys, name, ""); found.First() != "" {
				continue
			}
			t.Run(name, func(t *testing.T) { formatted(t, fsys, name) })
			done++
		}
		if done == 0 {
			t.Errorf("%s: nothing to format", dir)
		}
	}
}

func TestFormat(t *testing.T) {
	const in = "# A shop.\r\nussd:   1 # version\n\n\n\nservice: 'Shop'\ndial: '*384*1#'\nlanguages: { en: English,\n  sw: Kiswahili }\nstart: main\n\nscreens:\n\n  main:\n      say: \"Shop: open\"\n      menu:\n      - \"Prices, today -> prices\"   # a note\n      # allow U401: why\n      - {say: \"Exit, or: not\", go: bye}\n\n      - {say: Help,  go: bye, if: lang = \"sw\"}\n  prices:\n    say: |+\n       Bread 65\n         cake 80\n\n    set: {}\n  bye:\n    end: \"Goodbye.\"\n    # the end\n"
	const want = `# A shop.
ussd: 1   # version

service: Shop
dial: "*384*1#"
languages: {en: English, sw: Kiswahili}
start: main

screens:

  main:
    say: |
      Shop: open
    menu:
      - Prices, today -> prices     # a note
      # allow U401: why
      - say: |
          Exit, or: not
        go: bye

      - {say: Help, go: bye, if: lang = "sw"}
  prices:
    say: |+
      Bread 65
        cake 80

    set: {}
  bye:
    end: Goodbye.
# the end
`
	got, err := format("shop.yaml", []byte(in), false)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
	again, err := format("shop.yaml", got, false)
	if err != nil || string(again) != string(got) {
		t.Errorf("formatted again, it changes: %v\n%s", err, cmp.Diff(string(got), string(again)))
	}
}

// Formatting marks no translation: it does not know whether somebody has compared it
// with its text. A mark that is there stays.
func TestFormatMarksNoTranslation(t *testing.T) {
	fsys := fstest.MapFS{
		"m.yaml":    {Data: []byte("ussd: 1\nservice: S\ndial: \"*1#\"\nlanguages: {en: English, sw: Kiswahili}\nstart: a\nscreens:\n  a:\n    end: Bye.\n  b:\n    end: Sorry.\n  c:\n    end: Wait.\n")},
		"m.sw.yaml": {Data: []byte("a.say: Kwaheri.\nb.say: \"Pole: sana.\"  # of 1a2b3c4d\nc.say: Ngoja.  # as they say\n")},
	}
	got := string(formatted(t, fsys, "m.yaml")["m.sw.yaml"].Data)
	want := "a.say: Kwaheri.\nb.say: |              # of 1a2b3c4d\n  Pole: sana.\nc.say: Ngoja.  # as they say\n"
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// A menu that can't be read is left alone.
func TestFormatRefuses(t *testing.T) {
	file, found := syntax.Read(fstest.MapFS{"m.yaml": {Data: []byte("ussd: 1\nscreens:\n  a:\n    say: One: two\n")}}, "m.yaml", "")
	if _, err := FormatMenu(file, found); err == nil || !strings.Contains(err.Error(), "m.yaml:") {
		t.Errorf("got %v", err)
	}
}

// Formatted random menus compile to the same program, apart from its hash and
// positions.
func TestFormatKeepsMeaning(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		m := &menutest.RandomMenu{Rand: rand.New(rand.NewPCG(seed, 1)), N: 6}
		src := m.Write()
		text := rapid.StringMatching(`[a-zA-Z:#,{}'"\\ |>&*!%@\-?é]{1,12}`).Draw(t, "text")
		src += "  said:\n    end: " + syntax.InQuotes(text) + "   # a comment\n  said_too: {end: " + syntax.InQuotes(text) + "}\n"
		fsys := fstest.MapFS{"m.yaml": {Data: []byte(src)}}
		file, found := syntax.Read(fsys, "m.yaml", "")
		if found.First() != "" {
			return // a menu may not have this text
		}
		out := formatted(t, fsys, "m.yaml")
		again, _ := syntax.Read(out, "m.yaml", "")
		if a, b := meaning(file), meaning(again); a != b {
			t.Fatalf("it means something else:\n%s", cmp.Diff(a, b))
		}
	})
}

func FuzzFormat(tf *testing.F) {
	f := fuzz.New(tf)
	for _, name := range []string{"everything.yaml", "sample.yaml"} {
		data, err := os.ReadFile("../testdata/ok/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, root, err := nodesOf("f.yaml", data); err != nil || root == nil {
			return
		}
		out, err := format("f.yaml", data, false)
		if err != nil {
			// A file that can't be rewritten without loss is refused.
			if out != nil {
				t.Fatalf("%v, but also output: %q", err, out)
			}
			return
		}
		again, err := format("f.yaml", out, false)
		if err != nil || string(again) != string(out) {
			t.Fatalf("formatted again, it changes: %v\n%q\n%q", err, out, again)
		}
	})
}
