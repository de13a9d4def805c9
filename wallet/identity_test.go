package wallet_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/paytrace/paytrace/wallet"
)

func TestCheckStrength(t *testing.T) {
	tests := []struct {
		network, key string
		weak         bool
	}{
		{"TESTNET", "", false},
		{"TESTNET", "changeme", false},
		{"", "changeme", false},
		{"PUBLIC", "", true},
		{"PUBLIC", strings.Repeat("k", 31), true},
		{"PUBLIC", strings.Repeat("k", 32), false},
		{"PUBLIC", strings.Repeat("ñ", 16), false}, // bytes, not characters
	}
	for _, test := range tests {
		err := wallet.CheckStrength(test.network, test.key)
		if errors.Is(err, wallet.ErrWeakKey) != test.weak {
			t.Errorf("CheckStrength(%q, %d bytes) = %v", test.network, len(test.key), err)
		}
		if err != nil && test.key != "" && strings.Contains(err.Error(), test.key) {
			t.Errorf("the error holds the key: %v", err)
		}
	}
}

func identity(t *testing.T, setting string) []byte {
	t.Helper()
	key, err := wallet.IdentityKey(setting)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// These values were computed without this code, by RFC 5869 over HMAC-SHA256.
const (
	pinnedKey = "845a46555913c1e3da70ced4eb01b2c8015349a4af08ac4a155ba128926a8ad5"
	pinnedTag = "ded32b642cf5e961"
)

// The derivation must never change: another result would lose every identity.
func TestIdentityKeyIsPinned(t *testing.T) {
	if got, want := hex.EncodeToString(identity(t, "changeme")), pinnedKey; got != want {
		t.Errorf("IdentityKey is %s, want %s", got, want)
	}
	if got, want := wallet.CheckTag(identity(t, "changeme")), pinnedTag; got != want {
		t.Errorf("CheckTag is %s, want %s", got, want)
	}
}

// While the key changes, two are valid. The key changes only to one that the other
// instances know.
func TestFindIdentityKeys(t *testing.T) {
	tag := func(setting string) string {
		if setting == "" {
			return ""
		}
		return wallet.CheckTag(identity(t, setting))
	}
	for _, test := range []struct {
		name, current, other, idKey, old string
		err                              error
	}{
		{name: "a new database", idKey: "first", old: "second"},
		{name: "the new key is made known", current: "first", idKey: "first", old: "second"},
		{name: "made known again", current: "first", other: "second", idKey: "first", old: "second"},
		{name: "the key changes", current: "first", other: "second", idKey: "second", old: "first"},
		{name: "it has changed", current: "second", other: "first", idKey: "second", old: "first"},
		{name: "it changes back", current: "second", other: "first", idKey: "first", old: "second"},
		{name: "nobody knows the new key", current: "first", idKey: "second", old: "first", err: wallet.ErrIdentityKey},
		{name: "another one was made known", current: "first", other: "third", idKey: "second", old: "first", err: wallet.ErrIdentityKey},
		{name: "neither key is the database's", current: "third", other: "second", idKey: "second", old: "first", err: wallet.ErrIdentityKey},
		{name: "no key", current: "first", old: "first", err: wallet.ErrNoKey},
	} {
		stored := wallet.IdentityTags{Current: tag(test.current), Other: tag(test.other)}
		keys, err := wallet.FindIdentityKeys(stored, test.idKey, test.old)
		if !errors.Is(err, test.err) || (err == nil) != (test.err == nil) {
			t.Errorf("%s: %v, want %v", test.name, err, test.err)
		}
		if test.err == nil && (!bytes.Equal(keys.Key, identity(t, test.idKey)) || !bytes.Equal(keys.Other, identity(t, test.old)) ||
			keys.Tags != wallet.IdentityTags{Current: tag(test.idKey), Other: tag(test.old)}) {
			t.Errorf("%s: not the keys of the settings", test.name)
		}
	}
}

func TestFindIdentityKey(t *testing.T) {
	first := wallet.CheckTag(identity(t, "first"))
	tests := []struct {
		name, tag, idKey, current string
		old                       []string
		want                      string // the setting whose key is found
		err                       error
	}{
		{name: "a new database", current: "first", want: "first"},
		{name: "a new database with ID_KEY", idKey: "id", current: "first", want: "id"},
		{name: "the same key again", tag: first, current: "first", want: "first"},
		{name: "ENCRYPTION_KEY changed, the old one kept", tag: first, current: "second", old: []string{"", "first"}, want: "first"},
		{name: "the old one frozen as ID_KEY", tag: first, idKey: "first", current: "second", want: "first"},
		{name: "another key", tag: first, current: "second", err: wallet.ErrEncryptionKey},
		{name: "another key and other old ones", tag: first, current: "second", old: []string{"third"}, err: wallet.ErrEncryptionKey},
		{name: "another ID_KEY and another key", tag: first, idKey: "id", current: "second", err: wallet.ErrIdentityKey},
		{name: "another ID_KEY beside the right key", tag: first, idKey: "id", current: "first", err: wallet.ErrIdentityKey},
		{name: "no key at all", err: wallet.ErrNoKey},
		{name: "only an old key", old: []string{"first"}, err: wallet.ErrNoKey},
	}
	for _, test := range tests {
		key, tag, err := wallet.FindIdentityKey(test.tag, test.idKey, test.current, test.old...)
		if !errors.Is(err, test.err) {
			t.Errorf("%s: %v, want %v", test.name, err, test.err)
		}
		if test.err != nil {
			continue
		}
		want := identity(t, test.want)
		if !bytes.Equal(key, want) || tag != wallet.CheckTag(want) {
			t.Errorf("%s: not the key of %q", test.name, test.want)
		}
	}
}
