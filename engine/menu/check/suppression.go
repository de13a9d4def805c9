package check

import (
	"fmt"
	"slices"

	"github.com/paytrace/paytrace/engine/diag"
)

// staleSuppressions checks U009: each suppression covers a warning. While the menu
// has errors, a suppression that seems needless stays, because an error may hide
// its warning.
func (c *checker) staleSuppressions() {
	wrong := slices.ContainsFunc(c.out, func(f diag.Diagnostic) bool { return f.Severity == diag.Error })
	for _, a := range c.f.Suppressions {
		if c.needed[a] {
			continue
		}
		message, help := "This suppression covers nothing: its line has no such warning.", ""
		for _, f := range c.out {
			if f.Code != a.Code || f.Pos.File != a.Pos.File || f.Suppressed {
				continue
			}
			if f.Severity == diag.Error && f.Pos.Line >= a.Line && f.Pos.Line <= a.Last {
				message, help = fmt.Sprintf("%s is an error here, and only warnings can be suppressed.", a.Code), "Fix the error, and delete this line."
				break
			}
			if f.Severity != diag.Error {
				help = fmt.Sprintf("There is one on line %d: put the suppression right above that line.", f.Pos.Line)
				break
			}
		}
		needless := help == ""
		if needless && wrong {
			continue
		}
		if needless {
			help = "Delete it."
		}
		r := c.add(diag.Error, a.Pos, len("# allow "+a.Code), message, help, nil)
		if needless {
			r.DropComment()
		}
	}
}
