package syntax

import "testing"

// Each kind of the engine's table is read, and says what reading it needs.
func TestKindsAreRead(t *testing.T) {
	for _, key := range kinds.Missing() {
		t.Errorf("the kind %q is not read: add engine/menu/syntax/kind_%s.go", key, key)
	}
	for number, k := range kinds.All() {
		if len(k.says) == 0 || k.says[0] != number.Key() {
			t.Errorf("the kind %q is said by %q", number.Key(), k.says)
		}
		for _, key := range k.says {
			if k.keys[key] == nil {
				t.Errorf("the kind %q does not read its key %q", number.Key(), key)
			}
		}
		if k.read == nil {
			t.Errorf("the kind %q does not say which screens are of it", number.Key())
		}
	}
}
