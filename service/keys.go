package service

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/paytrace/paytrace/engine/secret"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet"
)

// KeyFile names the file with the encryption key that a service on SQLite makes
// for itself.
const KeyFile = "paytrace.key"

// keyBytes is 256 bits, as the cipher's own key.
const keyBytes = 32

// ErrNoKeyFile reports that ENCRYPTION_KEY is not set and KeyFile is missing.
var ErrNoKeyFile = errors.New("ENCRYPTION_KEY is not set and there is no " + KeyFile + " here. The key opens the wallets of this database: put the file back, or set ENCRYPTION_KEY to what it held")

// encryptionKey returns ENCRYPTION_KEY, or on SQLite the key in KeyFile, which
// the first start makes. On Postgres there is no default: a key that only one
// machine knows would lose every wallet with it. note names the key's source.
func encryptionKey(ctx context.Context, db store.Store, s Settings) (key secret.Text, note string, err error) {
	key, note, err = ExistingKey(s)
	if !errors.Is(err, ErrNoKeyFile) {
		return key, note, err
	}
	// A database that was started before has lost its key. A new one would only
	// hide that.
	if _, started := db.Setting(ctx, IdentityTag); !errors.Is(started, store.ErrNotFound) {
		return key, "", UsageError{errors.Join(err, started)}
	}
	return makeKey()
}

// ExistingKey returns the encryption key without making one, and the name of its
// source. It returns ErrNoKeyFile where none was made yet.
func ExistingKey(s Settings) (key secret.Text, note string, err error) {
	key, note = s.EncryptionKey, "ENCRYPTION_KEY"
	_, embedded := s.SQLiteFile()
	switch {
	case key.IsSet():
	case !embedded:
		return key, "", usagef("ENCRYPTION_KEY is not set. It seals the wallets' secrets, and with Postgres you must keep it yourself. Make one with: openssl rand -base64 32")
	default:
		old, err := os.ReadFile(KeyFile)
		if errors.Is(err, os.ErrNotExist) {
			return key, "", ErrNoKeyFile
		}
		if err != nil {
			return key, "", err
		}
		key, note = secret.New(strings.TrimSpace(string(old))), KeyFile
	}
	if err := wallet.CheckStrength(s.StellarNetwork, key.Reveal()); err != nil {
		return key, "", UsageError{err}
	}
	return key, note, nil
}

func makeKey() (secret.Text, string, error) {
	raw := make([]byte, keyBytes)
	if _, err := rand.Read(raw); err != nil {
		return secret.Text{}, "", err
	}
	key := base64.StdEncoding.EncodeToString(raw)
	f, err := os.OpenFile(KeyFile, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, os.ErrExist) { // another start was faster
		b, err := os.ReadFile(KeyFile)
		return secret.New(strings.TrimSpace(string(b))), KeyFile, err
	}
	if err != nil {
		return secret.Text{}, "", fmt.Errorf("write a new key: %w", err)
	}
	_, err = f.WriteString(key + "\n")
	err = errors.Join(err, f.Sync(), f.Close())
	return secret.New(key), KeyFile + " (made now: keep it, it opens every wallet)", err
}

// IdentityTag names the stored setting with the identity key's check tag.
const IdentityTag = "identity_key_tag"

// IdentityKey returns the key that names sessions and actions. The database
// accepts only the key it was started with; another one is a UsageError.
func IdentityKey(ctx context.Context, db store.Store, s Settings, encryption secret.Text) ([]byte, error) {
	tag, err := db.Setting(ctx, IdentityTag)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	key, found, err := wallet.FindIdentityKey(tag, s.IDKey.Reveal(), encryption.Reveal(), s.EncryptionOld...)
	if err != nil {
		return nil, UsageError{err}
	}
	if tag == found {
		return key, nil
	}
	stored, err := db.SetSettingOnce(ctx, IdentityTag, found)
	if err != nil {
		return nil, err
	}
	if stored != found {
		return nil, usagef("%w: another instance has just started with it", wallet.ErrIdentityKey)
	}
	return key, nil
}
