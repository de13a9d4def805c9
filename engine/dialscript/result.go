package dialscript

import (
	"time"

	"github.com/paytrace/paytrace/engine"
)

// A Status says how a call ended.
type Status uint8

// A call is NotChecked if it could not be played as written, or if nothing that
// it checks could be seen.
const (
	Passed Status = iota + 1
	Failed
	NotChecked
)

// String returns "passed", "failed" or "not checked".
func (s Status) String() string {
	switch s {
	case Passed:
		return "passed"
	case Failed:
		return "failed"
	}
	return "not checked"
}

// A Result says how one call went.
type Result struct {
	Call *Call
	// Lang is the language of the call; "" means as written.
	Lang   string
	Status Status
	// Why says why the whole call is NotChecked.
	Why string
	// Problems lists the failed checks, in order.
	Problems []Problem
	// Unchecked lists the lines of the script that could not be checked.
	Unchecked []Unchecked
	// Screens has the screen of each step; nil after the call stopped.
	Screens []*Screen
	// Events lists what happened, as far as the target can see it.
	Events []Event
	// Values has the last values of the session, if the Player watches them and
	// the target can see them.
	Values []engine.Named
	// Messages lists the SMS of the whole call.
	Messages []Message
	// Checks counts the comparisons that the script asks for.
	Checks int
	Took   time.Duration
}

// Title returns the title of the call, with the language if it was not played as
// written.
func (r *Result) Title() string {
	if r.Lang == "" {
		return r.Call.Title
	}
	return r.Call.Title + " [" + r.Lang + "]"
}

// A Problem is one failed check.
type Problem struct {
	// Pos is the line of the script.
	Pos     engine.Pos
	Message string
	// Expected and Shown are two screens that differ, and Line is the index of
	// the first line that differs. Without screens, Line is -1.
	Expected, Shown []string
	Line            int
	// Keys lists what the caller has typed so far, beginning with the dialled
	// code.
	Keys []string
	// Screen is the screen that was shown, as far as the target knows it.
	Screen Screen
}

// Unchecked records a line of the script that could not be checked, and why.
type Unchecked struct {
	Pos  engine.Pos
	Text string
	Why  string
}
