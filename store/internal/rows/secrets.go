package rows

import (
	"context"
	"fmt"

	"github.com/paytrace/paytrace/store"
)

// SetCode stores a phone number's code.
func (t *Tx) SetCode(ctx context.Context, c store.Code) error {
	_, err := t.conn.Exec(ctx,
		`INSERT INTO codes (phone, hash, created_at, expires_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (phone) DO UPDATE SET
			hash = excluded.hash, created_at = excluded.created_at, expires_at = excluded.expires_at`,
		c.Phone, c.Hash, orNull(c.CreatedAt), orNull(c.ExpiresAt))
	if err != nil {
		return fmt.Errorf("set code: %w", err)
	}
	return nil
}

// Code reads a phone number's code.
func (t *Tx) Code(ctx context.Context, phone string) (store.Code, error) {
	c := store.Code{Phone: phone}
	var created, expires instant
	err := t.conn.QueryRow(ctx, `SELECT hash, created_at, expires_at FROM codes WHERE phone = $1`, phone).
		Scan(&c.Hash, &created, &expires)
	if err != nil {
		return store.Code{}, fmt.Errorf("read code: %w", err)
	}
	c.CreatedAt, c.ExpiresAt = created.Time, expires.Time
	return c, nil
}

// DropCode removes a phone number's code.
func (t *Tx) DropCode(ctx context.Context, phone string) error {
	if _, err := t.conn.Exec(ctx, `DELETE FROM codes WHERE phone = $1`, phone); err != nil {
		return fmt.Errorf("drop code: %w", err)
	}
	return nil
}

// LockGuesses writes the row that it reads, since a write locks it in either
// database.
func (t *Tx) LockGuesses(ctx context.Context, name, subject string) (store.Guesses, error) {
	var g store.Guesses
	var until instant
	err := t.conn.QueryRow(ctx,
		`INSERT INTO guesses (name, subject, misses) VALUES ($1, $2, 0)
		ON CONFLICT (name, subject) DO UPDATE SET misses = guesses.misses
		RETURNING misses, locked_until`, name, subject).Scan(&g.Misses, &until)
	if err != nil {
		return store.Guesses{}, fmt.Errorf("read guesses: %w", err)
	}
	g.LockedUntil = until.Time
	return g, nil
}

// SetGuesses stores the guesses at a secret.
func (t *Tx) SetGuesses(ctx context.Context, name, subject string, g store.Guesses) error {
	_, err := t.conn.Exec(ctx,
		`UPDATE guesses SET misses = $3, locked_until = $4 WHERE name = $1 AND subject = $2`,
		name, subject, g.Misses, orNull(g.LockedUntil))
	if err != nil {
		return fmt.Errorf("set guesses: %w", err)
	}
	return nil
}
