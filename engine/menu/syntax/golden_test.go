package syntax

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paytrace/paytrace/engine/menu/menutest"
)

// TestOkGoldens reads every menu of testdata/ok without a diagnostic, and
// compares the tree with the .out file beside it.
func TestOkGoldens(t *testing.T) {
	root := "../testdata/ok"
	for _, name := range menutest.MenusIn(t, root) {
		t.Run(strings.TrimSuffix(name, ".yaml"), func(t *testing.T) {
			file, found := Read(os.DirFS(root), name, "")
			if len(found) > 0 {
				t.Errorf("diagnostics:\n%s", menutest.Printed(t, file.Source, found))
			}
			menutest.CompareGolden(t, filepath.Join(root, strings.TrimSuffix(name, ".yaml")+".out"), dump(file))
		})
	}
}
