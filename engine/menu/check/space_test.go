package check

import (
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/menutest"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// A text that is as long as its limit fits, and one character more does not: for every
// text of real menus, in its own language and in translation.
func TestTheSpaceOfATextIsExact(t *testing.T) {
	tried := 0
	for _, menu := range []string{"services/sacco.yaml", "services/mother.yaml"} {
		fsys := folderOf(t, path.Join("../testdata", path.Dir(menu)))
		name := path.Base(menu)
		file, before := Diagnose(fsys, name, "", menutest.Contracts)
		if tooLong(before) != 0 {
			t.Fatalf("%s has a text that is too long", menu)
		}
		for lang := 1; lang < len(syntax.Languages(file)); lang++ {
			code := file.Languages[lang].Code.Value
			beside := file.Name + "." + code + ".yaml"
			said := map[string]string{}
			for _, tr := range file.Translations {
				for _, e := range tr.Entries {
					if tr.Lang == code {
						said[e.Key.Value] = e.Text.Value
					}
				}
			}
			for key, space := range TextSpaces(file, menutest.Contracts, lang) {
				if space.Limit == 0 || strings.TrimSpace(said[key]) == "" {
					continue
				}
				tried++
				for _, c := range []struct {
					length int
					fits   bool
				}{{space.Limit, true}, {space.Limit + 1, false}} {
					words := said[key] + strings.Repeat("x", max(0, c.length-space.Length))
					changed := fstest.MapFS{}
					for n, f := range fsys {
						changed[n] = f
					}
					changed[beside] = &fstest.MapFile{Data: []byte(withWords(said, key, words))}
					_, found := Diagnose(changed, name, "", menutest.Contracts)
					if fits := tooLong(found) == 0; fits != c.fits {
						t.Errorf("%s: %s with %d characters of %+v: fits %v, want %v\n%s", menu, key, c.length, space, fits, c.fits, words)
					}
				}
			}
		}
	}
	if tried < 60 {
		t.Errorf("only %d texts were tried; that proves little", tried)
	}
}

func tooLong(found diag.List) int {
	n := 0
	for _, d := range found {
		if slices.Contains([]string{"U301", "U305", "U306"}, d.Code) {
			n++
		}
	}
	return n
}

func withWords(said map[string]string, key, words string) string {
	var b strings.Builder
	for _, k := range SortedNames(said) {
		w := said[k]
		if k == key {
			w = words
		}
		b.WriteString(syntax.InQuotes(k) + ": " + syntax.InQuotes(w) + "\n")
	}
	return b.String()
}

func folderOf(t *testing.T, dir string) fstest.MapFS {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{}
	for _, e := range entries {
		b, err := os.ReadFile(path.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		fsys[e.Name()] = &fstest.MapFile{Data: b}
	}
	return fsys
}

// The space beside the longest values, in pages, in an SMS, and inside other texts.
func TestTextSpaces(t *testing.T) {
	const menu = `ussd: 1
service: S
dial: "*1#"
start: main
nav: {back: 0 Back, more: 98 More}
texts: {tail: "Bye."}
vars:
  city: text 20
screens:
  main:
    say: Which city?
    ask: city -> done
  done:
    end: "You live in {city}. {texts.tail} {texts.tail}"
    sms: {to: caller, say: "We noted {city}."}
`
	file, _ := syntax.Read(fstest.MapFS{"m.yaml": {Data: []byte(menu)}}, "m.yaml", "")
	got := TextSpaces(file, menutest.Contracts, 0)
	whole := "You live in " + strings.Repeat("x", 20) + ". Bye. Bye."
	for key, want := range map[string]TextSpace{
		"done.say":   {Length: len(whole), Limit: 160, Whole: 160},
		"done.sms":   {Length: len("We noted .") + 20, Limit: 160, Whole: 160, SMS: true},
		"texts.tail": {Length: 4, Limit: 4 + (160-len(whole))/2, Whole: 160},
	} {
		if got[key] != want {
			t.Errorf("%s: got %+v, want %+v", key, got[key], want)
		}
	}
}
