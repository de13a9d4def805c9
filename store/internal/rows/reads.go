package rows

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/paytrace/paytrace/store"
)

// Result is the stored result of an action, nil if it has none.
func Result(ctx context.Context, conn Conn, id string) ([]byte, error) {
	var result []byte
	err := conn.QueryRow(ctx, `SELECT result FROM action_log WHERE id = $1`, id).Scan(&result)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the result of an action: %w", err)
	}
	return present(result), nil
}

// Remembered are the values kept for a phone number under a service.
func Remembered(ctx context.Context, conn Conn, service, phone string) (map[string]json.RawMessage, error) {
	values := map[string]json.RawMessage{}
	err := conn.Query(ctx, func(row Row) error {
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

// Setting reads a value that belongs to this database.
func Setting(ctx context.Context, conn Conn, key string) (string, error) {
	var value string
	err := conn.QueryRow(ctx, `SELECT value FROM settings WHERE key = $1`, key).Scan(&value)
	if err != nil {
		return "", fmt.Errorf("read setting %q: %w", key, err)
	}
	return value, nil
}

// SetSettingOnce keeps the first value of a key and returns it.
func SetSettingOnce(ctx context.Context, conn Conn, key, value string) (string, error) {
	_, err := conn.Exec(ctx, `INSERT INTO settings (key, value) VALUES ($1, $2) ON CONFLICT DO NOTHING`, key, value)
	if err != nil {
		return "", fmt.Errorf("keep setting %q: %w", key, err)
	}
	return Setting(ctx, conn, key)
}
