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
			"Set ENCRYPTION_KEY to the value of the first start; if an ID_KEY was set at that start, it is missing now. "+
			"If you changed ENCRYPTION_KEY on purpose, add the earlier value to ENCRYPTION_KEY_OLD",
			ErrEncryptionKey, tag)
	}
	fix := "Set ID_KEY to the value of the first start"
	if fits, _, err := fitting(tag, derived); err == nil && fits != nil {
		fix = "It was started without ID_KEY, and ENCRYPTION_KEY or ENCRYPTION_KEY_OLD still has the value of that time. Unset ID_KEY, or set it to that value"
	}
	return nil, "", fmt.Errorf("%w: its check tag is %s, and ID_KEY has another one. %s", ErrIdentityKey, tag, fix)
}

// IdentityTags are the check tags of the identity keys: of the one that names new
// sessions and actions, and of the other valid one, "" if there is none.
type IdentityTags struct{ Current, Other string }

// IdentityKeys are the valid identity keys with their tags. Other is nil if there is one
// key.
type IdentityKeys struct {
	Key, Other []byte
	Tags       IdentityTags
}

// FindIdentityKeys returns the keys of ID_KEY and ID_KEY_OLD for a database with these
// tags. The key may change to one that an earlier start has had as ID_KEY_OLD: only then
// do the other instances know it. Any other pair is ErrIdentityKey.
func FindIdentityKeys(stored IdentityTags, idKey, idKeyOld string) (keys IdentityKeys, err error) {
	if keys.Key, err = IdentityKey(idKey); err != nil {
		return IdentityKeys{}, err
	}
	if keys.Other, err = IdentityKey(idKeyOld); err != nil {
		return IdentityKeys{}, err
	}
	keys.Tags = IdentityTags{CheckTag(keys.Key), CheckTag(keys.Other)}
	switch stored.Current {
	case "", keys.Tags.Current:
		return keys, nil
	case keys.Tags.Other:
		if stored.Other == keys.Tags.Current {
			return keys, nil
		}
		return IdentityKeys{}, fmt.Errorf("%w, which is now ID_KEY_OLD, and the other instances do not know the new one. "+
			"First start every instance with the two values exchanged: the new key in ID_KEY_OLD. Then set them as they are now", ErrIdentityKey)
	}
	return IdentityKeys{}, fmt.Errorf("%w: its check tag is %s, and neither ID_KEY nor ID_KEY_OLD has it. "+
		"Set one of them to the key that names its actions", ErrIdentityKey, stored.Current)
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
