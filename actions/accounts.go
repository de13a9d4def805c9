package actions

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet"
)

// Accounts are the actions on workers' accounts, and what they need.
type Accounts struct {
	Keys   wallet.Keys
	Sealer *wallet.Sealer
	// Rand is where key pairs and worker IDs come from; safe for concurrent
	// use, as crypto/rand.Reader is.
	Rand io.Reader
	// Registrations and Lookups are how many of other people's numbers one
	// caller may register, and look up, in a day; 0 for the defaults.
	Registrations, Lookups int
	// Funds says that somebody works on the jobs that fund wallets.
	Funds bool
	// CodeKey keys the hashes of one-time codes; of engine.KeySize bytes.
	CodeKey []byte
	// Codes is how many one-time codes one number may be sent in a day; 0 for
	// the default.
	Codes int
	// Tries is how often a code or PIN may be guessed wrong in a row, and Lock
	// for how long there is no further guess then; 0 for the defaults.
	Tries int
	Lock  time.Duration
}

// Defaults of the limits, which keep a caller from finding out who has an
// account, or making accounts in other people's names, by the hundred.
const (
	DefaultRegistrations = 10
	DefaultLookups       = 20
)

// minCodeKey is 128 bits: with less, codes could be found from their hashes.
const minCodeKey = 16

const day = 24 * time.Hour

// Register adds the actions to a table.
func (a *Accounts) Register(t *Table) error {
	if len(a.CodeKey) < minCodeKey {
		return fmt.Errorf("register the actions on accounts: CodeKey has %d bytes, at least %d are expected", len(a.CodeKey), minCodeKey)
	}
	t.before = a.verifyCaller
	return errors.Join(a.registerCreate(t), a.registerLookup(t), a.registerRequestCode(t), a.registerConfirmCode(t))
}

// limitLookup counts one look at another person's number.
func (a *Accounts) limitLookup(ctx context.Context, tx store.Tx, c Call) error {
	return limit(ctx, tx, c, "lookup_other", cmp.Or(a.Lookups, DefaultLookups))
}

// limit counts one act on another person's number against the caller:
// engine.ErrLimited beyond most in a day. A call without a caller has a door of
// its own.
func limit(ctx context.Context, tx store.Tx, c Call, name string, most int) error {
	if c.Caller == "" {
		return nil
	}
	n, err := tx.Count(ctx, name, c.Caller, day, c.Now)
	if err != nil {
		return err
	}
	if n > most {
		return engine.ErrLimited
	}
	return nil
}

// workerIDTries bounds how often a worker ID is made anew on a collision: with
// a million workers one in four thousand meets one, and five in a row nobody.
const workerIDTries = 5

// newWorkerID is "NW-" and eight upper-case hex digits.
func newWorkerID(rand io.Reader) (string, error) {
	var b [4]byte
	if _, err := io.ReadFull(rand, b[:]); err != nil {
		return "", fmt.Errorf("read randomness for a worker ID: %w", err)
	}
	return "NW-" + strings.ToUpper(hex.EncodeToString(b[:])), nil
}
