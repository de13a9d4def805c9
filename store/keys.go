package store

import (
	"context"
	"time"
)

// APIKey is a key to the REST API, as it is kept: its hash and never itself.
type APIKey struct {
	// ID is the part of the key that names it, and may be shown.
	ID string
	// Hash is the SHA-256 of the whole key.
	Hash []byte
	// Name is what a person called it.
	Name string
	// Scopes are what it may be used for.
	Scopes    []string
	CreatedAt time.Time
	// ExpiresAt and RevokedAt end it; zero for not.
	ExpiresAt, RevokedAt time.Time
	// UsedAt is when it was last used, to about a minute; zero for never.
	UsedAt time.Time
}

// APIKeys are the keys to the REST API.
type APIKeys interface {
	// AddAPIKey stores a new key; its ID must be free.
	AddAPIKey(ctx context.Context, k APIKey) error
	// APIKey reads one by ID, revoked or not: ErrNotFound if there is none.
	APIKey(ctx context.Context, id string) (APIKey, error)
	// ListAPIKeys lists all, the newest first.
	ListAPIKeys(ctx context.Context) ([]APIKey, error)
	// RevokeAPIKey ends a key; the first time stands. ErrNotFound if there is
	// none.
	RevokeAPIKey(ctx context.Context, id string, at time.Time) error
	// UseAPIKey notes that a key was used, at most once a minute.
	UseAPIKey(ctx context.Context, id string, at time.Time) error
}

// Code is a one-time code that was sent to a phone number.
type Code struct {
	Phone string
	// Hash is a keyed hash of the code: one of six digits hides nothing
	// without the key, which is kept elsewhere.
	Hash                 []byte
	CreatedAt, ExpiresAt time.Time
}

// Guesses are how often a secret was guessed wrong since the last right guess.
type Guesses struct {
	Misses int
	// LockedUntil is until when there may be no further guess; zero for now.
	LockedUntil time.Time
}

// Secrets are what a person proves to know, and how often they failed to.
type Secrets interface {
	// SetCode keeps a phone number's code in place of the one before it.
	SetCode(ctx context.Context, c Code) error
	// Code reads a phone number's code, expired or not: ErrNotFound if there
	// is none.
	Code(ctx context.Context, phone string) (Code, error)
	// DropCode forgets a phone number's code, if there is one.
	DropCode(ctx context.Context, phone string) error

	// LockGuesses reads the guesses at a secret and keeps others who guess at
	// it waiting until the transaction ends.
	LockGuesses(ctx context.Context, name, subject string) (Guesses, error)
	// SetGuesses stores what LockGuesses gave and the caller has changed.
	SetGuesses(ctx context.Context, name, subject string, g Guesses) error
}

// Delivery is what an SMS provider reported of a message it had taken.
type Delivery struct {
	// ProviderID is the provider's name for the message.
	ProviderID string
	// State is what the report says of it; see package sms.
	State string
	// Rank is how far that is; it only rises.
	Rank int
	// Reason is the provider's word for why it was not delivered, or "".
	Reason string
	// Network is the operator's code, or "".
	Network string
	// Retries is how often the operator was asked to deliver it.
	Retries int
	// At is when the report came.
	At time.Time
}
