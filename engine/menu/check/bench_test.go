package check

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/menutest"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// bigMenu returns a menu of n screens in three languages, every third one a
// question, a menu or a confirm that shows what was asked.
func bigMenu(n int) fstest.MapFS {
	var menu, sw, so strings.Builder
	menu.WriteString("ussd: 1\nservice: Big\ndial: \"*384#\"\nlanguages: {en: English, sw: Kiswahili, so: Soomaali}\nstart: s0\n")
	menu.WriteString("nav: {back: 0 Back, home: 00 Home -> s0, more: 98 More}\ninclude: [")
	const perFile = 500 // screens, below the limits of one file
	files := fstest.MapFS{}
	for i := 0; i < n; i += perFile {
		if i > 0 {
			menu.WriteString(", ")
		}
		name := fmt.Sprintf("part%d.yaml", i/perFile)
		menu.WriteString(name)
		files[name] = &fstest.MapFile{Data: []byte(bigPart(i, min(n, i+perFile), n))}
	}
	menu.WriteString("]\n")
	for _, to := range []*strings.Builder{&sw, &so} {
		to.WriteString("nav.back: Rudi\nnav.home: Mwanzo\nnav.more: Zaidi\n")
		for i := range n {
			fmt.Fprintf(to, "s%d.say: Skrini %d {caller}\n", i, i)
			if i%3 == 0 {
				fmt.Fprintf(to, "s%d.1: Moja\ns%d.2: Mbili\n", i, i)
			}
		}
	}
	files["big.yaml"] = &fstest.MapFile{Data: []byte(menu.String())}
	files["big.sw.yaml"] = &fstest.MapFile{Data: []byte(sw.String())}
	files["big.so.yaml"] = &fstest.MapFile{Data: []byte(so.String())}
	return files
}

func bigPart(from, to, n int) string {
	var vars, screens strings.Builder
	next := func(i int) string {
		if i < n {
			return fmt.Sprintf("s%d", i)
		}
		return "s0"
	}
	for i := from; i < to; i++ {
		fmt.Fprintf(&screens, "  s%d:\n    say: Screen %d {caller}\n", i, i)
		switch i % 3 {
		case 0:
			fmt.Fprintf(&screens, "    menu:\n      1: One -> %s\n      2: Two -> %s\n", next(i+1), next(i+3))
		case 1:
			fmt.Fprintf(&vars, "  v%d: text 10\n", i)
			fmt.Fprintf(&screens, "    ask: v%d -> %s\n    give_up: s0\n", i, next(i+1))
		default:
			fmt.Fprintf(&screens, "    confirm: -> %s\n    cancel: -> s0\n", next(i+1))
		}
	}
	return "vars:\n" + vars.String() + "screens:\n" + screens.String()
}

// A menu of the greatest size is checked; BenchmarkCheck tells how fast.
func TestCheckOfTheLargestMenu(t *testing.T) {
	f, found := syntax.Read(bigMenu(syntax.MaxScreens), "big.yaml", "")
	if len(found) > 0 || len(f.Screens) != syntax.MaxScreens {
		t.Fatalf("%d screens, diagnostics %v", len(f.Screens), found[:min(3, len(found))])
	}
	found = Check(f, menutest.Contracts)
	for _, g := range found {
		if g.Code != "U103" && g.Code != "U105" && g.Severity == diag.Error {
			t.Errorf("%s %s %s", g.Pos, g.Code, g.Message)
			break
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	for _, n := range []int{20, 200, 2000} {
		f, _ := syntax.Read(bigMenu(n), "big.yaml", "")
		b.Run(fmt.Sprintf("screens=%d", n), func(b *testing.B) {
			for b.Loop() {
				Check(f, menutest.Contracts)
			}
		})
	}
}

// BenchmarkDiagnose measures reading and checking a menu of the greatest size:
// a second is the aim.
func BenchmarkDiagnose(b *testing.B) {
	fsys := bigMenu(syntax.MaxScreens)
	for b.Loop() {
		Diagnose(fsys, "big.yaml", "", menutest.Contracts)
	}
}

// BenchmarkHostileFolder measures the refusal of includes that leave the menu's
// folder, by name and by link: 50 ms is the aim.
func BenchmarkHostileFolder(b *testing.B) {
	dir := b.TempDir()
	text := menutest.Header + "include: [../outside.yaml, link.yaml, /etc/passwd]\nscreens: {main: {end: Bye}}\n"
	if err := os.WriteFile(filepath.Join(dir, "m.yaml"), []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "link.yaml")); err != nil {
		b.Skipf("no links here: %v", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = root.Close() }()
	for b.Loop() {
		if _, found := syntax.Read(root.FS(), "m.yaml", ""); len(found) == 0 {
			b.Fatal("no diagnostic")
		}
	}
}
