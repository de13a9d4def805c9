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
var ErrIdentityKey = errors.New("the database was started with another ID_KEY")

// ErrEncryptionKey reports that the database was started with another
// ENCRYPTION_KEY, from which its identity key was derived.
var ErrEncryptionKey = errors.New("the database was started with another ENCRYPTION_KEY")

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
// newTag. If no key fits, it returns ErrIdentityKey where ID_KEY is set, and
// ErrEncryptionKey where it is not.
func FindIdentityKey(tag, idKey, current string, old ...string) (key []byte, newTag string, err error) {
	derived := append([]string{current}, old...)
	settings := derived
	if idKey != "" {
		settings = []string{idKey}
	}
	if settings[0] == "" {
		return nil, "", ErrNoKey
	}
	key, newTag, err = fitting(tag, settings)
	switch {
	case err != nil || key != nil:
		return key, newTag, err
	case idKey == "":
		return nil, "", fmt.Errorf("%w: its check tag is %s, and no key that is set has this tag. "+
			"Set ENCRYPTION_KEY to the value of the first start. If you changed it on purpose, add the earlier value to ENCRYPTION_KEY_OLD",
			ErrEncryptionKey, tag)
	}
	fix := "Set ID_KEY to the value of the first start"
	if fits, _, err := fitting(tag, derived); err == nil && fits != nil {
		fix = "It was started without ID_KEY, and ENCRYPTION_KEY or ENCRYPTION_KEY_OLD still has the value of that time. Unset ID_KEY, or set it to that value"
	}
	return nil, "", fmt.Errorf("%w: its check tag is %s, and ID_KEY has another one. %s", ErrIdentityKey, tag, fix)
}

// fitting returns the identity key of the first setting that has the tag. Any has
// the tag "". It returns no key if none has it.
func fitting(tag string, settings []string) (key []byte, found string, err error) {
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
	return nil, "", nil
}
