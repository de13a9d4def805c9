package engine

import "slices"

// A Session is the state of one call between two screens. Sessions are values: Step
// returns a new one and leaves the old one as it was.
type Session struct {
	// These identify the caller and are set when the call begins.
	ID, Provider, Caller, Service, Network string

	// Screen is the state of the machine; between callbacks it is the screen that the
	// caller sees.
	Screen string
	// Shown is the screen last shown.
	Shown string
	// Offset is where the page shown begins, in units of the screen (see pages.go).
	// Pages has the offsets of the pages before it.
	Offset int
	Pages  []int
	// Wrong counts the wrong answers given to the question shown.
	Wrong int
	// Notice names the text above the question; see the notices in layout.go.
	Notice string
	// Repeat is the keyed hash of the first of two answers that must be equal.
	Repeat string
	// Moved says that this is not the first screen of the call, so Back and Home make
	// sense.
	Moved bool
	// Ended says that the screen shown was the last.
	Ended bool

	// Facts says that the start facts are in Values.
	Facts bool
	// Unsaved says that a remembered value has changed since it was stored.
	Unsaved bool
	// Skipped lists the screens that were entered before and may not be skipped
	// again, Sent those whose SMS was sent.
	Skipped, Sent []string

	// Values is indexed by slot. Sessions share it, so it is never modified.
	Values []Value
	// Undo has the way back, the latest screen last.
	Undo []Undo

	// Resting is where a dropped call resumes: the last screen shown before a consent
	// was given or a secret asked. Guarded says that this has happened, and no later
	// screen may replace it yet.
	Resting Snapshot
	Guarded bool

	// waiting says what the machine waits for within a step.
	waiting waiting
	// acted says that an action has ended in this step.
	acted bool
	// refused says that what was typed in this step was no answer.
	refused bool
	// letters says that values are shown in their own letters, in a copy of the session
	// that is only shown.
	letters bool
	// brief says that there is no room for what a type says of its answers, likewise.
	brief bool
	// before has the values of the screen shown until the step has found the next
	// screen. It is nil between steps, as it may contain a secret.
	before []Value
	// offered is the dropped call of the resume question, and start the target of a
	// No to it.
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

// An Undo restores the screen before: its page, and the values that have changed
// since.
type Undo struct {
	Screen string
	Offset int
	Pages  []int
	Moved  bool
	Values []Change
	// Yes says that the caller left this screen with a Yes, which no action has used.
	Yes bool
}

// A Change has the earlier value of a slot.
type Change struct {
	Slot int
	Old  Value
}

// MaxUndo is how many screens Back can return. A call of 180 s shows about 20.
const MaxUndo = 24

// A Snapshot is a place in a call at which a later call can resume: a screen, and
// values by name. Names survive a new version of the menu.
type Snapshot struct {
	Screen string  `json:"step,omitempty"`
	Values []Named `json:"values,omitempty"`
}

// An EventKind says what happened to a session.
type EventKind uint8

// The events.
const (
	// EventDial begins the call.
	EventDial EventKind = iota + 1
	// EventInput is what the caller typed.
	EventInput
	// EventOutcome is the outcome of an Effect's call.
	EventOutcome
)

// An Event is one thing that happens to a session.
type Event struct {
	Kind EventKind
	// Start is the first screen of an EventDial.
	Start string
	// Resume is a dropped call to ask about first, or nil.
	Resume *Snapshot
	// Input is what was typed. Digest is its keyed hash, needed only if
	// Program.Repeats says so.
	Input, Digest string
	// Outcome belongs to an EventOutcome.
	Outcome Outcome
}

// An Effect says what a step asks for: a screen to show, or a call to make.
type Effect struct {
	// Call is the action to run; its outcome is the next event. It is nil for a
	// screen.
	Call *Call
	// Text is the screen, and End whether it is the last.
	Text string
	End  bool
}

// Lang returns the code of the session's language.
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

// with returns list with one more entry and leaves list as it was.
func with[T any](list []T, x T) []T { return append(list[:len(list):len(list)], x) }

func (s *Session) sent(screen string) bool    { return slices.Contains(s.Sent, screen) }
func (s *Session) skipped(screen string) bool { return slices.Contains(s.Skipped, screen) }
