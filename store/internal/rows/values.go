package rows

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Remember writes in the order of the names, so that two transactions on the same
// caller can't wait for each other.
func (t *Tx) Remember(ctx context.Context, service, phone string, values map[string]json.RawMessage) error {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		_, err := t.conn.Exec(ctx,
			`INSERT INTO remembered (service, phone, name, value, updated_at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (service, phone, name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`,
			service, phone, name, string(values[name]), orNull(t.now()))
		if err != nil {
			return fmt.Errorf("remember %q: %w", name, err)
		}
	}
	return nil
}

// Remembered reads the values stored for a phone number under a service.
func (d DB) Remembered(ctx context.Context, service, phone string) (map[string]json.RawMessage, error) {
	values := map[string]json.RawMessage{}
	err := d.read(ctx).Query(ctx, func(row Row) error {
		var name, value string
		err := row.Scan(&name, &value)
		values[name] = json.RawMessage(value)
		return err
	}, `SELECT name, value FROM remembered WHERE service = $1 AND phone = $2`, service, phone)
	if err != nil {
		return nil, fmt.Errorf("read remembered values: %w", err)
	}
	return values, nil
}

// Count adds one in the current window. The row's lock gives concurrent calls
// different counts.
func (t *Tx) Count(ctx context.Context, name, subject string, window time.Duration, now time.Time) (int, error) {
	starts, err := windowStart(window, now)
	if err != nil {
		return 0, err
	}
	var count int
	err = t.conn.QueryRow(ctx,
		`INSERT INTO limits (name, subject, starts_at, ends_at, count) VALUES ($1, $2, $3, $4, 1)
		ON CONFLICT (name, subject, starts_at, ends_at) DO UPDATE SET count = limits.count + 1
		RETURNING count`,
		name, subject, orNull(starts), orNull(starts.Add(window))).Scan(&count)
	if err != nil {
		return 0, fmt.Errorf("count %q: %w", name, err)
	}
	return count, nil
}

// minWindow is the shortest window. A shorter limit on people makes no sense, and
// the database's microseconds would round it.
const minWindow = time.Millisecond

func windowStart(window time.Duration, now time.Time) (time.Time, error) {
	if window < minWindow {
		return time.Time{}, fmt.Errorf("count: the window is %s, want at least %s", window, minWindow)
	}
	past := now.UnixNano() % int64(window)
	if past < 0 {
		past += int64(window)
	}
	return time.Unix(0, now.UnixNano()-past).UTC(), nil
}

// Setting reads a value that belongs to this database.
func (d DB) Setting(ctx context.Context, key string) (string, error) {
	return setting(ctx, d.read(ctx), key)
}

func setting(ctx context.Context, conn Conn, key string) (value string, err error) {
	if err := conn.QueryRow(ctx, `SELECT value FROM settings WHERE key = $1`, key).Scan(&value); err != nil {
		return "", fmt.Errorf("read setting %q: %w", key, err)
	}
	return value, nil
}

// SetSetting stores a value whatever the key had.
func (d DB) SetSetting(ctx context.Context, key, value string) error {
	_, err := d.write(ctx).Exec(ctx, `INSERT INTO settings (key, value) VALUES ($1, $2)
		ON CONFLICT (key) DO UPDATE SET value = excluded.value`, key, value)
	if err != nil {
		return fmt.Errorf("store setting %q: %w", key, err)
	}
	return nil
}

// SetSettingOnce stores the first value of a key and returns the stored one.
func (d DB) SetSettingOnce(ctx context.Context, key, value string) (string, error) {
	conn := d.write(ctx)
	_, err := conn.Exec(ctx, `INSERT INTO settings (key, value) VALUES ($1, $2) ON CONFLICT DO NOTHING`, key, value)
	if err != nil {
		return "", fmt.Errorf("store setting %q: %w", key, err)
	}
	return setting(ctx, conn, key)
}
