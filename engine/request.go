package engine

import (
	"context"
	"errors"
	"time"
)

// Request is one callback of a gateway, decoded.
type Request struct {
	// Provider is the gateway's name, as "africastalking".
	Provider string
	// Session is the gateway's session ID.
	Session string
	// Caller is the MSISDN the network vouches for: digits, no plus sign.
	Caller string
	// Service is the dialled code, as "*384*8481#".
	Service string
	// Network is the operator's code, as "63902"; opaque.
	Network string
	// Text is all the caller typed in this session so far, joined with "*";
	// empty on the first callback.
	Text string
}

// Reply is the answer to a callback: always a screen.
type Reply struct {
	Text string
	// End says that the call is over with this screen.
	End bool

	// Screen, Program and Fault are for logs and scripts, never for callers:
	// the screen's name, the program's hash, and what went wrong, if anything.
	Screen  string
	Program string
	Fault   error
	// Heard is what the last input was, for whoever helps the caller: the option
	// it named, or in parentheses the kind of an answer, which is never told
	// itself. "" where nothing new was heard.
	Heard string
}

// MaxRecord bounds a session's record, in bytes. Records take about 1 KB; one
// that large is a fault, and moving it would hold up every other session.
const MaxRecord = 256 << 10

// Sessions keeps the records of calls in progress. A record is opaque but for
// its head: the bytes up to and including the first `",` after `"h":"`. One
// without a head is none of ours: it is never replaced, only runs out.
type Sessions interface {
	// Load returns the record of a session, nil if there is none.
	Load(ctx context.Context, id string) ([]byte, error)
	// Save stores next for ttl if the stored record's head equals expect, or
	// if there is no record and expect is empty. Otherwise it stores nothing
	// and returns the record that stands there. An error says that the record
	// has not 1 to MaxRecord bytes, that ttl is under a millisecond, or that the
	// store did not do it; in this last case it may have been done.
	Save(ctx context.Context, id, expect string, next []byte, ttl time.Duration) (stored []byte, saved bool, err error)

	// Latest is the session that a caller was last seen in, "" for none, and
	// SetLatest says so for ttl. tag is an opaque name for the caller.
	Latest(ctx context.Context, tag string) (id string, err error)
	SetLatest(ctx context.Context, tag, id string, ttl time.Duration) error
}

// ErrNoProgram says that a program is not known anywhere, or can't be made here
// any more: an action's contract is another now.
var ErrNoProgram = errors.New("no such program")

// Programs finds compiled menus.
type Programs interface {
	// ForCode is the program in force for a dialled service code, and what is
	// left of the code behind the longest match: the inputs of a deep dial.
	ForCode(code string) (*Program, string)
	// ByHash is a program that is at hand, by its content hash.
	ByHash(hash string) (*Program, bool)
	// Replaced are the programs of that name which were in force after since and
	// no longer are: a session may have begun on any of them.
	Replaced(name string, since time.Time) []*Program
	// Find is a program by its content hash, also one that has to be made again
	// from what is kept. The error wraps ErrNoProgram where there is none;
	// otherwise it says why nobody can tell.
	Find(ctx context.Context, hash string) (*Program, error)
}
