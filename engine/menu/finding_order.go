package menu

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/paytrace/paytrace/engine"
)

// Sort orders findings by file, line and column, then by code and message, and
// drops what is said twice. Those in translations come last: most of them follow
// from what is wrong with the menu.
func (fs *Findings) Sort() {
	slices.SortStableFunc(*fs, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(dotsIn(a.Pos.File), dotsIn(b.Pos.File)),
			comparePos(a.Pos, b.Pos),
			cmp.Compare(a.Code, b.Code),
			cmp.Compare(a.Message, b.Message),
		)
	})
	*fs = slices.CompactFunc(*fs, func(a, b Finding) bool {
		return a.Pos == b.Pos && a.Code == b.Code && a.Message == b.Message
	})
}

// dotsIn counts the dots of a file's name: a translation has a second one, before
// the code of its language.
func dotsIn(file string) int { return strings.Count(path.Base(file), ".") }

func comparePos(a, b engine.Pos) int {
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
}
