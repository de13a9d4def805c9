package service

import (
	"context"
	"log/slog"
	"time"

	"github.com/paytrace/paytrace/actions"
	desk "github.com/paytrace/paytrace/actions/payments"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet/mpesa"
)

// scheduleEvery is how often an instance looks whether the day's reconciliation is due.
const scheduleEvery = 10 * time.Minute

// reconcileDaily schedules the comparison of the ledger with the provider's books.
func (s *Service) reconcileDaily() {
	if s.desk == nil {
		return
	}
	c := &desk.Reconciler{Desk: s.desk, Books: s.books, OpenFor: s.settings.Review.OpenFor, Grace: desk.DefaultGrace}
	s.jobs[desk.JobReconcile] = c.Job()
	hour := s.settings.Review.Hour
	if hour < 0 {
		return
	}
	s.background = append(s.background, func(ctx context.Context) {
		tick := time.NewTicker(scheduleEvery)
		defer tick.Stop()
		schedule(ctx, c, hour, time.Now, tick.C, s.log)
	})
}

// schedule stores the job of each day once its hour has come, until ctx ends. An instance
// that starts later in the day stores it, too: then it is stored already, or was missed.
func schedule(ctx context.Context, c *desk.Reconciler, hour int, now func() time.Time, tick <-chan time.Time, log *slog.Logger) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick:
		}
		today := now().In(mpesa.Nairobi)
		if today.Hour() < hour {
			continue
		}
		if err := c.Schedule(ctx, today); err != nil && ctx.Err() == nil {
			log.Error("the day's reconciliation could not be scheduled, will retry", "error", err)
		}
	}
}

// OpenReconciler makes a Reconciler for a subcommand, with the keys of the database.
func OpenReconciler(ctx context.Context, db store.Store, s Settings, log *slog.Logger) (*desk.Reconciler, error) {
	client, addresses, err := OpenMPesa(ctx, db, s)
	if err != nil {
		return nil, err
	}
	provider := mpesa.NewProvider(client, addresses)
	d := desk.New(desk.Desk{Store: db, Provider: provider, Log: log, Message: actions.QueueMessage})
	return &desk.Reconciler{Desk: d, Books: provider, OpenFor: s.Review.OpenFor, Grace: desk.DefaultGrace}, nil
}
