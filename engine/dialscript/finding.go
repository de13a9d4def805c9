package dialscript

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/paytrace/paytrace/engine"
)

// Severity says what a finding means.
type Severity uint8

// An Error makes a call worthless or dangerous; a Warning makes it weak.
const (
	Error Severity = iota + 1
	Warning
)

// String is "error" or "warning".
func (s Severity) String() string {
	if s == Warning {
		return "warning"
	}
	return "error"
}

// The codes of findings.
const (
	CodeDirection = "D901" // no such stage direction
	CodeLine      = "D902" // a line of no kind, or where it can't stand
	CodeNothing   = "D903" // a call that checks nothing
	CodeReal      = "D904" // a real-looking PIN or number
	CodeWide      = "D905" // holes that hide the screen
)

// Finding is one thing wrong with a script, as data. Printers are apart.
type Finding struct {
	// Code is stable: "D901".
	Code     string
	Severity Severity
	Pos      engine.Pos
	// Length is how many characters from Pos are meant; at least 1.
	Length int
	// Message is one sentence: what was found and what was expected.
	Message string
	// Hint is what to do, e.g. `Did you mean "(hangs up)"?`; may be "".
	Hint string
}

// String is the finding on one line.
func (f Finding) String() string {
	s := fmt.Sprintf("%s: %s %s", f.Pos, f.Code, f.Message)
	if f.Hint != "" {
		s += " " + f.Hint
	}
	return s
}

// Findings are all findings of one file.
type Findings []Finding

// Sort orders findings by place, then by code.
func (fs Findings) Sort() {
	slices.SortStableFunc(fs, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Line, b.Pos.Line),
			cmp.Compare(a.Pos.Column, b.Pos.Column), cmp.Compare(a.Code, b.Code))
	})
}

// Bad reports whether there is an error.
func (fs Findings) Bad() bool {
	return slices.ContainsFunc(fs, func(f Finding) bool { return f.Severity == Error })
}
