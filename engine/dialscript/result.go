package dialscript

import (
	"time"

	"github.com/paytrace/paytrace/engine"
)

// Status is how a call ended.
type Status uint8

// A call is NotChecked when it could not be played as written, or when nothing
// of what it says could be seen.
const (
	Passed Status = iota + 1
	Failed
	NotChecked
)

// String is "passed", "failed" or "not checked".
func (s Status) String() string {
	switch s {
	case Passed:
		return "passed"
	case Failed:
		return "failed"
	}
	return "not checked"
}

// Result is how one call went.
type Result struct {
	Call *Call
	// Lang is the language the keys were played in; "" for as written.
	Lang   string
	Status Status
	// Why a call is NotChecked as a whole.
	Why string
	// Problems are what did not hold, in order.
	Problems []Problem
	// Unchecked are single lines that this line could not see.
	Unchecked []Unchecked
	// Screens are those shown, by step; nil below where the call stopped.
	Screens []*Screen
	// Events are what happened, as far as the line can see it.
	Events []Event
	// Values are those of the session as it stood last, where the Player watches
	// them and the line can see them.
	Values []engine.Named
	// Messages are the SMS that went out in the whole call.
	Messages []Message
	// Checks is how much was compared, the unasked checks left out.
	Checks int
	Took   time.Duration
}

// Title returns the call's title, with the language where it was not played as
// written.
func (r *Result) Title() string {
	if r.Lang == "" {
		return r.Call.Title
	}
	return r.Call.Title + " [" + r.Lang + "]"
}

// Problem is one thing that did not hold.
type Problem struct {
	// Pos is the script's line.
	Pos     engine.Pos
	Message string
	// Expected and Shown are the two screens where the screen is at issue, and
	// Line the index of the first line that differs; -1 where it is not.
	Expected, Shown []string
	Line            int
	// Keys are what the caller has typed so far, the dialled code first.
	Keys []string
	// Screen is the one shown, as far as the line knows it.
	Screen Screen
}

// Unchecked is a line of the script that could not be checked, and why.
type Unchecked struct {
	Pos  engine.Pos
	Text string
	Why  string
}
