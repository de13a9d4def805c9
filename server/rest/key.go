package rest

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine/secret"
	"github.com/paytrace/paytrace/store"
)

// Scopes are what a key may be used for.
const (
	// ScopeRegister: make accounts.
	ScopeRegister = "register"
	// ScopeLookup: find accounts by number.
	ScopeLookup = "lookup"
	// ScopeConfirm: have one-time codes sent, and confirm numbers with them.
	ScopeConfirm = "confirm"
	// ScopeVouch: the holder has proved by itself that the numbers it registers
	// are its users' own, so their accounts are verified at once. For a service
	// that has its own proof, never for a form on the web.
	ScopeVouch = "vouch"
)

// Scopes are all of them.
func Scopes() []string { return []string{ScopeRegister, ScopeLookup, ScopeConfirm, ScopeVouch} }

// A key is "pt_", eight letters that name it, "_", and its secret part. All
// letters are lower-case base32, so that a double click selects the whole.
const (
	keyPrefix = "pt"
	// idBytes is 40 bits: names enough that two never meet, and short to read.
	idBytes = 5
	// secretBytes is 256 bits, which nobody guesses, so the hash need not be
	// slow.
	secretBytes = 32
)

var letters = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// NewKey makes a key and what is to be kept of it. The key itself is shown once
// and kept nowhere.
func NewKey(rand io.Reader, name string, scopes []string, now, expires time.Time) (secret.Text, store.APIKey, error) {
	raw := make([]byte, idBytes+secretBytes)
	if _, err := io.ReadFull(rand, raw); err != nil {
		return secret.Text{}, store.APIKey{}, fmt.Errorf("read randomness for a key: %w", err)
	}
	id := letters.EncodeToString(raw[:idBytes])
	key := strings.Join([]string{keyPrefix, id, letters.EncodeToString(raw[idBytes:])}, "_")
	scopes = slices.Compact(slices.Sorted(slices.Values(scopes)))
	return secret.New(key), store.APIKey{
		ID: id, Hash: hashOf(key), Name: name, Scopes: scopes, CreatedAt: now, ExpiresAt: expires,
	}, nil
}

func hashOf(key string) []byte {
	sum := sha256.Sum256([]byte(key))
	return sum[:]
}

// keyID is the part of a key that names it; false if it is none of ours.
func keyID(key string) (string, bool) {
	prefix, rest, _ := strings.Cut(key, "_")
	id, secret, ok := strings.Cut(rest, "_")
	ok = ok && prefix == keyPrefix && len(id) == letters.EncodedLen(idBytes) && len(secret) == letters.EncodedLen(secretBytes)
	return id, ok
}

// opens says whether key is the one that was kept, and still holds.
func opens(key string, kept store.APIKey, now time.Time) bool {
	same := subtle.ConstantTimeCompare(hashOf(key), bytes.Clone(kept.Hash)) == 1
	return same && kept.RevokedAt.IsZero() && (kept.ExpiresAt.IsZero() || now.Before(kept.ExpiresAt))
}
