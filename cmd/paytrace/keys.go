package main

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

// keyFile holds the key that the embedded default makes for itself.
const keyFile = "paytrace.key"

// keyBytes is 256 bits, as the cipher's own key.
const keyBytes = 32

// errNoKeyFile: the embedded default's key is not there.
var errNoKeyFile = errors.New("ENCRYPTION_KEY is not set and there is no " + keyFile + " here. It opens the wallets of this database: put the file back, or set ENCRYPTION_KEY to what it held")

// encryptionKey is ENCRYPTION_KEY, or for the embedded default the key in
// paytrace.key, made on the first start. With Postgres there is no default: a
// key that only one machine knows would lose every wallet with it.
func encryptionKey(ctx context.Context, db store.Store, c Config, embedded bool) (key secret.Text, note string, err error) {
	key, note, err = existingKey(c, embedded)
	if !errors.Is(err, errNoKeyFile) {
		return key, note, err
	}
	// A database that was started before has lost its key. A new one would only
	// hide that.
	if _, started := db.Setting(ctx, identityTag); !errors.Is(started, store.ErrNotFound) {
		return key, "", misuse{errors.Join(err, started)}
	}
	return makeKey()
}

// existingKey is the key that is there: errNoKeyFile if none was made yet.
func existingKey(c Config, embedded bool) (key secret.Text, note string, err error) {
	key, note = c.EncryptionKey, "ENCRYPTION_KEY"
	switch {
	case key.IsSet():
	case !embedded:
		return key, "", misuse{errors.New("ENCRYPTION_KEY is not set. It seals the wallets' secrets, and with Postgres it has to be yours to keep. Make one with: openssl rand -base64 32")}
	default:
		old, err := os.ReadFile(keyFile)
		if errors.Is(err, os.ErrNotExist) {
			return key, "", errNoKeyFile
		}
		if err != nil {
			return key, "", err
		}
		key, note = secret.New(strings.TrimSpace(string(old))), keyFile
	}
	if err := wallet.CheckStrength(c.StellarNetwork, key.Reveal()); err != nil {
		return key, "", misuse{err}
	}
	return key, note, nil
}

func makeKey() (secret.Text, string, error) {
	raw := make([]byte, keyBytes)
	if _, err := rand.Read(raw); err != nil {
		return secret.Text{}, "", err
	}
	key := base64.StdEncoding.EncodeToString(raw)
	f, err := os.OpenFile(keyFile, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, os.ErrExist) { // another start was faster
		b, err := os.ReadFile(keyFile)
		return secret.New(strings.TrimSpace(string(b))), keyFile, err
	}
	if err != nil {
		return secret.Text{}, "", fmt.Errorf("keep a new key: %w", err)
	}
	_, err = f.WriteString(key + "\n")
	err = errors.Join(err, f.Sync(), f.Close())
	return secret.New(key), keyFile + " (made now: keep it, it opens every wallet)", err
}

// identityTag is where the database keeps the check tag of the identity key.
const identityTag = "identity_key_tag"

// identityKey is the key of sessions' and actions' names. It is the same for as
// long as the database lives; another one is refused.
func identityKey(ctx context.Context, db store.Store, c Config, encryption secret.Text) ([]byte, error) {
	tag, err := db.Setting(ctx, identityTag)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	key, found, err := wallet.FindIdentityKey(tag, c.IDKey.Reveal(), encryption.Reveal(), c.EncryptionOld...)
	if err != nil {
		return nil, misuse{err}
	}
	if tag == found {
		return key, nil
	}
	stored, err := db.SetSettingOnce(ctx, identityTag, found)
	if err != nil {
		return nil, err
	}
	if stored != found {
		return nil, misuse{fmt.Errorf("%w: another instance has just started with it", wallet.ErrIdentityKey)}
	}
	return key, nil
}
