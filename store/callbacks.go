package store

import (
	"context"
	"time"
)

// Callback is what a provider of mobile money posted, as it came.
type Callback struct {
	// ID is a hash of what was posted and where, so that a repeat has the same.
	ID       string
	Provider string
	// Route says to which kind of address it was posted, and Intent and Token name the
	// payment, if the address belongs to one.
	Route, Intent, Token string
	// Body is UTF-8 without NUL.
	Body string
	// Peer is the address of who posted it.
	Peer       string
	ReceivedAt time.Time
	// HandledAt is zero until it was worked through. Note says how that ended.
	HandledAt time.Time
	Note      string
}

// Callbacks stores what providers of mobile money posted.
type Callbacks interface {
	// Callback reads one: ErrNotFound if there is none.
	Callback(ctx context.Context, id string) (Callback, error)
	// CallbackHandled stores that one was worked through, and how that ended.
	CallbackHandled(ctx context.Context, id string, at time.Time, note string) error
	// CallbacksOf lists what was posted about a payment, the oldest first.
	CallbacksOf(ctx context.Context, intent string, limit int) ([]Callback, error)
	// LastCallback reads the newest one of a route: ErrNotFound if there is none.
	LastCallback(ctx context.Context, provider, route string) (Callback, error)
}

// SharedValue is a value that all instances share for a while, such as the access token
// of a provider.
type SharedValue struct {
	// ID is made anew for each value, "" for none.
	ID        string
	Value     string
	ExpiresAt time.Time
}

// SharedValues stores values that one instance at a time renews.
type SharedValues interface {
	// SharedValue reads one; the zero value if there is none.
	SharedValue(ctx context.Context, name string) (SharedValue, error)
	// LeaseShared makes holder the only one who may renew a value until a time. It
	// returns false if another holder's lease has not ended by now, or if the stored
	// value is another one than seen.
	LeaseShared(ctx context.Context, name, seen, holder string, now, until time.Time) (bool, error)
	// SetShared stores a value and ends the lease. It returns false, and stores nothing,
	// if holder has no lease.
	SetShared(ctx context.Context, name, holder string, v SharedValue) (bool, error)
	// ReleaseShared ends the lease of a holder without a new value.
	ReleaseShared(ctx context.Context, name, holder string) error
}
