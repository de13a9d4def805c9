package menu

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/docs/diagnostics"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/check"
	"github.com/paytrace/paytrace/engine/menu/menutest"
	"github.com/paytrace/paytrace/engine/menu/rewrite"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

const pagesRoot = "../../docs/diagnostics"

// ofMenus lists the codes that a menu by itself may have. Those of two versions of
// one (U8), of its folder (U9) and of dial scripts (D) are held by the tests of who
// finds them.
var ofMenus = regexp.MustCompile(`^U[0-7]`)

// Rules, goldens, pages and what "explain" knows are four times the same codes.
func TestCodesHaveAll(t *testing.T) {
	golden := map[string]bool{}
	for _, name := range menutest.MenusIn(t, "testdata/err") {
		code, _, _ := strings.Cut(strings.TrimSuffix(name, ".yaml"), "_")
		golden[code] = true
		if _, err := os.Stat(filepath.Join("testdata/err", strings.TrimSuffix(name, ".yaml")+".out")); err != nil {
			t.Error(err)
		}
	}
	pages, err := filepath.Glob(pagesRoot + "/U[0-7]*.md")
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range pages {
		pages[i] = strings.TrimSuffix(filepath.Base(p), ".md")
	}
	explained := slices.DeleteFunc(diagnostics.Codes(), func(code string) bool { return !ofMenus.MatchString(code) })
	for what, codes := range map[string][]string{"goldens": check.SortedNames(golden), "pages": pages, "explained": explained} {
		if diff := cmp.Diff(check.AllCodes(), codes); diff != "" {
			t.Errorf("%s (-rules +%s):\n%s", what, what, diff)
		}
	}
	index, err := os.ReadFile(pagesRoot + "/README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range diagnostics.Codes() {
		page, _ := diagnostics.Page(code)
		if line := fmt.Sprintf("| [%s](%s.md) | %s |", code, code, diagnostics.Title(page)); !strings.Contains(string(index), line) {
			t.Errorf("docs/diagnostics/README.md lacks the line %q", line)
		}
	}
}

var severityWords = map[diag.Severity]string{diag.Error: "An error:", diag.Warning: "A warning:", diag.Info: "For information:"}

// TestPages runs the two menus of every page: the wrong one has this diagnostic and
// no other, printed as the page shows; the right one has none.
func TestPages(t *testing.T) {
	for _, code := range check.AllCodes() {
		t.Run(code, func(t *testing.T) {
			path := filepath.Join(pagesRoot, code+".md")
			p := readPage(t, path)
			file, found := p.wrong.diagnose()
			for _, f := range found {
				if f.Code != code {
					t.Errorf("the wrong menu has another diagnostic too:\n%s", menutest.Printed(t, file.Source, found))
					break
				}
			}
			if len(found) == 0 {
				t.Fatal("the wrong menu has no diagnostic")
			}
			if !slices.ContainsFunc(found, func(f diag.Diagnostic) bool { return strings.Contains(p.text, "\n"+severityWords[f.Severity]) }) {
				t.Errorf("the page does not say that the diagnostic is of severity %v", found[0].Severity)
			}
			p.compareShown(t, path, string(menutest.Printed(t, file.Source, found)))
			if file, found := p.right.diagnose(); len(found) > 0 {
				t.Errorf("the right menu has diagnostics:\n%s", menutest.Printed(t, file.Source, found))
			}
		})
	}
}

// page is a page of docs/diagnostics: two menus, each with the files beside it,
// and what is printed of the first.
type page struct {
	text         string
	wrong, right example
	shown        string
}

// example is a menu and its further files, by name.
type example fstest.MapFS

const exampleMenu = "menu.yaml"

func (e example) diagnose() (*syntax.File, diag.List) {
	return check.Diagnose(fstest.MapFS(e), exampleMenu, "", menutest.Contracts)
}

var fence = regexp.MustCompile("(?ms)^```([a-z]+)\n(.*?)^```$")

func readPage(t *testing.T, path string) page {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, after, ok := strings.Cut(string(b), "\n## Right\n")
	if !ok {
		t.Fatalf("%s has no heading \"Right\"", path)
	}
	p := page{text: string(b), wrong: example{}, right: example{}}
	p.shown = p.wrong.read(before)
	p.right.read(after)
	if len(p.wrong) == 0 || len(p.right) == 0 || !strings.Contains(before, "\n## Wrong\n") || !strings.Contains(after, "\n## What to do\n") {
		t.Fatalf("%s needs the headings Wrong, Right and What to do, and a menu below each of the first two", path)
	}
	return p
}

// read takes the blocks of a text; one that begins with "# name.yaml" is that
// file, one of text is what is printed.
func (e example) read(text string) (shown string) {
	for _, m := range fence.FindAllStringSubmatch(text, -1) {
		name := exampleMenu
		if first, _, _ := strings.Cut(m[2], "\n"); strings.HasPrefix(first, "# ") && strings.HasSuffix(first, ".yaml") {
			name = first[2:]
		}
		switch m[1] {
		case "text":
			shown = m[2]
		case "yaml":
			e[name] = &fstest.MapFile{Data: []byte(m[2])}
		}
	}
	return shown
}

func (p page) compareShown(t *testing.T, path, got string) {
	t.Helper()
	if *menutest.Update {
		text := strings.Replace(p.text, "```text\n"+p.shown+"```", "```text\n"+got+"```", 1)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(p.shown, got); diff != "" {
		t.Errorf("what is printed is not what the page shows; -update writes it (-page +printed):\n%s", diff)
	}
}

// A page says that fix fixes its diagnostic where it can, and nowhere else.
func TestFixPages(t *testing.T) {
	for _, code := range check.AllCodes() {
		p := readPage(t, pagesRoot+"/"+code+".md")
		says := strings.Contains(p.text, fmt.Sprintf("`paytrace fix %s`", code))
		if can := slices.Contains(rewrite.Fixable(), code); says != can {
			t.Errorf("%s: the page says that fix mends it: %v; it can: %v", code, says, can)
		}
	}
}
