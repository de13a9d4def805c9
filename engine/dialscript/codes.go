package dialscript

import (
	"slices"
	"strings"
)

// DialledCodes are the service codes that a script seems to dial, where nobody
// says which there are: of the codes dialled, those that no shorter one begins.
// Codes that known covers are left out.
func DialledCodes(f *File, known []string) []string {
	var codes []string
	for i := range f.Calls {
		for _, s := range f.Calls[i].Steps {
			code, err := s.Input.fill(nil)
			if err == nil && s.Redial == nil && IsCode(code) && !slices.Contains(codes, code) {
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

// begun reports whether one of the codes is code or begins it.
func begun(codes []string, code string) bool {
	return slices.ContainsFunc(codes, func(c string) bool {
		key := strings.TrimSuffix(c, "#")
		return code == c || strings.HasPrefix(code, key+"*")
	})
}
