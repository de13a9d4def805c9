package dialscript

import (
	"slices"
	"strings"

	"github.com/paytrace/paytrace/engine"
)

// DialledCodes guesses the service codes of a script: the dialled codes that do
// not begin with a shorter one. It omits codes that known covers.
func DialledCodes(f *File, known []string) []string {
	var codes []string
	for i := range f.Calls {
		for _, s := range f.Calls[i].Steps {
			typed, err := s.Input.fill(nil)
			code, dials := Dialled(typed)
			if err == nil && s.Redial == nil && dials && !slices.Contains(codes, code) {
				codes = append(codes, code)
			}
		}
	}
	slices.SortFunc(codes, func(a, b string) int { return len(a) - len(b) })
	var out []string
	for _, code := range codes {
		if !begun(known, code) && !begun(out, code) {
			out = append(out, code)
		}
	}
	return out
}

// begun reports whether code is one of the codes or begins with one.
func begun(codes []string, code string) bool {
	return slices.ContainsFunc(codes, func(c string) bool {
		base, _ := engine.SplitCode(c)
		key := strings.TrimSuffix(base, "#")
		return code == c || strings.HasPrefix(code, key+"*")
	})
}
