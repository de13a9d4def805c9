package store

import (
	"context"
	"errors"
	"fmt"
)

// ErrCallBehind means that the database knows more of a call than the state that was
// to be saved. Nothing of the transaction happens. Lock the call again, and go on from
// the state that it then has.
var ErrCallBehind = errors.New("the state of the call is behind the stored one")

// CallStatesSince is the key of the setting with the time, in RFC 3339, at which the
// database got the table of call states. Calls that began before it may have acted
// without a state.
const CallStatesSince = "call_states_since"

// CallState is what the database knows of a call that acted or was recovered.
type CallState struct {
	// Generation counts how often the gateway has used this call's ID again.
	Generation int
	// Epoch counts what the database was told of the call: every result and every
	// recovery is one more. It is 0 for a call that was never saved.
	Epoch int
	// Length is how many bytes of the call's text the state contains.
	Length int
	// Program is the hash of the menu's version.
	Program string
	// Caller is the MSISDN, by which Forget finds the call; empty once it has.
	Caller string
	// Kept is true if an action of the call moved money: no purge removes the row.
	// Once true it stays true, also in later generations.
	Kept bool
	// State is opaque to the store, and has no secret. It is empty for a call that
	// was never saved, and for one whose caller was forgotten: Epoch then still says
	// that the call has acted, but nothing says what.
	State []byte
}

// Follows returns nil if s may replace the stored state of the same call, else an
// error that wraps ErrCallBehind. The epoch must be higher. Within a generation the
// length must not be smaller. A higher generation begins again from any epoch above 0
// and any length.
func (s CallState) Follows(stored CallState) error {
	switch {
	case s.Epoch > 0 && s.Generation > stored.Generation,
		s.Generation == stored.Generation && s.Epoch > stored.Epoch && s.Length >= stored.Length:
		return nil
	}
	return fmt.Errorf("%w: it has %s, and the stored one has %s; lock the call again and go on from the stored state",
		ErrCallBehind, s.place(), stored.place())
}

// place describes how far the state is. It names nothing of the caller's.
func (s CallState) place() string {
	return fmt.Sprintf("generation %d, epoch %d and length %d", s.Generation, s.Epoch, s.Length)
}

// CallStates stores the states of calls, inside a transaction.
type CallStates interface {
	// LockCall returns the state of a call, the zero CallState for one that was never
	// saved. Until the transaction ends, other transactions that lock this call wait;
	// those of other calls don't. A call that is locked and not saved leaves no row.
	LockCall(ctx context.Context, id string) (CallState, error)
	// SaveCall stores the state of a call that this transaction has locked. The error
	// wraps ErrCallBehind if s does not follow the stored state (see
	// CallState.Follows). After any error the transaction can't be committed.
	SaveCall(ctx context.Context, id string, s CallState) error
}
