package engine

import (
	"testing"

	"pgregory.net/rapid"
)

func TestCodeKey(t *testing.T) {
	for _, code := range []string{
		"*384*98#", "384*98", "*384*98", "384*98#", " *384*98# ", "* 384 * 98 #", "*384*98%23", "＊３８４＊９８＃", "*٣٨٤*٩٨#",
		"*३८४*९८#", "*384*98##", "%2A384%2A98%23", "%2a384*98%23#", "**384*98#", "\u200e*384*98#",
	} {
		if got := CodeKey(code); got != "384*98" {
			t.Errorf("CodeKey(%q) = %q", code, got)
		}
		if got := DialledCode(code); got != "*384*98#" {
			t.Errorf("DialledCode(%q) = %q", code, got)
		}
	}
	for _, code := range []string{"", "#", "*", "*#", " "} {
		if got := DialledCode(code); got != "" {
			t.Errorf("DialledCode(%q) = %q", code, got)
		}
	}
}

// What people dial is read as it stands, and reading it twice changes nothing.
func TestDialledCodeIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code := rapid.StringOf(rapid.SampledFrom([]rune("*#0123aA ٣９＊é%"))).Draw(t, "code")
		once := DialledCode(code)
		if twice := DialledCode(once); twice != once {
			t.Fatalf("%q: %q, then %q", code, once, twice)
		}
	})
}

func TestAnswersTheCode(t *testing.T) {
	w := walking(t, Definition{
		Codes:   []Code{{Dial: "*384*98#", Start: "main"}, {Dial: "*55#", Start: "main"}},
		Screens: []Screen{{Name: "main", Kind: ScreenEnd, Say: said("Hello")}},
	})
	for code, want := range map[string]bool{
		"*384*98#": true, "384*98": true, "*384*98*1*2#": true, "*55#": true,
		"*384*9#": false, "*384*981#": false, "*384#": false, "*999#": false, "": false,
	} {
		if got := w.p.Answers(code); got != want {
			t.Errorf("Answers(%q) = %v", code, got)
		}
	}
}
