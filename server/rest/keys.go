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

// Scopes say what a key may be used for.
const (
	// ScopeRegister allows making accounts.
	ScopeRegister = "register"
	// ScopeLookup allows finding accounts by number.
	ScopeLookup = "lookup"
	// ScopeConfirm allows sending one-time codes and confirming numbers.
	ScopeConfirm = "confirm"
	// ScopeVouch makes registered accounts verified at once: the holder vouches
	// that the numbers are its users' own. Give it only to a service that has
	// proof of that, never to a form on the web.
	ScopeVouch = "vouch"
)

// Scopes lists all scopes.
func Scopes() []string { return []string{ScopeRegister, ScopeLookup, ScopeConfirm, ScopeVouch} }

// A key is "pt_", an ID of eight letters, "_", and the secret part. All letters
// are lower-case base32, so a double click selects the whole key.
const (
	keyPrefix = "pt"
	// idBytes is 40 bits: enough for unique IDs, and short to read.
	idBytes = 5
	// secretBytes is 256 bits. Nobody can guess them, so a fast hash is enough.
	secretBytes = 32
)

var letters = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// NewKey makes a key and its record for the store. The record has only a hash;
// show the key once and store it nowhere. A zero expires means never.
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

// keyID returns the ID in a key, and false if the text is not a key of ours.
func keyID(key string) (string, bool) {
	prefix, rest, _ := strings.Cut(key, "_")
	id, secret, ok := strings.Cut(rest, "_")
	ok = ok && prefix == keyPrefix && len(id) == letters.EncodedLen(idBytes) && len(secret) == letters.EncodedLen(secretBytes)
	return id, ok
}

const notOurs = "The key is not known."

// refusal returns why key may not be used as the stored one, or "" if it may. Only
// the log has the reason: a client learns nothing about keys that are not its own.
func refusal(key string, stored store.APIKey, now time.Time) string {
	switch {
	case subtle.ConstantTimeCompare(hashOf(key), bytes.Clone(stored.Hash)) != 1:
		return notOurs
	case !stored.RevokedAt.IsZero():
		return "The key was revoked."
	case !stored.ExpiresAt.IsZero() && !now.Before(stored.ExpiresAt):
		return "The key has expired."
	}
	return ""
}
