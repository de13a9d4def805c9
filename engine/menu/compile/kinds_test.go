package compile

import "testing"

// Each kind of the engine's table can be compiled.
func TestKindsAreCompiled(t *testing.T) {
	for _, key := range kinds.Missing() {
		t.Errorf("the kind %q is not compiled: add engine/menu/compile/kind_%s.go", key, key)
	}
}
