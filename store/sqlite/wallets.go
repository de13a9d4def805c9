package sqlite

import (
	"context"
	"database/sql"

	"github.com/paytrace/paytrace/store/internal/rows"
	"github.com/paytrace/paytrace/wallet"
)

// SealedWallets lists wallets by row.
func (s *Store) SealedWallets(ctx context.Context, after int64, limit int) ([]wallet.Sealed, error) {
	return rows.SealedWallets(ctx, s.read(), after, limit)
}

// EachSealedWallet passes all wallets as of one moment.
func (s *Store) EachSealedWallet(ctx context.Context, each func(wallet.Sealed) error) error {
	return rows.EachSealedWallet(ctx, s.read(), each)
}

// Reseal compares and sets in one transaction.
func (s *Store) Reseal(ctx context.Context, changes []wallet.Resealed) (changed int, err error) {
	if err := rows.Outside(ctx, s); err != nil {
		return 0, err
	}
	err = s.alone(ctx, func(tx *sql.Tx) error {
		changed, err = rows.Reseal(ctx, conn{store: s, prepared: s.writing, tx: tx}, changes)
		return err
	})
	return changed, err
}

// alone runs fn in a transaction of its own, again where another process has
// the file.
func (s *Store) alone(ctx context.Context, fn func(tx *sql.Tx) error) error {
	var err error
	for range tries {
		if err = s.aloneOnce(ctx, fn); !busy(err) || ctx.Err() != nil {
			return err
		}
	}
	return err
}

func (s *Store) aloneOnce(ctx context.Context, fn func(tx *sql.Tx) error) error {
	if err := s.writing.catchUp(ctx); err != nil {
		return err
	}
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // nothing to undo after a commit
	if err := fn(tx); err != nil {
		return err
	}
	return commit(tx)
}
