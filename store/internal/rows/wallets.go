package rows

import (
	"context"
	"fmt"

	"github.com/paytrace/paytrace/wallet"
)

// SealedWallets lists wallets by row.
func (d DB) SealedWallets(ctx context.Context, after int64, limit int) (list []wallet.Sealed, err error) {
	err = d.read(ctx).Query(ctx, func(row Row) error {
		var w wallet.Sealed
		if err := row.Scan(&w.Row, &w.WorkerID, &w.Address, &w.Token); err != nil {
			return err
		}
		list = append(list, w)
		return nil
	}, `SELECT id, worker_id, stellar_public_key, stellar_secret_encrypted FROM workers WHERE id > $1 ORDER BY id LIMIT $2`,
		after, Limit(limit))
	if err != nil {
		return nil, fmt.Errorf("read sealed wallets: %w", err)
	}
	return list, nil
}

// Reseal replaces the tokens that are still the old ones, in one transaction.
func (d DB) Reseal(ctx context.Context, changes []wallet.Resealed) (changed int, err error) {
	err = d.inTx(ctx, func(ctx context.Context, conn Conn) error {
		changed = 0
		for _, c := range changes {
			n, err := conn.Exec(ctx, `UPDATE workers SET stellar_secret_encrypted = $3 WHERE id = $1 AND stellar_secret_encrypted = $2`,
				c.Row, c.OldToken, c.NewToken)
			if err != nil {
				return fmt.Errorf("reseal a wallet: %w", err)
			}
			changed += int(n)
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return changed, nil
}
