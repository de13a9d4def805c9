package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/internal/rows"
)

// Forget removes what is kept under a number, in one transaction.
func (s *Store) Forget(ctx context.Context, phone, actor string, at time.Time, dry bool) (f store.Forgotten, err error) {
	if err := rows.Outside(ctx, s); err != nil {
		return f, err
	}
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		f, err = rows.Forget(ctx, conn{tx}, phone, actor, at, dry)
		return err
	})
	return f, err
}
