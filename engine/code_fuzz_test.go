package engine

import (
	"strings"
	"testing"

	"github.com/paytrace/paytrace/internal/fuzz"
)

// FuzzCode checks that a code in its plain form stays as it is, and that a menu finds
// the same start for every way to write a code.
func FuzzCode(tf *testing.F) {
	f := fuzz.New(tf)
	p := everyKind(f)
	for _, code := range []string{
		"*384*9#", "384*9", " *384*9*1*7391# ", "*384*9%23", "＊384＊9＃", "*३८४*9#", "#", "*", "", "**", "*384*9#*1#", "%23%23", "\u200b*384*9#", "*\x00#", "\xff",
	} {
		f.Add(code)
	}
	f.Fuzz(func(t *testing.T, code string) {
		key, dialled := CodeKey(code), DialledCode(code)
		if again := DialledCode(dialled); again != dialled {
			t.Errorf("%q is dialled as %q, and that as %q", code, dialled, again)
		}
		if dialled != "" && CodeKey(dialled) != key {
			t.Errorf("%q has the key %q, and as it is dialled, %q, %q", code, key, dialled, CodeKey(dialled))
		}
		start, ahead := p.StartFor(code), p.TypedAhead(code)
		if start == "" || !strings.Contains(key, ahead) {
			t.Errorf("%q begins at %q with %q typed ahead", code, start, ahead)
		}
		if p.StartFor(dialled) != start && dialled != "" || p.Answers(code) != p.Answers(key) {
			t.Errorf("%q and %q begin at different screens", code, dialled)
		}
	})
}
