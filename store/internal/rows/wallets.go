package rows

import (
	"context"
	"fmt"

	"github.com/paytrace/paytrace/wallet"
)

const selectSealed = `SELECT id, worker_id, stellar_public_key, stellar_secret_encrypted FROM workers `

// SealedWallets lists wallets by row.
func SealedWallets(ctx context.Context, conn Conn, after int64, limit int) ([]wallet.Sealed, error) {
	var list []wallet.Sealed
	err := eachSealed(ctx, conn, func(w wallet.Sealed) error {
		list = append(list, w)
		return nil
	}, selectSealed+`WHERE id > $1 ORDER BY id LIMIT $2`, after, Limit(limit))
	return list, err
}

// EachSealedWallet passes all of them by one statement, so as of one moment.
func EachSealedWallet(ctx context.Context, conn Conn, each func(wallet.Sealed) error) error {
	return eachSealed(ctx, conn, each, selectSealed+`ORDER BY id`)
}

func eachSealed(ctx context.Context, conn Conn, each func(wallet.Sealed) error, statement string, args ...any) error {
	err := conn.Query(ctx, func(row Row) error {
		var w wallet.Sealed
		if err := row.Scan(&w.Row, &w.WorkerID, &w.Address, &w.Token); err != nil {
			return err
		}
		return each(w)
	}, statement, args...)
	if err != nil {
		return fmt.Errorf("read sealed wallets: %w", err)
	}
	return nil
}

// Reseal compares and sets, within the transaction of conn.
func Reseal(ctx context.Context, conn Conn, changes []wallet.Resealed) (changed int, err error) {
	for _, c := range changes {
		n, err := conn.Exec(ctx, `UPDATE workers SET stellar_secret_encrypted = $3 WHERE id = $1 AND stellar_secret_encrypted = $2`,
			c.Row, c.OldToken, c.NewToken)
		if err != nil {
			return 0, fmt.Errorf("reseal a wallet: %w", err)
		}
		changed += int(n)
	}
	return changed, nil
}
