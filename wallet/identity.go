package wallet

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
)

// ErrIdentityKey reports that the database was started with another identity key.
// With this one, repeats of its actions would not be recognised.
var ErrIdentityKey = errors.New("the database belongs to another ID_KEY")

const (
	identityBytes = 32
	tagBytes      = 8 // enough to tell keys apart, too few to help an attacker
)

// IdentityKey derives the key for identities of actions and callers (HMAC-SHA256)
// from a setting, by HKDF. The setting is ID_KEY or ENCRYPTION_KEY, both in the
// same way: a service without ID_KEY keeps its identities when it sets ID_KEY to
// the value of its ENCRYPTION_KEY.
func IdentityKey(setting string) ([]byte, error) {
	if setting == "" {
		return nil, ErrNoKey
	}
	return hkdf.Key(sha256.New, []byte(setting), nil, "paytrace identity v1", identityBytes)
}

// CheckTag returns the tag of an identity key that the database stores. It lets
// the service refuse another key, but the key can't be computed from it.
func CheckTag(identityKey []byte) string {
	mac := hmac.New(sha256.New, identityKey)
	mac.Write([]byte("paytrace identity check v1"))
	return hex.EncodeToString(mac.Sum(nil)[:tagBytes])
}

// FindIdentityKey finds the identity key of a database by the tag stored there, ""
// for a new database. If ID_KEY is set, only that counts. Otherwise it tries the
// current ENCRYPTION_KEY and then the old ones, so a change of ENCRYPTION_KEY
// changes no identity. A new database gets the first key, and the caller stores
// newTag. It returns ErrIdentityKey if no key fits.
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
	return nil, "", fmt.Errorf("%w: it has the check tag %q, and no key that is set has this tag; set ID_KEY to the value that the database was started with", ErrIdentityKey, tag)
}
