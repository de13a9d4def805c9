package menu

import "github.com/paytrace/paytrace/engine"

// Severity says what a finding means for publishing.
type Severity uint8

// The severities: an Error cannot be published, a Warning needs an allow with
// a reason, Advice is only said.
const (
	Error Severity = iota + 1
	Warning
	Advice
)

// Finding is one thing wrong with a menu, as data. Printers are apart.
type Finding struct {
	// Code is stable: "U101".
	Code     string
	Severity Severity
	Pos      engine.Pos
	// Length is how many characters from Pos are meant; at least 1.
	Length int
	// Message is one sentence: what was found and what was expected.
	Message string
	// Hint is what to do, e.g. `Did you mean "bye"?`; may be "".
	Hint string
	// Notes are further places or lines, e.g. the other side of a clash or the
	// path on which a value is missing.
	Notes []Note
	// Allowed is set when an allow with a reason covers a warning.
	Allowed bool
}

// Note is a further line of a finding, with its place where it has one.
type Note struct {
	Pos  engine.Pos
	Text string
}

// Findings are all findings of one menu, sorted by file, line and column.
type Findings []Finding

// Bad reports whether the menu cannot be published: any error, or a warning
// that is not allowed.
func (fs Findings) Bad() bool {
	for _, f := range fs {
		if f.Severity == Error || f.Severity == Warning && !f.Allowed {
			return true
		}
	}
	return false
}

// First is the first finding that keeps the menu from being published, as one
// line; "" if there is none.
func (fs Findings) First() string {
	for _, f := range fs {
		if (Findings{f}).Bad() {
			return f.Pos.String() + ": " + f.Code + " " + f.Message
		}
	}
	return ""
}
