package rows

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/paytrace/paytrace/store"
)

// AddCallback stores what was posted, unless it is stored already.
func (t *Tx) AddCallback(ctx context.Context, c store.Callback) (added bool, err error) {
	n, err := t.conn.Exec(ctx, `INSERT INTO payment_callbacks (id, provider, route, intent, token, body, peer, received_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
		c.ID, c.Provider, c.Route, textOrNull(c.Intent), textOrNull(c.Token), c.Body, c.Peer, orNull(c.ReceivedAt))
	if err != nil {
		return false, fmt.Errorf("store a callback about a payment: %w", err)
	}
	return n == 1, nil
}

const callbackColumns = `id, provider, route, intent, token, body, peer, received_at, handled_at, note`

func scanCallback(row Row) (c store.Callback, err error) {
	var intent, token, note nullable
	var received, handled instant
	err = row.Scan(&c.ID, &c.Provider, &c.Route, &intent, &token, &c.Body, &c.Peer, &received, &handled, &note)
	c.Intent, c.Token, c.Note, c.ReceivedAt, c.HandledAt = intent.text, token.text, note.text, received.Time, handled.Time
	return c, err
}

// Callback reads one.
func (d DB) Callback(ctx context.Context, id string) (store.Callback, error) {
	c, err := scanCallback(d.read(ctx).QueryRow(ctx, `SELECT `+callbackColumns+` FROM payment_callbacks WHERE id = $1`, id))
	if err != nil {
		return store.Callback{}, fmt.Errorf("read a callback about a payment: %w", err)
	}
	return c, nil
}

// LastCallback reads the newest one of a route.
func (d DB) LastCallback(ctx context.Context, provider, route string) (store.Callback, error) {
	c, err := scanCallback(d.read(ctx).QueryRow(ctx, `SELECT `+callbackColumns+` FROM payment_callbacks
		WHERE provider = $1 AND route = $2 ORDER BY received_at DESC, id LIMIT 1`, provider, route))
	if err != nil {
		return store.Callback{}, fmt.Errorf("read the last callback of the route %q: %w", route, err)
	}
	return c, nil
}

// CallbackHandled stores that one was worked through.
func (d DB) CallbackHandled(ctx context.Context, id string, at time.Time, note string) error {
	_, err := d.write(ctx).Exec(ctx, `UPDATE payment_callbacks SET handled_at = $2, note = $3 WHERE id = $1`, id, orNull(at), note)
	if err != nil {
		return fmt.Errorf("store that a callback about a payment was worked through: %w", err)
	}
	return nil
}

// CallbacksOf lists what was posted about a payment, the oldest first.
func (d DB) CallbacksOf(ctx context.Context, intent string, limit int) ([]store.Callback, error) {
	list, err := all(ctx, d.read(ctx), scanCallback, `SELECT `+callbackColumns+` FROM payment_callbacks
		WHERE intent = $1 ORDER BY received_at, id LIMIT $2`, intent, Limit(limit))
	if err != nil {
		return nil, fmt.Errorf("list the callbacks about a payment: %w", err)
	}
	return list, nil
}

// SharedValue reads one; the zero value if there is none.
func (d DB) SharedValue(ctx context.Context, name string) (v store.SharedValue, err error) {
	var expires instant
	err = d.read(ctx).QueryRow(ctx, `SELECT value_id, value, expires_at FROM shared_values WHERE name = $1`, name).Scan(&v.ID, &v.Value, &expires)
	if errors.Is(err, store.ErrNotFound) {
		return store.SharedValue{}, nil
	}
	if err != nil {
		return store.SharedValue{}, fmt.Errorf("read the shared value %q: %w", name, err)
	}
	v.ExpiresAt = expires.Time
	return v, nil
}

// LeaseShared makes holder the only one who may renew a value. One statement decides
// between instances that ask at once.
func (d DB) LeaseShared(ctx context.Context, name, seen, holder string, now, until time.Time) (bool, error) {
	n, err := d.write(ctx).Exec(ctx, `INSERT INTO shared_values (name, holder, held_until) VALUES ($1, $2, $3)
		ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until
		WHERE shared_values.value_id = $4 AND (shared_values.holder IS NULL OR shared_values.holder = excluded.holder OR shared_values.held_until <= $5)`,
		name, holder, orNull(until), seen, orNull(now))
	if err != nil {
		return false, fmt.Errorf("lease the shared value %q: %w", name, err)
	}
	return n == 1, nil
}

// SetShared stores a value and ends the lease.
func (d DB) SetShared(ctx context.Context, name, holder string, v store.SharedValue) (bool, error) {
	n, err := d.write(ctx).Exec(ctx, `UPDATE shared_values SET value_id = $3, value = $4, expires_at = $5, holder = NULL, held_until = NULL
		WHERE name = $1 AND holder = $2`, name, holder, v.ID, v.Value, orNull(v.ExpiresAt))
	if err != nil {
		return false, fmt.Errorf("store the shared value %q: %w", name, err)
	}
	return n == 1, nil
}

// ReleaseShared ends the lease of a holder.
func (d DB) ReleaseShared(ctx context.Context, name, holder string) error {
	_, err := d.write(ctx).Exec(ctx, `UPDATE shared_values SET holder = NULL, held_until = NULL WHERE name = $1 AND holder = $2`, name, holder)
	if err != nil {
		return fmt.Errorf("release the shared value %q: %w", name, err)
	}
	return nil
}
