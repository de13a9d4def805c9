package dialscript

import (
	"slices"

	"github.com/paytrace/paytrace/engine/diag"
)

// The codes of diagnostics about dial scripts. An error makes a call worthless or
// dangerous; a warning makes it weak.
const (
	CodeDirection = "D901" // an unknown stage direction
	CodeLine      = "D902" // a line of no kind, or in the wrong place
	CodeNothing   = "D903" // a call that checks nothing
	CodeReal      = "D904" // a real-looking PIN or number
	CodeWide      = "D905" // placeholders that hide the screen
)

// FirstError returns the first error in a list; ok is false if there is none. A
// script with warnings alone can be played.
func FirstError(list diag.List) (d diag.Diagnostic, ok bool) {
	i := slices.IndexFunc(list, func(d diag.Diagnostic) bool { return d.Severity == diag.Error })
	if i < 0 {
		return diag.Diagnostic{}, false
	}
	return list[i], true
}
