package actions

import (
	"context"
	"time"

	"github.com/paytrace/paytrace/store"
)

// Defaults of the guesses at a short secret: five leave a stranger one chance in
// two thousand at four digits, and half an hour makes each further five dear.
const (
	DefaultTries = 5
	DefaultLock  = 30 * time.Minute
)

// Guessing bounds how often a short secret, as a PIN or a one-time code, may be
// guessed wrong in a row, and for how long there is no further guess then.
type Guessing struct {
	// Name is the secret's kind: "code", "pin".
	Name string
	Most int
	Lock time.Duration
}

// Guess is how one guess ended.
type Guess struct {
	Right bool
	// Left is how many wrong ones there may still be.
	Left int
	// Locked is how long there may be none; 0 for not.
	Locked time.Duration
}

// Try makes a guess at a subject's secret. right says whether it is; it is not
// asked while there may be no guess. Guesses at once are made one after the
// other.
//
// What Try counts is part of the transaction, so a wrong guess must end in an
// outcome: an error would take it back.
func (g Guessing) Try(ctx context.Context, tx store.Tx, subject string, now time.Time, right func() (bool, error)) (Guess, error) {
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

func (g Guessing) after(misses int, right bool, now time.Time) (store.Guesses, Guess) {
	misses++
	switch {
	case right:
		return store.Guesses{}, Guess{Right: true}
	case misses < g.Most:
		return store.Guesses{Misses: misses}, Guess{Left: g.Most - misses}
	}
	return store.Guesses{LockedUntil: now.Add(g.Lock)}, Guess{Locked: g.Lock}
}
