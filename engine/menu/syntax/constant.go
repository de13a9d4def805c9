package syntax

import (
	"regexp"
	"slices"

	"github.com/paytrace/paytrace/engine"
)

func ConstantDate(s string) (engine.Value, bool) {
	t, err := engine.ParseType("date " + s + ".." + s)
	if err != nil {
		return engine.Value{}, false
	}
	return engine.DateValue(t.From.Day), true
}

// IsOption reports whether a bare word beside a choice is one of its options. A word
// that is not the name of a value counts as one.
func IsOption(v Value, t engine.Type, isValue bool) bool {
	return v.Name != "" && v.Field == "" && t.Kind == engine.KindChoice && (!isValue || slices.Contains(t.Options, v.Name))
}

// bareDay finds a day as a constant has it, "2026-03-01".
var bareDay = regexp.MustCompile(`\d{4}-\d{1,2}-\d{1,2}`)
