package check

import "testing"

// Each kind of the engine's table is checked, and one that callers see can be
// measured.
func TestKindsAreChecked(t *testing.T) {
	for _, key := range kinds.Missing() {
		t.Errorf("the kind %q is not checked: add engine/menu/check/kind_%s.go", key, key)
	}
	for number, k := range kinds.All() {
		if k.edges == nil && k.uses == nil && k.pages == nil && !number.Ends() {
			t.Errorf("the kind %q leads nowhere, uses nothing and has no text", number.Key())
		}
		if k.numbered != nil && k.rows == nil && number.Key() != "list" {
			t.Errorf("the kind %q numbers rows that are not measured", number.Key())
		}
	}
}
