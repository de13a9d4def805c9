package catalog

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/paytrace/paytrace/engine/menu/menutest"
)

// pageMenu is the menu that the pages are about, at the line that they name.
const pageMenu = `ussd: 1
service: Duka
dial: "*384*8481#"
start: main
languages: {en: English, sw: Kiswahili}
screens:
  main:
    say: Choose language
    languages: -> home
  home:
    say: Welcome
    menu:
      1: TEXT -> bye
  bye:
    end: Goodbye.
`

var blocks = regexp.MustCompile("(?ms)^```(po|text)\n(.*?)^```$")

// The wrong file of a page has the diagnostic that the page shows, and no other. The
// right one has none.
func TestPages(t *testing.T) {
	for code, text := range map[string]string{codeFile: "Exit", codeText: "Leave"} {
		b, err := os.ReadFile("../../../docs/diagnostics/" + code + ".md")
		if err != nil {
			t.Fatal(err)
		}
		m := blocks.FindAllStringSubmatch(string(b), -1)
		if len(m) != 3 || m[0][1] != "po" || m[1][1] != "text" || m[2][1] != "po" {
			t.Fatalf("%s has the blocks %v, want po, text, po", code, m)
		}
		menu := strings.Replace(pageMenu, "TEXT", text, 1)
		if got := string(diagnosed(t, menu, m[0][2], code)); got != m[1][2] {
			t.Errorf("%s shows\n%s\nand the program prints\n%s", code, m[1][2], got)
		}
		if got := diagnosed(t, menu, m[2][2], ""); len(got) > 0 {
			t.Errorf("the right file of %s has\n%s", code, got)
		}
	}
}

// diagnosed returns what is printed about a PO file.
func diagnosed(t *testing.T, menu, po, code string) []byte {
	t.Helper()
	fsys := fstest.MapFS{"menu.yaml": {Data: []byte(menu)}}
	read, found := ReadPO("sw.po", []byte(po))
	taken, err := Take(Menu{FS: fsys, Name: "menu.yaml", Contracts: menutest.Contracts}, "sw", read)
	if err != nil {
		t.Fatal(err)
	}
	all := append(found, taken.Found...)
	for _, d := range all {
		if d.Code != code {
			t.Errorf("another diagnostic than %q: %v", code, d)
		}
	}
	sources := func(string) []byte { return []byte(po) }
	return menutest.Printed(t, sources, all)
}
