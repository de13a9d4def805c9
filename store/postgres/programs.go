package postgres

import (
	"context"
	"time"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/internal/rows"
)

// KeepProgram keeps a program at least until a time.
func (s *Store) KeepProgram(ctx context.Context, p store.Program, until time.Time) error {
	return rows.KeepProgram(ctx, s.conn(ctx), p, until)
}

// Program reads one by its hash.
func (s *Store) Program(ctx context.Context, hash string) (store.Program, error) {
	return rows.Program(ctx, s.conn(ctx), hash)
}

// DropPrograms forgets those whose time is over.
func (s *Store) DropPrograms(ctx context.Context, now time.Time) (int, error) {
	return rows.DropPrograms(ctx, s.conn(ctx), now)
}
