package actions

import (
	"context"
	"time"

	"github.com/paytrace/paytrace/sms"
	"github.com/paytrace/paytrace/store"
)

// Deliveries is where delivery reports are kept; store.Store is one.
type Deliveries interface {
	Delivered(ctx context.Context, d store.Delivery) error
}

// KeepReport keeps what the provider says of a message. Reports come late, twice
// and out of order, also before the message is known to have been taken: the
// furthest one stands.
func KeepReport(ctx context.Context, kept Deliveries, r sms.Report, now time.Time) error {
	return kept.Delivered(ctx, store.Delivery{
		ProviderID: r.ProviderID, State: string(r.State), Rank: r.State.Rank(), Reason: r.Reason,
		Network: r.Network, Retries: r.Retries, At: now,
	})
}
