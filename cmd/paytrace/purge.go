package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/paytrace/paytrace/store"
)

// purgeEvery is how often what is over is removed: seldom enough to cost nothing,
// often enough that each time there is little. Several instances may do it at
// once.
const purgeEvery = time.Hour

// purging removes what is over, at once and with every tick, until the context
// ends. A database that fails is asked again the next time.
func purging(ctx context.Context, db store.Store, now func() time.Time, tick <-chan time.Time, log *slog.Logger) error {
	for {
		switch p, err := db.Purge(ctx, now()); {
		case ctx.Err() != nil:
			return nil //nolint:nilerr // the service stops
		case err != nil:
			log.Warn("what is over could not be removed; it is tried again later", "error", err)
		case p.Any():
			log.Info("removed what is over", "actions", p.Actions, "messages", p.Messages, "deliveries", p.Deliveries,
				"codes", p.Codes, "limits", p.Limits)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick:
		}
	}
}
