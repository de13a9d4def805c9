package check

import (
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// A WorstCase says how long a screen can be in one language, whatever its values
// are: with the longest of its texts, a notice above it, and the navigation line.
type WorstCase struct {
	Screen string
	// Lang is the index of the language among the menu's.
	Lang int
	// Septets is the greatest length of the screen while all of its characters are
	// in the GSM 7-bit alphabet, and Units the greatest length with a character
	// outside: in the menu's words, or in a value that is shown in its own letters
	// because the screen has room. A negative number says that there is no such
	// screen.
	Septets, Units int
	// OnePage says that the screen always fits one page.
	OnePage bool
}

// WorstCases returns the worst case of each screen that callers see, in each
// language. The rows of a list are left out, because their number is not known:
// only the screen's other parts are measured, and OnePage is false.
func WorstCases(f *syntax.File, contracts []engine.Contract) []WorstCase {
	c := newChecker(f, contracts)
	limits := syntax.LimitsOf(f)
	r, screen := newRuler(c), room{limits.Septets, limits.Units}
	letters := newRuler(c)
	letters.letters = true
	var list []WorstCase
	for _, s := range f.Screens {
		if !s.Shows() {
			continue
		}
		for lang := range c.msgs.Langs {
			e := worstOf(r.layouts(s, lang, false))
			units := max(e.wide, min(worstOf(letters.layouts(s, lang, false)).wide, limits.Units))
			worst := WorstCase{s.Name.Value, lang, e.septets, units, s.List == nil && screen.fits(e)}
			// What a type says of its answers is shown only where it fits.
			for _, refused := range r.refusals(s, lang) {
				worst.Septets = max(worst.Septets, min(refused.total().septets, limits.Septets))
				worst.Units = max(worst.Units, min(refused.total().wide, limits.Units))
			}
			for _, refused := range letters.refusals(s, lang) {
				worst.Units = max(worst.Units, min(refused.total().wide, limits.Units))
			}
			list = append(list, worst)
		}
	}
	return list
}
