package store

import (
	"context"
	"time"
)

// CallNote is what happened at one callback, for whoever helps a caller later.
// It holds no input but the number of an option, so no secret.
type CallNote struct {
	At       time.Time
	Caller   string // MSISDN
	Session  string
	Provider string
	Service  string // as dialled
	Program  string // the menu's hash
	Screen   string // its name; in parentheses a built-in one
	Heard    string // the option chosen, or in parentheses what kind of answer it was
	Shown    string // the screen's text
	Ended    bool
	Took     time.Duration
	Fault    string // why the screen was not the menu's own
}

// Calls keeps notes of calls.
type Calls interface {
	// AddCalls stores notes, all or none.
	AddCalls(ctx context.Context, notes []CallNote) error
	// CallsOf lists the newest notes of a caller, the newest first.
	CallsOf(ctx context.Context, caller string, limit int) ([]CallNote, error)
	// DropCalls removes notes older than a time, at most limit of them, and
	// counts them.
	DropCalls(ctx context.Context, before time.Time, limit int) (dropped int, err error)
}
