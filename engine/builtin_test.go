package engine

import (
	"strings"
	"testing"

	"github.com/paytrace/paytrace/engine/gsm7"
)

// No built-in text promises a message: the engine does not know whether anything will
// send one.
func TestBuiltinTextsPromiseNothing(t *testing.T) {
	for lang, texts := range builtins {
		for name, text := range texts {
			if strings.Contains(text, "SMS") {
				t.Errorf("%s in %s: %q", name, lang, text)
			}
		}
	}
}

// Each built-in text is plain, leaves room for navigation, and exists in every
// language that has any.
func TestBuiltinTexts(t *testing.T) {
	const room = 120
	for lang, texts := range builtins {
		for name := range builtins["en"] {
			size := gsm7.Measure(texts[name])
			if size.UCS2 || size.Units == 0 || size.Units > room {
				t.Errorf("%s in %s: %+v", name, lang, size)
			}
		}
		if len(texts) != len(builtins["en"]) {
			t.Errorf("%s has %d texts, want %d", lang, len(texts), len(builtins["en"]))
		}
	}
	if got := Builtin("nothing").In("sw"); got != "" {
		t.Errorf("a text that does not exist: %q", got)
	}
}
