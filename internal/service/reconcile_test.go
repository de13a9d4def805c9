package service

import (
	"context"
	"log/slog"
	"testing"
	"time"

	desk "github.com/paytrace/paytrace/actions/payments"
	"github.com/paytrace/paytrace/store/sqlite"
	"github.com/paytrace/paytrace/store/storetest"
	"github.com/paytrace/paytrace/wallet/mpesa"
)

// The job of a day is stored once, and not before its hour in Nairobi.
func TestSchedule(t *testing.T) {
	db, err := sqlite.OpenMemory(t.Context(), sqlite.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	c := &desk.Reconciler{Desk: desk.New(desk.Desk{Store: db, Provider: mpesa.NewProvider(nil, mpesa.Addresses{})})}
	clock := storetest.NewClock(time.Date(2026, 3, 1, 0, 59, 0, 0, time.UTC))
	ctx, cancel := context.WithCancel(t.Context())
	tick, ended := make(chan time.Time), make(chan struct{})
	go func() {
		schedule(ctx, c, 4, clock.Now, tick, slog.New(slog.DiscardHandler))
		close(ended)
	}()
	for _, step := range []struct {
		wait time.Duration
		want int
	}{{0, 0}, {time.Minute, 1}, {time.Hour, 1}, {20 * time.Hour, 1}, {6 * time.Hour, 2}} {
		clock.Pass(step.wait)
		tick <- clock.Now()
		tick <- clock.Now() // the first one has been worked through
		jobs, err := db.ListJobs(t.Context(), 10)
		if err != nil || len(jobs) != step.want {
			t.Errorf("at %s: %d jobs (%v), want %d", clock.Now(), len(jobs), err, step.want)
		}
	}
	cancel()
	<-ended
}
