package service

import (
	"strings"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/runner"
)

const (
	// shownParts is how many parts of a code are shown that no menu answers:
	// enough to see which code the gateway is set to.
	shownParts = 2
	// shownDigits is the longest such part: the extension of a shared code.
	// One-time codes are longer.
	shownDigits = 5
)

// shownCode returns what logs and notes may show of a dialled code: the code that a
// menu declares, and "*…" for what follows it. Callers can dial a PIN there.
func shownCode(programs runner.Programs, code string) string {
	p, ahead := programs.ForCode(code)
	key := engine.CodeKey(code)
	if ahead != "" {
		return "*" + key[:len(key)-len(ahead)] + "…"
	}
	if p == nil {
		return unknownCode("*" + key)
	}
	if c, ok := p.CodeOf(code); ok {
		if strings.HasSuffix(key, "*") {
			return strings.TrimSuffix(c.Dial, "#") + "*…"
		}
		return c.Dial // that of an answer shows its name, and not what was dialled
	}
	return unknownCode("*" + key)
}

// unknownCode shortens a code that no menu answers.
func unknownCode(key string) string {
	from := len(key) - len(strings.TrimLeft(key, "*"))
	end := from
	for range shownParts {
		part, _, more := strings.Cut(key[end:], "*")
		if len(part) > shownDigits {
			return key[:end] + "…"
		}
		if end += len(part); !more {
			return key + "#"
		}
		end++ // the star
	}
	return key[:end] + "…"
}
