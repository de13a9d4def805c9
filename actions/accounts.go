package actions

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet"
)

// Accounts holds what the actions on workers' accounts need.
type Accounts struct {
	Keys   wallet.Keys
	Sealer *wallet.Sealer
	// Rand gives the randomness for key pairs, worker IDs and codes. It must be
	// safe for concurrent use, as crypto/rand.Reader is.
	Rand io.Reader
	// Registrations and Lookups bound how many of other people's numbers one
	// caller may register, and look up, in a day; 0 means the default.
	Registrations, Lookups int
	// Funds says that this installation works through the jobs that fund
	// wallets.
	Funds bool
	// CodeKey keys the hashes of one-time codes; it has runner.KeySize bytes.
	CodeKey []byte
	// OtherCodeKey is a key whose hashes are valid, too, while CodeKey changes; nil if
	// there is none.
	OtherCodeKey []byte
	// Codes bounds how many one-time codes one number gets in a day; 0 means
	// DefaultCodes.
	Codes int
	// Tries bounds the wrong guesses in a row at a code or PIN, and Lock is how
	// long it is locked after them; 0 means the default.
	Tries int
	Lock  time.Duration
}

// minCodeKey is 128 bits: a shorter key would let an attacker recover codes
// from their hashes.
const minCodeKey = 16

// Register adds the actions on accounts to a table.
func (a *Accounts) Register(t *Table) error {
	if len(a.CodeKey) < minCodeKey {
		return fmt.Errorf("register the actions on accounts: CodeKey has %d bytes; at least %d are needed", len(a.CodeKey), minCodeKey)
	}
	t.before = a.verifyCaller
	return errors.Join(a.registerCreate(t), a.registerLookup(t), a.registerRequestCode(t), a.registerConfirmCode(t))
}

// limitLookup counts one look-up of another person's number against the caller.
func (a *Accounts) limitLookup(ctx context.Context, tx store.Tx, c Call) error {
	return limit(ctx, tx, c, "lookup_other", cmp.Or(a.Lookups, DefaultLookups))
}
