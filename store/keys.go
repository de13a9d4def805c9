package store

import (
	"context"
	"time"
)

// APIKey is a stored key to the REST API: its hash, never the key itself.
type APIKey struct {
	// ID is the part of the key that names it and may be shown.
	ID string
	// Hash is the SHA-256 of the whole key.
	Hash []byte
	// Name is a person's label for the key.
	Name string
	// Scopes lists what the key may be used for.
	Scopes    []string
	CreatedAt time.Time
	// ExpiresAt and RevokedAt end the key; zero for not.
	ExpiresAt, RevokedAt time.Time
	// UsedAt is the last use, to about a minute; zero for never.
	UsedAt time.Time
}

// UsedAfterEnd reports whether somebody showed the key after it had ended.
func (k APIKey) UsedAfterEnd() bool {
	for _, end := range []time.Time{k.RevokedAt, k.ExpiresAt} {
		if !end.IsZero() && k.UsedAt.After(end) {
			return true
		}
	}
	return false
}

// APIKeys stores the keys to the REST API.
type APIKeys interface {
	// AddAPIKey stores a new key; its ID must be free.
	AddAPIKey(ctx context.Context, k APIKey) error
	// APIKey reads one by ID, also a revoked one: ErrNotFound if there is none.
	APIKey(ctx context.Context, id string) (APIKey, error)
	// ListAPIKeys lists all keys, the newest first.
	ListAPIKeys(ctx context.Context) ([]APIKey, error)
	// RevokeAPIKey ends a key. Revoking it again does not change the time.
	// ErrNotFound if there is no such key.
	RevokeAPIKey(ctx context.Context, id string, at time.Time) error
	// UseAPIKey stores the time of a use, at most once a minute.
	UseAPIKey(ctx context.Context, id string, at time.Time) error
}

// Code is a one-time code that was sent to a phone number.
type Code struct {
	Phone string
	// Hash is a keyed hash of the code. The key is stored elsewhere; without it,
	// six digits would be found by trying them all.
	Hash                 []byte
	CreatedAt, ExpiresAt time.Time
}

// Guesses counts wrong guesses at a secret since the last right one.
type Guesses struct {
	Misses int
	// LockedUntil is when the next guess is allowed; zero for now.
	LockedUntil time.Time
}

// Secrets stores what a person proves to know, and the failed attempts.
type Secrets interface {
	// SetCode stores a phone number's code and replaces the one before it.
	SetCode(ctx context.Context, c Code) error
	// Code reads a phone number's code, also an expired one: ErrNotFound if there
	// is none.
	Code(ctx context.Context, phone string) (Code, error)
	// DropCode removes a phone number's code, if there is one.
	DropCode(ctx context.Context, phone string) error

	// LockGuesses reads the guesses at a secret. Other transactions that guess at it
	// wait until this one ends.
	LockGuesses(ctx context.Context, name, subject string) (Guesses, error)
	// SetGuesses stores what the caller has changed of LockGuesses' answer.
	SetGuesses(ctx context.Context, name, subject string, g Guesses) error
}
