package actions

import (
	"context"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/store"
)

// Default limits per caller and day. They keep one caller from finding out by
// the hundred who has an account, or from making accounts in other people's
// names.
const (
	DefaultRegistrations = 10
	DefaultLookups       = 20
)

const day = 24 * time.Hour

// limit counts one action on another person's number against the caller and
// returns engine.ErrLimited above most in a day. A call without a caller comes
// from REST, which has quotas of its own.
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

// sessionsCall names the start of a session in the action log. No action can
// have this name.
const sessionsCall = "(session)"

// Admit returns the function for runner.Runner.Admit that limits how many
// sessions a caller starts in a clock minute. It counts a session once, at its
// first callback, and refuses those above most with engine.ErrLimited. Repeats
// get the stored answer.
func (t *Table) Admit(most int) func(ctx context.Context, req engine.Request, id string) error {
	return func(ctx context.Context, req engine.Request, id string) error {
		fp, err := runner.Fingerprint(&engine.Call{Action: sessionsCall})
		if err != nil {
			return err
		}
		_, err = t.once(ctx, runner.RowKey{Name: id}, fp, func(ctx context.Context, tx store.Tx) (result, error) {
			n, err := tx.Count(ctx, "session", req.Caller, time.Minute, t.now())
			if err == nil && n > most {
				err = engine.ErrLimited
			}
			return result{Name: engine.Done}, err
		})
		return err
	}
}

// Default limits on guesses at a short secret. Five guesses give a stranger one
// chance in two thousand at four digits, and the lock of half an hour makes
// each further five expensive.
const (
	DefaultTries = 5
	DefaultLock  = 30 * time.Minute
)

// GuessLimit bounds how many wrong guesses in a row a short secret allows, such
// as a PIN or a one-time code, and how long it is locked after them.
type GuessLimit struct {
	// Name tells kinds of secrets apart: "code", "pin".
	Name string
	Most int
	Lock time.Duration
}

// Guess describes how one guess ended.
type Guess struct {
	Right bool
	// Left counts the wrong guesses that are still allowed.
	Left int
	// Locked is the time until the next guess is allowed; 0 if it is now.
	Locked time.Duration
}

// Try makes one guess at the secret of subject. It calls right to learn whether
// the guess is right, but not while the secret is locked. Concurrent guesses
// wait for each other.
//
// The count is part of the transaction. A wrong guess must therefore end in an
// outcome: an error would undo the count.
func (g GuessLimit) Try(ctx context.Context, tx store.Tx, subject string, now time.Time, right func() (bool, error)) (Guess, error) {
	past, err := tx.LockGuesses(ctx, g.Name, subject)
	if err != nil {
		return Guess{}, err
	}
	if left := past.LockedUntil.Sub(now); left > 0 {
		return Guess{Locked: left}, nil
	}
	ok, err := right()
	if err != nil {
		return Guess{}, err
	}
	next, guess := g.after(past.Misses, ok, now)
	if next == past {
		return guess, nil
	}
	return guess, tx.SetGuesses(ctx, g.Name, subject, next)
}

func (g GuessLimit) after(misses int, right bool, now time.Time) (store.Guesses, Guess) {
	misses++
	switch {
	case right:
		return store.Guesses{}, Guess{Right: true}
	case misses < g.Most:
		return store.Guesses{Misses: misses}, Guess{Left: g.Most - misses}
	}
	return store.Guesses{LockedUntil: now.Add(g.Lock)}, Guess{Locked: g.Lock}
}
