package sqlite

import (
	"context"
	"database/sql"
	"time"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/internal/rows"
)

// AddCalls stores notes in one transaction.
func (s *Store) AddCalls(ctx context.Context, notes []store.CallNote) error {
	if err := rows.Outside(ctx, s); err != nil {
		return err
	}
	return s.alone(ctx, func(tx *sql.Tx) error {
		return rows.AddCalls(ctx, conn{store: s, prepared: s.writing, tx: tx}, notes)
	})
}

// CallsOf lists a caller's notes.
func (s *Store) CallsOf(ctx context.Context, caller string, limit int) ([]store.CallNote, error) {
	return rows.CallsOf(ctx, s.read(), caller, limit)
}

// DropCalls removes the oldest notes.
func (s *Store) DropCalls(ctx context.Context, before time.Time, limit int) (int, error) {
	return rows.DropCalls(ctx, s.write(), before, limit)
}
