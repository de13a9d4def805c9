package schema

import (
	"testing"

	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// Each kind of the engine's table is in the JSON Schema, with every key that says it.
func TestKindsAreDescribed(t *testing.T) {
	for _, key := range kinds.Missing() {
		t.Errorf("the kind %q is not described: add engine/menu/schema/kind_%s.go", key, key)
	}
	described := map[string]bool{}
	for _, k := range screenDocs() {
		described[k.name] = true
	}
	for _, key := range syntax.KindKeys() {
		if !described[key] {
			t.Errorf("the key %q of a screen is not described", key)
		}
	}
}
