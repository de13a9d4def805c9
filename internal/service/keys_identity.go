package service

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/engine/secret"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet"
)

// Names of stored settings about the identity keys.
const (
	// IdentityTag has the check tag of the key that names new sessions and actions.
	IdentityTag = "identity_key_tag"
	// identityOther has the tag of the key with which an instance was started as the
	// other valid one.
	identityOther = "identity_key_other_tag"
	// identityChanged has the time, in RFC 3339, of the last change of the key.
	identityChanged = "identity_key_changed"
)

// Identity returns what names sessions and actions. The database accepts only the keys
// that it knows; another one is a UsageError.
func Identity(ctx context.Context, db store.Store, s Settings, encryption secret.Text) (runner.Identity, error) {
	found, err := findIdentity(ctx, db, s, encryption.Reveal())
	if err != nil {
		return runner.Identity{}, err
	}
	return found.names(), found.keep(ctx, db, time.Now())
}

// identity holds the keys that name sessions and actions.
type identity struct {
	wallet.IdentityKeys
	// stored is what the database has.
	stored wallet.IdentityTags
	// changed is when the key changed last; zero if it never did.
	changed time.Time
}

func findIdentity(ctx context.Context, db store.Store, s Settings, encryption string) (identity, error) {
	var found identity
	var changed string
	for _, read := range []struct {
		key   string
		value *string
	}{{IdentityTag, &found.stored.Current}, {identityOther, &found.stored.Other}, {identityChanged, &changed}} {
		value, err := db.Setting(ctx, read.key)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return identity{}, err
		}
		*read.value = value
	}
	var err error
	if changed != "" {
		if found.changed, err = time.Parse(time.RFC3339, changed); err != nil {
			return identity{}, fmt.Errorf("the setting %s of the database is %q, and a time was expected: %w", identityChanged, changed, err)
		}
	}
	if s.IDKeyOld.IsSet() {
		found.IdentityKeys, err = wallet.FindIdentityKeys(found.stored, s.IDKey.Reveal(), s.IDKeyOld.Reveal())
	} else {
		found.Key, found.Tags.Current, err = wallet.FindIdentityKey(found.stored.Current, s.IDKey.Reveal(), encryption, s.EncryptionOld...)
	}
	if err != nil {
		return identity{}, UsageError{err}
	}
	return found, nil
}

// names returns the names by the keys.
func (i identity) names() runner.Identity {
	if i.Other != nil {
		return runner.NewIdentities(i.Key, i.Other)
	}
	return runner.NewIdentity(i.Key)
}

// keep stores the tags of the keys. The time of a change comes first: if the program
// ends in between, the next start changes the key again.
func (i identity) keep(ctx context.Context, db store.Store, now time.Time) error {
	switch i.stored.Current {
	case i.Tags.Current:
	case "":
		stored, err := db.SetSettingOnce(ctx, IdentityTag, i.Tags.Current)
		if err != nil {
			return err
		}
		if stored != i.Tags.Current {
			return usagef("%w: another instance has just started with it", wallet.ErrIdentityKey)
		}
	default:
		err := db.SetSetting(ctx, identityChanged, now.UTC().Format(time.RFC3339))
		if err == nil {
			err = db.SetSetting(ctx, IdentityTag, i.Tags.Current)
		}
		if err != nil {
			return err
		}
	}
	if i.Tags.Other == "" || i.Tags.Other == i.stored.Other {
		return nil
	}
	return db.SetSetting(ctx, identityOther, i.Tags.Other)
}

// note says how long the key before the last change is needed. Its Found is empty if
// there is nothing to say.
func (i identity) note(now time.Time) Check {
	until := i.changed.Add(store.Retention)
	switch {
	case i.changed.IsZero() || i.stored.Current != i.Tags.Current:
		return Check{}
	case i.Other == nil && now.Before(until):
		return Check{
			"identities", StateWarning, fmt.Sprintf("ID_KEY changed on %s and ID_KEY_OLD is not set, so a repeat of what was done before is not recognised", day(i.changed)),
			"set ID_KEY_OLD to the key before, until " + day(until),
		}
	case i.Other == nil:
		return Check{}
	case now.Before(until):
		return ok("identities", "ID_KEY changed on %s; ID_KEY_OLD is needed until %s", day(i.changed), day(until))
	}
	return Check{
		"identities", StateWarning, fmt.Sprintf("ID_KEY changed on %s, and ID_KEY_OLD is not needed any more", day(i.changed)),
		"remove ID_KEY_OLD",
	}
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }
