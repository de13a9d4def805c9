package engine

import "slices"

// Session is the state of one call between two screens. Sessions are values:
// Step returns a new one and leaves the old as it was.
type Session struct {
	// Who is calling, set when the call begins.
	ID, Provider, Caller, Service, Network string

	// Screen is the state the machine is in; between callbacks it is the screen
	// the caller sees.
	Screen string
	// Shown is the screen last shown.
	Shown string
	// Offset is where the page shown begins, in units of the screen's flow;
	// Pages are the offsets of the pages before it.
	Offset int
	Pages  []int
	// Wrong counts the wrong answers given to the question shown.
	Wrong int
	// Notice names the text above the question; see notices in render.go.
	Notice string
	// Repeat is the keyed hash of an answer that is being asked twice.
	Repeat string
	// Moved says that this is not the first screen of the call, so that there
	// is a way back to speak of.
	Moved bool
	// Ended says that the screen shown was the last.
	Ended bool

	// Facts says that the start facts are in Values.
	Facts bool
	// Unsaved says that a remembered value has changed since it was kept.
	Unsaved bool
	// Skipped and Sent are the screens that were entered before and may not be
	// skipped again, and those whose SMS has gone out.
	Skipped, Sent []string

	// Values by slot of the program; shared between sessions, never written to.
	Values []Value
	// Undo leads back, the latest last.
	Undo []Undo

	// Resting is where a dropped call is taken up again: the last screen shown
	// before a consent was given or a secret asked. Guarded says that one was,
	// and that no later screen may take its place yet.
	Resting Snapshot
	Guarded bool

	// waiting is what the machine waits for within a step.
	waiting waiting
	// acted says that an action has ended in this step.
	acted bool
	// refused says that what was typed in this step was no answer.
	refused bool
	// before are the values as they were on the screen shown, until the step
	// has found the next one.
	before []Value
	// offered is the dropped call that the resume question is about, and start
	// where a No to it leads.
	offered *Snapshot
	start   string
}

type waiting uint8

const (
	waitInput waiting = iota
	waitAction
	waitFacts
	waitSMS
	waitRemember
)

// Undo is the way back to the screen before: where it stood, and the values
// that have changed since.
type Undo struct {
	Screen string
	Offset int
	Pages  []int
	Moved  bool
	Values []Change
}

// Change is a value as it was.
type Change struct {
	Slot int
	Old  Value
}

// MaxUndo is how many screens Back can go back. A call of 180 s shows about 20.
const MaxUndo = 24

// Snapshot is a place in a call that can be returned to in a later one: a
// screen, and the values by name. Names outlive a new version of the menu.
type Snapshot struct {
	Screen string  `json:"step,omitempty"`
	Values []Named `json:"values,omitempty"`
}

// EventKind says what happened to a session.
type EventKind uint8

// The events.
const (
	// EventDial begins the call.
	EventDial EventKind = iota + 1
	// EventInput is what the caller typed.
	EventInput
	// EventOutcome is how the call of an Effect ended.
	EventOutcome
)

// Event is what happened to a session.
type Event struct {
	Kind EventKind
	// Start is the first screen of an EventDial.
	Start string
	// Resume is a dropped call to ask about first, or nil.
	Resume *Snapshot
	// Input is what was typed, and Digest its keyed hash (needed only where
	// Program.Repeats says so).
	Input, Digest string
	// Outcome of an EventOutcome.
	Outcome Outcome
}

// Effect is what a step asks for: a screen to show, or a call to make.
type Effect struct {
	// Call is the action to run; its outcome is the next event. Nil for a
	// screen.
	Call *Call
	// Text is the screen, and End whether it is the last.
	Text string
	End  bool
}

// Lang is the code of the language the session speaks.
func (s *Session) Lang() string { return s.Values[slotLang].s }

// Day returns the day on which the call began.
func (s *Session) Day() Date { return Date(s.Values[slotToday].n) }

// Refused reports whether the last input was no answer to its screen.
func (s *Session) Refused() bool { return s.refused }

// AsksResume reports whether the screen asks about a dropped call.
func (s *Session) AsksResume() bool { return s.Screen == Resume }

// OfferedResume reports whether the call began with the question about a dropped
// call.
func (s *Session) OfferedResume() bool { return s.start != "" }

// EndInProgress ends the call on the built-in screen that says that an action may
// be in progress.
func (s *Session) EndInProgress() {
	s.Screen, s.Shown, s.Ended = statePending, statePending, true
}

// with returns the list with one more entry, never writing to the old one.
func with[T any](list []T, x T) []T { return append(list[:len(list):len(list)], x) }

func (s *Session) sent(screen string) bool    { return slices.Contains(s.Sent, screen) }
func (s *Session) skipped(screen string) bool { return slices.Contains(s.Skipped, screen) }
