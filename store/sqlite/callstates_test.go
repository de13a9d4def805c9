package sqlite_test

import (
	"context"
	"testing"
	"time"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/sqlite"
	"github.com/paytrace/paytrace/store/storetest"
)

// A state is stored for store.Retention after the first save of its generation.
func TestRetentionOfACall(t *testing.T) {
	t.Parallel()
	clock := storetest.NewClock(time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC))
	s, err := sqlite.OpenMemory(t.Context(), sqlite.Config{Now: clock.Now})
	closing(t, s, err)
	for _, step := range []struct {
		passed            time.Duration
		generation, epoch int
		purged            int64
		name              string
	}{
		{0, 0, 1, 0, "at once"},
		{store.Retention - time.Hour, 0, 2, 0, "within the retention"},
		{0, 1, 1, 0, "used again"},
		{2 * time.Hour, 1, 2, 0, "the earlier generation is old"},
		{store.Retention, 1, 3, 1, "old, although saved just now"},
	} {
		clock.Pass(step.passed)
		err := s.Within(t.Context(), func(ctx context.Context, tx store.Tx) error {
			if _, err := tx.LockCall(ctx, "c1"); err != nil {
				return err
			}
			return tx.SaveCall(ctx, "c1", store.CallState{Generation: step.generation, Epoch: step.epoch, State: []byte(`{}`)})
		})
		if err != nil {
			t.Fatal(err)
		}
		if p, err := s.Purge(t.Context(), clock.Now()); err != nil || p.CallStates != step.purged {
			t.Errorf("%s: %+v is gone (%v), want %d states of calls", step.name, p, err, step.purged)
		}
	}
}
