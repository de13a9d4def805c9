package syntax

import (
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

// IsOption reports whether a bare word beside a type is the name of an option; so
// is one that nothing else has for a name.
func IsOption(v Value, t engine.Type, isValue bool) bool {
	return v.Name != "" && v.Field == "" && t.Kind == engine.KindChoice && (!isValue || slices.Contains(t.Options, v.Name))
}
