package storetest

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/paytrace/paytrace/store"
)

const day = 24 * time.Hour

var limitCases = []testCase{
	{name: "windows are aligned to the epoch", run: limitWindows},
	{name: "subjects, names and windows are counted apart", run: limitApart},
	{name: "concurrent counts are different", run: limitRace},
	{name: "a window without a length is refused", run: limitNoWindow},
}

func (s *subject) count(name, subject string, window time.Duration, now time.Time) int {
	s.t.Helper()
	var n int
	s.in(func(ctx context.Context, tx store.Tx) (err error) {
		n, err = tx.Count(ctx, name, subject, window, now)
		return err
	})
	return n
}

func limitWindows(s *subject) {
	midnight := time.Date(2026, 3, 14, 0, 0, 0, 0, time.UTC)
	for _, step := range []struct {
		at   time.Time
		want int
	}{
		{midnight, 1},
		{midnight.Add(time.Microsecond), 2},
		{midnight.Add(day - time.Nanosecond), 3},
		{midnight.Add(day), 1},
		{midnight.Add(-time.Nanosecond), 1},
		{midnight.Add(12 * time.Hour), 4}, // the clock went back
		{midnight.In(time.FixedZone("EAT", 3*60*60)), 5},
		{time.Unix(0, 0), 1},
		{time.Unix(-1, 0), 1}, // the day before the epoch
	} {
		if got := s.count("lookup", "254700000001", day, step.at); got != step.want {
			s.t.Errorf("at %s the count is %d, want %d", step.at, got, step.want)
		}
	}
}

func limitApart(s *subject) {
	twice(func(round int) {
		for _, c := range []struct {
			name, subject string
			window        time.Duration
		}{
			{"lookup", "254700000001", day},
			{"lookup", "254700000002", day},
			{"register", "254700000001", day},
			{"lookup", "254700000001", time.Hour},
			{"lookup", "254700000001", 30 * time.Minute},
		} {
			if got := s.count(c.name, c.subject, c.window, noon.Truncate(day)); got != round+1 {
				s.t.Errorf("%+v counts %d, want %d", c, got, round+1)
			}
		}
	})
}

func limitRace(s *subject) {
	const callers = 10
	counts := make([]int, callers)
	var all sync.WaitGroup
	for i := range callers {
		all.Go(func() {
			err := s.Within(s.ctx, func(ctx context.Context, tx store.Tx) (err error) {
				counts[i], err = tx.Count(ctx, "pin", "254700000001", time.Hour, noon)
				return err
			})
			if err != nil {
				s.t.Errorf("Count: %v", err)
			}
		})
	}
	all.Wait()
	slices.Sort(counts)
	for i, n := range counts {
		if n != i+1 {
			s.t.Fatalf("counts are %v, want each of 1 to %d once", counts, callers)
		}
	}
}

func limitNoWindow(s *subject) {
	for _, window := range []time.Duration{0, -time.Hour, time.Microsecond} {
		err := s.Within(s.ctx, func(ctx context.Context, tx store.Tx) error {
			_, err := tx.Count(ctx, "lookup", "254700000001", window, noon)
			return err
		})
		if err == nil {
			s.t.Errorf("a window of %s was accepted", window)
		}
	}
}
