package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/internal/rows"
)

// AddCalls stores notes by COPY, which is one statement for all of them.
func (s *Store) AddCalls(ctx context.Context, notes []store.CallNote) error {
	if err := rows.Outside(ctx, s); err != nil {
		return err
	}
	source := pgx.CopyFromSlice(len(notes), func(i int) ([]any, error) { return rows.CallValues(notes[i]), nil })
	if _, err := s.pool.CopyFrom(ctx, pgx.Identifier{"calls"}, rows.CallColumns, source); err != nil {
		return fmt.Errorf("note calls: %w", err)
	}
	return nil
}

// CallsOf lists a caller's notes.
func (s *Store) CallsOf(ctx context.Context, caller string, limit int) ([]store.CallNote, error) {
	return rows.CallsOf(ctx, s.conn(ctx), caller, limit)
}

// DropCalls removes the oldest notes.
func (s *Store) DropCalls(ctx context.Context, before time.Time, limit int) (int, error) {
	return rows.DropCalls(ctx, s.conn(ctx), before, limit)
}
