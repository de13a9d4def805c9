package diag

import (
	"cmp"
	"slices"
)

// A TextEdit replaces the bytes From up to To of a file with New.
type TextEdit struct {
	File     string // as in positions
	From, To int
	New      string
}

// Apply returns source with the edits made, and false where two of them
// overlap. All edits must belong to that file; a repeated edit counts once.
func Apply(source []byte, edits []TextEdit) ([]byte, bool) {
	sorted := slices.SortedStableFunc(slices.Values(edits), func(a, b TextEdit) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	var out []byte
	at := 0
	for _, e := range slices.Compact(sorted) {
		if e.From < at || e.To < e.From || e.To > len(source) {
			return nil, false
		}
		out = append(append(out, source[at:e.From]...), e.New...)
		at = e.To
	}
	return append(out, source[at:]...), true
}
