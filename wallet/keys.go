package wallet

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
)

// MinPublicKeyBytes is the shortest ENCRYPTION_KEY that may guard real money:
// as many bytes as the key it is hashed to, so that guessing it is no easier.
const MinPublicKeyBytes = 32

// PublicNetwork is STELLAR_NETWORK's name for the network with real money.
const PublicNetwork = "PUBLIC"

// ErrWeakKey: the key is too short for the network it would guard.
var ErrWeakKey = errors.New("ENCRYPTION_KEY is too short")

// CheckStrength refuses a short ENCRYPTION_KEY on the public network:
// ErrWeakKey. Other networks take any key, as the old service did.
func CheckStrength(network, encryptionKey string) error {
	if network != PublicNetwork || len(encryptionKey) >= MinPublicKeyBytes {
		return nil
	}
	return fmt.Errorf("%w: it has %d bytes, and STELLAR_NETWORK=%s needs at least %d. Make one with: openssl rand -base64 32",
		ErrWeakKey, len(encryptionKey), PublicNetwork, MinPublicKeyBytes)
}

// ErrIdentityKey: the database was started under another identity key, so
// repeats of its actions would not be recognised.
var ErrIdentityKey = errors.New("the database belongs to another ID_KEY")

const (
	identityBytes = 32
	tagBytes      = 8 // enough to tell keys apart, too few to matter if it leaks
)

// IdentityKey is the key that identities of actions and callers are made with
// (HMAC-SHA256). It derives from a setting by HKDF, the same way from ID_KEY
// and from ENCRYPTION_KEY: a service that ran on its ENCRYPTION_KEY keeps its
// identities when that value is set as ID_KEY.
func IdentityKey(setting string) ([]byte, error) {
	if setting == "" {
		return nil, ErrNoKey
	}
	return hkdf.Key(sha256.New, []byte(setting), nil, "paytrace identity v1", identityBytes)
}

// CheckTag is what the database keeps of an identity key: enough to refuse
// another, nothing to compute it from.
func CheckTag(identityKey []byte) string {
	mac := hmac.New(sha256.New, identityKey)
	mac.Write([]byte("paytrace identity check v1"))
	return hex.EncodeToString(mac.Sum(nil)[:tagBytes])
}

// FindIdentityKey picks the identity key of a database by the tag kept there,
// "" for a new database. With ID_KEY set only that counts; without it, the
// current ENCRYPTION_KEY and then the old ones, so that a change of
// ENCRYPTION_KEY changes no identity. A new database takes the first, and the
// caller stores the tag returned. ErrIdentityKey when none fits.
func FindIdentityKey(tag, idKey, current string, old ...string) (key []byte, newTag string, err error) {
	settings := append([]string{current}, old...)
	if idKey != "" {
		settings = []string{idKey}
	}
	if settings[0] == "" {
		return nil, "", ErrNoKey
	}
	for _, setting := range settings {
		if setting == "" {
			continue
		}
		key, err := IdentityKey(setting)
		if err != nil {
			return nil, "", err
		}
		if found := CheckTag(key); tag == "" || hmac.Equal([]byte(found), []byte(tag)) {
			return key, found, nil
		}
	}
	return nil, "", fmt.Errorf("%w: it holds the check tag %q, which none of the keys that are set gives; set ID_KEY to the value it was started with", ErrIdentityKey, tag)
}
