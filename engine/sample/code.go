package sample

import (
	"fmt"
	"strings"

	"github.com/paytrace/paytrace/engine"
)

// mostOther is how many codes are tried for one that no other code of the menu is.
const mostOther = 1000

// Code returns what a caller dials for a code of a menu: "*822*10#" for
// "*822*{amount}#".
func Code(p *engine.Program, dial string) string {
	base, name := engine.SplitCode(dial)
	if name == "" {
		return dial
	}
	begin := strings.TrimSuffix(base, "#")
	for i := range p.Definition().Vars {
		if v := &p.Definition().Vars[i]; v.Name == name {
			return begin + "*" + strings.Join(strings.Fields(Typed(v.Type)), "") + "#"
		}
	}
	for n := range mostOther {
		code := fmt.Sprintf("%s*%d#", begin, n)
		if c, ok := p.CodeOf(code); ok && c.Dial == dial {
			return code
		}
	}
	return base
}
