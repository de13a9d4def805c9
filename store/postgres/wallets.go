package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/paytrace/paytrace/store/internal/rows"
	"github.com/paytrace/paytrace/wallet"
)

// SealedWallets lists wallets by row.
func (s *Store) SealedWallets(ctx context.Context, after int64, limit int) ([]wallet.Sealed, error) {
	return rows.SealedWallets(ctx, s.conn(ctx), after, limit)
}

// EachSealedWallet passes all wallets as of one moment. It may take longer than
// a callback's statement.
func (s *Store) EachSealedWallet(ctx context.Context, each func(wallet.Sealed) error) error {
	if err := rows.Outside(ctx, s); err != nil {
		return err
	}
	return pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SET LOCAL statement_timeout = 0`); err != nil {
			return err
		}
		return rows.EachSealedWallet(ctx, conn{tx}, each)
	})
}

// Reseal compares and sets in one transaction.
func (s *Store) Reseal(ctx context.Context, changes []wallet.Resealed) (changed int, err error) {
	if err := rows.Outside(ctx, s); err != nil {
		return 0, err
	}
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		changed, err = rows.Reseal(ctx, conn{tx}, changes)
		return err
	})
	return changed, err
}
