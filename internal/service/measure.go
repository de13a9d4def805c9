package service

import (
	"context"
	"net/http"

	"github.com/paytrace/paytrace/internal/service/metrics"
	"github.com/paytrace/paytrace/store"
)

// atProvider is Africa's Talking in the labels of metrics.
const atProvider = "africastalking"

// unknownMenu is the label of callbacks that no menu answered.
const unknownMenu = "unknown"

// measure makes the metrics, and measures screens. The ports are wrapped when they are
// made.
func (s *Service) measure() {
	s.metrics = metrics.New(metrics.Config{
		Version: Version(),
		Menu: func(hash string) string {
			if p, ok := s.runner.Programs.ByHash(hash); ok {
				return p.Name()
			}
			return unknownMenu
		},
		CountJobs: s.countJobs,
		NotesLost: func() int64 {
			if s.journal == nil {
				return 0
			}
			return s.journal.Dropped()
		},
		Checks: func() (checks []metrics.Check) {
			for _, c := range s.ready {
				checks = append(checks, metrics.Check{Name: c.Name, Ask: c.Ask})
			}
			return checks
		},
	})
	s.runner.Watch = s.metrics.Watch
}

// countJobs counts the jobs in the database. It has every kind that this service works
// on, also those that have no job now.
func (s *Service) countJobs(ctx context.Context) ([]store.JobCount, error) {
	counts, err := s.db.CountJobs(ctx)
	if err != nil {
		return nil, err
	}
	for kind := range s.jobs {
		counts = append(counts, store.JobCount{Kind: kind, State: store.JobWaiting})
	}
	return counts, nil
}

// measured returns a decorator of a port where the service is measured, and none where
// it is not.
func measured[T any](s *Service, wrap func(T) T) []func(T) T {
	if s.metrics == nil {
		return nil
	}
	return []func(T) T{wrap}
}

// served returns what serves the metrics, nil where there are none.
func (s *Service) served() http.Handler {
	if s.metrics == nil {
		return nil
	}
	return s.metrics.Handler()
}
