package runner

import (
	"context"
	"errors"
	"time"

	"github.com/paytrace/paytrace/engine"
)

// Sessions stores the records of calls in progress. A record is opaque except
// for its head: the bytes up to and including the first `",` after `"h":"`. A
// record without a head is foreign: it is never replaced, it only expires.
type Sessions interface {
	// Load returns the record of a session, or nil if there is none.
	Load(ctx context.Context, id string) ([]byte, error)
	// Save stores next for ttl if the stored record's head equals expect, or
	// if there is no record and expect is empty. Otherwise it stores nothing
	// and returns the record it found. It fails if next is empty or longer than
	// engine.MaxRecord, if ttl is under a millisecond, or if the store did not
	// answer; in this last case next may have been stored.
	Save(ctx context.Context, id, expect string, next []byte, ttl time.Duration) (stored []byte, saved bool, err error)

	// Latest returns the session in which a caller was last seen, or "".
	// SetLatest stores it for ttl. tag is an opaque name for the caller.
	Latest(ctx context.Context, tag string) (id string, err error)
	SetLatest(ctx context.Context, tag, id string, ttl time.Duration) error
}

// SessionKey returns the ID under which Sessions stores a gateway's session.
// The legacy service used the same IDs.
func SessionKey(session string) string { return "ussd:session:" + session }

// ErrUnknownCode says that a call began with a service code that no menu has.
var ErrUnknownCode = errors.New("no menu has this service code")

// ErrNoProgram says that a program exists nowhere, or can't be compiled here
// any more because the contract of one of its actions changed.
var ErrNoProgram = errors.New("no such program")

// Programs finds compiled menus.
type Programs interface {
	// ForCode returns the program in force for a dialled service code, and what
	// is left of the code after the longest match: the inputs of a deep dial. It
	// returns nil for a code that no program answers.
	ForCode(code string) (p *engine.Program, typedAhead string)
	// ByHash returns a program by its content hash if it is in memory.
	ByHash(hash string) (*engine.Program, bool)
	// Replaced returns the programs of that name that left force after since. A
	// session may have begun on any of them.
	Replaced(name string, since time.Time) []*engine.Program
	// Find returns a program by its content hash and compiles it from the stored
	// source if necessary. The error wraps ErrNoProgram if there is no such
	// program; any other error says that this can't be known now.
	Find(ctx context.Context, hash string) (*engine.Program, error)
}

// Actions runs actions.
type Actions interface {
	Rows

	// Act runs an action once at its place in a call: in one transaction that holds the
	// call's row, by Place.Visit. Messages and remembered values that follow may be done
	// in it, too (Call.Then, Outcome.Joined). A caller who did it too often gets the
	// outcome engine.Limited. The error wraps engine.ErrFenced or ErrMismatch as Visit
	// returns them, or engine.ErrUnknown; any other one says that the action surely did
	// nothing.
	Act(ctx context.Context, call engine.Call, at *Place) (engine.Outcome, error)
	// Read runs an action that changes nothing, or reads the start facts. It needs no
	// place, since running it again does no harm.
	Read(ctx context.Context, call engine.Call) (engine.Outcome, error)
}
