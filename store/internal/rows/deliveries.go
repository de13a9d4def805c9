package rows

import (
	"context"
	"fmt"

	"github.com/paytrace/paytrace/store"
)

// Delivered keeps a report if it is further than the one that is kept.
func Delivered(ctx context.Context, conn Conn, d store.Delivery) error {
	_, err := conn.Exec(ctx,
		`INSERT INTO deliveries (provider_id, state, rank, reason, network, retries, reported_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (provider_id) DO UPDATE SET
			state = excluded.state, rank = excluded.rank, reason = excluded.reason, network = excluded.network,
			retries = excluded.retries, reported_at = excluded.reported_at
		WHERE excluded.rank > deliveries.rank`,
		d.ProviderID, d.State, d.Rank, textOrNull(d.Reason), textOrNull(d.Network), d.Retries, orNull(d.At))
	if err != nil {
		return fmt.Errorf("keep a delivery report: %w", err)
	}
	return nil
}

// ClaimMessage makes a queued message an unknown one.
func ClaimMessage(ctx context.Context, conn Conn, id string) (bool, error) {
	affected, err := conn.Exec(ctx, `UPDATE messages SET status = 'unknown' WHERE id = $1 AND status = 'queued'`, id)
	if err != nil {
		return false, fmt.Errorf("claim message: %w", err)
	}
	if affected == 1 {
		return true, nil
	}
	_, err = Message(ctx, conn, id)
	return false, err
}
