package check

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/menutest"
)

// Every rule has a golden, and every golden of a code that is no matter of
// reading has its rule.
func TestRulesHaveGoldens(t *testing.T) {
	golden := map[string]bool{}
	for _, name := range menutest.MenusIn(t, "../testdata/err") {
		code, _, _ := strings.Cut(strings.TrimSuffix(name, ".yaml"), "_")
		if !strings.HasPrefix(code, "U00") || code == "U009" || strings.HasSuffix(name, "_checked.yaml") {
			golden[code] = true
		}
	}
	for _, code := range Codes() {
		if !golden[code] {
			t.Errorf("the rule %s has no golden", code)
		}
		delete(golden, code)
	}
	for code := range golden {
		t.Errorf("the golden %s has no rule", code)
	}
	if codes := Codes()[:len(rules)-1]; !slices.IsSorted(codes) {
		t.Errorf("the rules are not in the order of their codes: %v", codes)
	}
}

// Menus that nothing is wrong with.
func TestOkChecked(t *testing.T) {
	for _, name := range menutest.MenusIn(t, "../testdata/checked") {
		t.Run(name, func(t *testing.T) {
			file, found := Diagnose(os.DirFS("../testdata/checked"), name, "", menutest.Contracts)
			if slices.ContainsFunc(found, func(f diag.Diagnostic) bool { return !f.Suppressed }) {
				t.Errorf("diagnostics:\n%s", menutest.Printed(t, file.Source, found))
			}
		})
	}
}
