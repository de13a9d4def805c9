package sqlite

import (
	"context"
	"database/sql"
	"time"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/internal/rows"
)

// Forget removes what is kept under a number, in one transaction.
func (s *Store) Forget(ctx context.Context, phone, actor string, at time.Time, dry bool) (f store.Forgotten, err error) {
	if err := rows.Outside(ctx, s); err != nil {
		return f, err
	}
	err = s.alone(ctx, func(tx *sql.Tx) error {
		f, err = rows.Forget(ctx, conn{store: s, prepared: s.writing, tx: tx}, phone, actor, at, dry)
		return err
	})
	return f, err
}
