package rows

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/paytrace/paytrace/store"
)

const apiKeyColumns = `id, hash, name, scopes, created_at, expires_at, revoked_at, used_at`

// usedEvery is the precision of a key's last use: a write for each request would
// cost as much as the request.
const usedEvery = time.Minute

// AddAPIKey stores a new key.
func (d DB) AddAPIKey(ctx context.Context, k store.APIKey) error {
	_, err := d.write(ctx).Exec(ctx,
		`INSERT INTO api_keys (`+apiKeyColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		k.ID, k.Hash, k.Name, strings.Join(k.Scopes, " "),
		orNull(k.CreatedAt), orNull(k.ExpiresAt), orNull(k.RevokedAt), orNull(k.UsedAt))
	if err != nil {
		return fmt.Errorf("add API key: %w", err)
	}
	return nil
}

// APIKey reads one by ID.
func (d DB) APIKey(ctx context.Context, id string) (store.APIKey, error) {
	k, err := scanAPIKey(d.read(ctx).QueryRow(ctx, `SELECT `+apiKeyColumns+` FROM api_keys WHERE id = $1`, id))
	if err != nil {
		return store.APIKey{}, fmt.Errorf("read API key: %w", err)
	}
	return k, nil
}

// ListAPIKeys lists all keys, the newest first.
func (d DB) ListAPIKeys(ctx context.Context) ([]store.APIKey, error) {
	list, err := all(ctx, d.read(ctx), scanAPIKey, `SELECT `+apiKeyColumns+` FROM api_keys ORDER BY created_at DESC, id`)
	if err != nil {
		return nil, fmt.Errorf("list API keys: %w", err)
	}
	return list, nil
}

func scanAPIKey(row Row) (store.APIKey, error) {
	var k store.APIKey
	var scopes string
	var created, expires, revoked, used instant
	err := row.Scan(&k.ID, &k.Hash, &k.Name, &scopes, &created, &expires, &revoked, &used)
	k.Scopes = strings.Fields(scopes)
	k.CreatedAt, k.ExpiresAt, k.RevokedAt, k.UsedAt = created.Time, expires.Time, revoked.Time, used.Time
	return k, err
}

// RevokeAPIKey ends a key. The time of the first call stays.
func (d DB) RevokeAPIKey(ctx context.Context, id string, at time.Time) error {
	affected, err := d.write(ctx).Exec(ctx,
		`UPDATE api_keys SET revoked_at = COALESCE(revoked_at, $2) WHERE id = $1`, id, orNull(at))
	if err != nil {
		return fmt.Errorf("revoke API key: %w", err)
	}
	if affected == 0 {
		return fmt.Errorf("revoke API key: %w", store.ErrNotFound)
	}
	return nil
}

// UseAPIKey stores the time of a use, to usedEvery.
func (d DB) UseAPIKey(ctx context.Context, id string, at time.Time) error {
	_, err := d.write(ctx).Exec(ctx,
		`UPDATE api_keys SET used_at = $2 WHERE id = $1 AND (used_at IS NULL OR used_at <= $3)`,
		id, orNull(at), orNull(at.Add(-usedEvery)))
	if err != nil {
		return fmt.Errorf("store the use of an API key: %w", err)
	}
	return nil
}
