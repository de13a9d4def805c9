// Package diag holds diagnostics as data: what is wrong with a file, where, and
// what to do about it. It sorts them, applies their edits, and prints them as
// text, JSON, SARIF and GitHub annotations.
package diag

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/paytrace/paytrace/engine"
)

// Severity says whether a diagnostic keeps a menu from being published.
type Severity uint8

// An Error blocks publishing, a Warning blocks it until a suppression with a
// reason covers it, and Info never does.
const (
	Error Severity = iota + 1
	Warning
	Info
)

// String returns "error", "warning" or "info".
func (s Severity) String() string {
	switch s {
	case Error:
		return "error"
	case Warning:
		return "warning"
	case Info:
		return "info"
	}
	return "unknown"
}

// A Diagnostic describes one thing that is wrong with a file.
type Diagnostic struct {
	// Code identifies the rule, e.g. "U101", and never changes.
	Code     string
	Severity Severity
	Pos      engine.Pos
	// Length counts the characters from Pos that are wrong; at least 1.
	Length int
	// Message says in one sentence what was found and what was expected.
	Message string
	// Help says what to do, e.g. `Did you mean "bye"?`; "" if nothing is certain.
	Help string
	// Related adds places or lines, e.g. the other side of a clash or the path
	// on which a value is missing.
	Related []Related
	// Suppressed marks a warning that a suppression with a reason covers.
	Suppressed bool
	// Edits fix the diagnostic; nil where no single fix is certain.
	Edits []TextEdit
}

// Blocks reports whether d keeps a menu from being published.
func (d Diagnostic) Blocks() bool {
	return d.Severity == Error || d.Severity == Warning && !d.Suppressed
}

// String returns d on one line: place, code, message and help.
func (d Diagnostic) String() string {
	s := d.Pos.String() + ": " + d.Code + " " + d.Message
	if d.Help != "" {
		s += " " + d.Help
	}
	return s
}

// Related is a further line of a diagnostic, with its place where it has one.
type Related struct {
	Pos  engine.Pos
	Text string
}

// At returns a related line with its place.
func At(pos engine.Pos, text string) Related { return Related{Pos: pos, Text: text} }

// A List holds the diagnostics of one menu.
type List []Diagnostic

// Bad reports whether any diagnostic keeps the menu from being published.
func (l List) Bad() bool { return slices.ContainsFunc(l, Diagnostic.Blocks) }

// Problems returns the list without infos: only check prints those.
func (l List) Problems() List {
	return slices.DeleteFunc(slices.Clone(l), func(d Diagnostic) bool { return d.Severity == Info })
}

// First returns the first diagnostic that keeps the menu from being published,
// as one line; "" if there is none.
func (l List) First() string {
	if i := slices.IndexFunc(l, Diagnostic.Blocks); i >= 0 {
		return l[i].Pos.String() + ": " + l[i].Code + " " + l[i].Message
	}
	return ""
}

// Sort orders the list by file, line, column, code and message, and drops
// repetitions. Translations come last, because most of their diagnostics follow
// from the menu's own.
func (l *List) Sort() {
	slices.SortStableFunc(*l, func(a, b Diagnostic) int {
		return cmp.Or(
			cmp.Compare(dotsIn(a.Pos.File), dotsIn(b.Pos.File)),
			ComparePos(a.Pos, b.Pos),
			cmp.Compare(a.Code, b.Code),
			cmp.Compare(a.Message, b.Message),
		)
	})
	*l = slices.CompactFunc(*l, func(a, b Diagnostic) bool {
		return a.Pos == b.Pos && a.Code == b.Code && a.Message == b.Message
	})
}

// dotsIn counts the dots of a file's name: a translation has a second one,
// before the code of its language.
func dotsIn(file string) int { return strings.Count(path.Base(file), ".") }

// ComparePos orders places by file, line and column.
func ComparePos(a, b engine.Pos) int {
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
}
