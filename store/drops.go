package store

import (
	"context"
	"time"

	"github.com/paytrace/paytrace/engine"
)

// Drops stores what is known of callers who may have dropped off: for each menu and
// caller, their last call.
type Drops interface {
	// NoteDrop changes what is known of a caller's last call to a menu, in one
	// transaction. change gets the zero Drop for a caller never noted. It may run more
	// than once.
	NoteDrop(ctx context.Context, menu, caller string, at time.Time, change func(engine.Drop) engine.Drop) error
	// EndDrop notes that a session is over.
	EndDrop(ctx context.Context, session string, at time.Time) error
	// SendDrops takes the texts that are due, at most limit, and calls send for each in
	// one transaction: of several instances one sends. It counts them.
	SendDrops(ctx context.Context, at time.Time, limit int, send func(ctx context.Context, tx Tx, d DroppedCaller) error) (sent int, err error)
}

// DroppedCaller is a caller who gets an SMS after dropping off.
type DroppedCaller struct {
	Menu, Caller, Session string
	Text                  string
}
