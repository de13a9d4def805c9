package menu

import (
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/paytrace/paytrace/engine/menu/menutest"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// TestActionPages runs the two files of each page about actions.yaml: the wrong one has
// this diagnostic, printed as the page shows; the right one has none.
func TestActionPages(t *testing.T) {
	for _, code := range []string{"U902"} {
		path := filepath.Join(pagesRoot, code+".md")
		p := readPage(t, path)
		_, found := syntax.ReadDeclared(fstest.MapFS(p.wrong), syntax.DeclaredFile, "")
		if len(found) != 1 || found[0].Code != code {
			t.Errorf("%s: the wrong file has %v", code, found)
		}
		source := func(string) []byte { return p.wrong[syntax.DeclaredFile].Data }
		p.compareShown(t, path, string(menutest.Printed(t, source, found)))
		if _, found := syntax.ReadDeclared(fstest.MapFS(p.right), syntax.DeclaredFile, ""); len(found) > 0 {
			t.Errorf("%s: the right file has %v", code, found)
		}
	}
}
