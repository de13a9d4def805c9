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

// errNoKeySet reports that a service on Postgres has no key.
var errNoKeySet = errors.New("ENCRYPTION_KEY is not set. It seals the wallets' secrets, and with Postgres you must keep it yourself. Make one with: openssl rand -base64 32")

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
		return key, "", UsageError{errNoKeySet}
	default:
		makePrivate(KeyFile)
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

// othersRights are the rights of everybody but a file's owner.
const othersRights = 0o077

// makePrivate takes the rights of others from a file. The doctor tells where that
// fails.
func makePrivate(name string) {
	if info, err := os.Stat(name); err == nil && info.Mode().Perm()&othersRights != 0 {
		_ = os.Chmod(name, info.Mode().Perm()&^othersRights)
	}
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

// triedKeys is what the keys were found to do on a database.
type triedKeys struct {
	identity identity
	trial    wallet.Trial
}

// tryKeys checks the keys that are set against the database: a service that can't
// open its wallets, or that names actions in another way, must not start. All that
// is wrong is in the error, a UsageError, by the name of its setting.
func tryKeys(ctx context.Context, db store.Store, s Settings, sealer *wallet.Sealer, key secret.Text, source string) (triedKeys, error) {
	trial, err := sealer.Try(ctx, db)
	if err != nil {
		return triedKeys{}, err
	}
	found, err := findIdentity(ctx, db, s, key.Reveal())
	switch {
	case err != nil && !errors.As(err, new(UsageError)):
		return triedKeys{}, err
	case trial.Locked == 0 && errors.Is(err, wallet.ErrEncryptionKey) && trial.Wallets > trial.Damaged:
		// The key is right, and an earlier one named the actions.
		return triedKeys{}, usagef("%w\n%s opens all wallets of this database, so set ID_KEY to the earlier value and leave it", err, source)
	case trial.Locked == 0 && err != nil:
		return triedKeys{}, fromFile(err, source)
	case trial.Locked > 0:
		locked := fromFile(lockedWallets(trial), source)
		if errors.Is(err, wallet.ErrEncryptionKey) {
			err = nil // one wrong key has one message
		}
		return triedKeys{}, UsageError{errors.Join(locked, err)}
	}
	return triedKeys{found, trial}, nil
}

// lockedWallets says which wallets the keys do not open.
func lockedWallets(t wallet.Trial) error {
	return usagef("ENCRYPTION_KEY is another one: it opens %d of the %d wallets in this database, and not that of %s. "+
		"Set it to the value that they were sealed with. If you changed it on purpose, add the earlier value to ENCRYPTION_KEY_OLD",
		t.Wallets-t.Locked-t.Damaged, t.Wallets, t.FirstLocked)
}

// fromFile says where a key came from that nobody has set.
func fromFile(err error, source string) error {
	if source != KeyFile {
		return err
	}
	return usagef("%w\nENCRYPTION_KEY is not set, so the key is that of the file %s: put back the file that belongs to the database", err, KeyFile)
}
