package engine

import "testing"

// Each kind in the table says all that the machine asks it: a screen that is never
// shown leads on, an action has an outcome, rows can be chosen.
func TestKindsAreComplete(t *testing.T) {
	for number, k := range kinds {
		if number == 0 {
			continue
		}
		if k == nil {
			t.Errorf("kind %d is not in the table", number)
			continue
		}
		for what, lacks := range map[string]bool{
			"key":                           k.key == "",
			"role":                          k.role == 0,
			"onward, as it is never shown":  k.silent && k.onward == nil,
			"outcome, as it has a call":     (k.call == nil) != (k.outcome == nil),
			"input, as it has rows":         k.rows != nil && k.input == nil,
			"rows, as its rows show values": k.rowRefs != nil && k.rows == nil,
			"link, as the call goes on":     !k.ends && k.link == nil,
		} {
			if lacks {
				t.Errorf("kind %d lacks %s", number, what)
			}
		}
		if ScreenKind(number).Silent() != k.silent || ScreenKind(number).Ends() != k.ends {
			t.Errorf("kind %d: Silent or Ends is wrong", number)
		}
	}
	if ScreenKind(len(kinds)).Silent() || ScreenKind(200).Ends() {
		t.Error("an unknown kind is silent or ends the call")
	}
}
