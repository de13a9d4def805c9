package check

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/menutest"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// TestErrGoldens diagnoses every menu of testdata/err and compares what is
// printed with the .out file beside it. The files that a menu includes, and
// its translations, begin with its name and a dot.
func TestErrGoldens(t *testing.T) {
	root := "../testdata/err"
	for _, name := range menutest.MenusIn(t, root) {
		t.Run(strings.TrimSuffix(name, ".yaml"), func(t *testing.T) {
			code, _, _ := strings.Cut(strings.TrimSuffix(name, ".yaml"), "_")
			file, found := diagnoseFor(code, os.DirFS(root), name)
			if len(found) == 0 {
				t.Fatal("no diagnostic at all")
			}
			if !menutest.Has(found, code) {
				t.Errorf("no %s among the diagnostics", code)
			}
			menutest.CompareGolden(t, filepath.Join(root, strings.TrimSuffix(name, ".yaml")+".out"), menutest.Printed(t, file.Source, found))
		})
	}
}

// diagnoseFor is Diagnose, but for the codes of reading: what the checks say of
// a menu that was read in part is noise in their goldens. Suppressions (U009) are
// judged by the checks too, and so is what the checks find of those codes.
func diagnoseFor(code string, fsys fs.FS, name string) (*syntax.File, diag.List) {
	if strings.HasPrefix(code, "U00") && code != "U009" && !strings.HasSuffix(name, "_checked.yaml") {
		return syntax.Read(fsys, name, "")
	}
	return Diagnose(fsys, name, "", menutest.Contracts)
}
