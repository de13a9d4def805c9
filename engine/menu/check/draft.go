package check

import (
	"slices"

	"github.com/paytrace/paytrace/engine/diag"
)

// unplayable lists the codes of errors after which a call has nowhere to go, or
// the program lacks what the menu says.
var unplayable = []string{"U101", "U104", "U106", "U111", "U112", "U201", "U202", "U203", "U206"}

// Unplayable reports whether errors keep a menu from being played at all. Other errors
// keep it from being served only: missing translations, screens that are too long, keys
// and secrets.
func Unplayable(found diag.List) bool {
	return slices.ContainsFunc(found, func(d diag.Diagnostic) bool {
		return d.Severity == diag.Error && (slices.Contains(unplayable, d.Code) || slices.Contains(readingCodes, d.Code))
	})
}
