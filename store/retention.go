package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Retention is how long an action's result, that a call has acted, a message that went out
// and its delivery report are stored. It is far longer than any gateway or client repeats
// a request, and long enough for a person's question about last month.
const Retention = 90 * 24 * time.Hour

// StateRetention is how long the state of a call is stored: with it what the caller
// answered. No gateway repeats a callback that late. What stays of the call until
// Retention says only that it has acted, so nothing acts again.
const StateRetention = 24 * time.Hour

// Purged counts the rows that a purge removed. Emptied are calls that lost their state,
// and keep their row.
type Purged struct{ Actions, CallStates, Emptied, Limits, Messages, Deliveries, Codes, Callbacks, Drops int64 }

// Any reports whether the purge removed anything.
func (p Purged) Any() bool {
	return p.Actions+p.CallStates+p.Emptied+p.Limits+p.Messages+p.Deliveries+p.Codes+p.Callbacks+p.Drops > 0
}

// Forgotten counts what was removed about a person.
type Forgotten struct {
	// Workers lists the accounts that had the number. They stay, without number and
	// name: the ledger has their Worker IDs, and their wallets may have money.
	Workers []string
	// Removed counts rows by what they were, such as "messages".
	Removed map[string]int
	// Sessions lists the sessions of the person's calls, whose records another
	// store may still have.
	Sessions []string
}

// Any reports whether there was anything to remove.
func (f Forgotten) Any() bool {
	for _, n := range f.Removed {
		if n > 0 {
			return true
		}
	}
	return len(f.Workers) > 0
}

// Summary returns Removed in one line.
func (f Forgotten) Summary() string {
	var parts []string
	for _, what := range slices.Sorted(maps.Keys(f.Removed)) {
		parts = append(parts, fmt.Sprintf("%d %s", f.Removed[what], what))
	}
	return strings.Join(parts, ", ")
}

// Forgetter removes what is stored about a person.
type Forgetter interface {
	// Forget removes everything stored under a phone number, in one transaction
	// that also records who did it. With dry it counts and removes nothing.
	Forget(ctx context.Context, phone, actor string, at time.Time, dry bool) (Forgotten, error)
}

// CallNote says what happened at one callback, for the person who helps a caller
// later. Of the input it has only the number of an option, so no secret.
type CallNote struct {
	At       time.Time
	Caller   string // MSISDN
	Session  string
	Provider string
	Service  string // as dialled
	Program  string // the menu's hash
	Screen   string // its name; a built-in one in parentheses
	Input    string // the chosen option, or the kind of answer in parentheses
	Shown    string // the screen's text
	Ended    bool
	Took     time.Duration
	Fault    string // why the screen was not the menu's own
	Network  string // the operator's code
	Goals    string // what the call has reached in this callback: names with spaces between
	// Wrong says that the input was a wrong answer.
	Wrong bool
	// Turn counts the inputs of the call: a repeated callback has the number of the first
	// one. It is NoTurn if the gateway does not tell.
	Turn int
}

// NoTurn is the turn of a note on a callback that its gateway does not count, and of notes
// that an earlier version has stored.
const NoTurn = -1

// Calls stores notes on calls.
type Calls interface {
	// AddCalls stores all notes or none, except for those on people who were forgotten
	// after the call.
	AddCalls(ctx context.Context, notes []CallNote) error
	// CallsOf lists the newest notes on a caller, the newest first.
	CallsOf(ctx context.Context, caller string, limit int) ([]CallNote, error)
	// CallsIn lists the newest notes on sessions with an ID, the newest first.
	CallsIn(ctx context.Context, session string, limit int) ([]CallNote, error)
	// EachCall calls fn with the notes from a time up to another, roughly in their order.
	// It ends with fn's error.
	EachCall(ctx context.Context, from, to time.Time, fn func(CallNote) error) error
	// DropCalls removes notes older than a time, the oldest first, and counts them. It
	// stops once there are limit of them. Notes that were stored together may stay until
	// the newest of them is old.
	DropCalls(ctx context.Context, before time.Time, limit int) (dropped int, err error)
}

// CallDay is the summary of a day's calls of one version of a menu. It has no number and no
// text of a caller.
type CallDay struct {
	// Day is midnight in UTC.
	Day time.Time
	// Menu is the menu's name, and Program its hash.
	Menu, Program string
	// Summary is JSON, as package internal/report has it.
	Summary []byte
}

// CallDays stores the summaries of days, which stay longer than the notes.
type CallDays interface {
	// SetCallDay stores the summaries of a day in place of those that are stored.
	SetCallDay(ctx context.Context, day time.Time, all []CallDay) error
	// CallDays lists the summaries from a day up to another, by day, menu and program.
	CallDays(ctx context.Context, from, to time.Time) ([]CallDay, error)
	// DropCallDays removes the summaries before a day, and counts them.
	DropCallDays(ctx context.Context, before time.Time) (int, error)
}

// Program is a compiled menu's source: with the contracts of the actions, what a
// program's hash is computed from. Both together give the same program again.
type Program struct {
	Hash string `json:"-"`
	// Menu is the name of the main file; Files has the menu's files by name.
	Menu  string            `json:"menu"`
	Files map[string][]byte `json:"files"`
	// Language is the code of the language that calls begin in, "" for the menu's
	// first.
	Language string `json:"language,omitempty"`
}

// Programs stores menus for the sessions that began on them. An instance that was
// restarted, or has a newer version, can then continue those calls unchanged.
type Programs interface {
	// RetainProgram stores a program at least until a time. For a stored one it can
	// only extend the time.
	RetainProgram(ctx context.Context, p Program, until time.Time) error
	// Program reads one by its hash: ErrNotFound if there is none.
	Program(ctx context.Context, hash string) (Program, error)
	// DropPrograms removes programs whose time has passed, and counts them.
	DropPrograms(ctx context.Context, now time.Time) (int, error)
}
