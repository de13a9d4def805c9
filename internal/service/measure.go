package service

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/paytrace/paytrace/internal/service/metrics"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet/ledger"
)

// atProvider is Africa's Talking in the labels of metrics.
const atProvider = "africastalking"

// unknownMenu is the label of callbacks that no menu answered.
const unknownMenu = "unknown"

// measure makes the metrics, and measures screens. The ports are wrapped when they are
// made.
func (s *Service) measure() {
	s.metrics = metrics.New(metrics.Config{
		Version:   Version(),
		Menu:      s.menuName,
		CountJobs: s.countJobs,
		NotesLost: func() int64 {
			if s.journal == nil {
				return 0
			}
			return s.journal.Dropped()
		},
		Money:   s.openMoney,
		Audited: s.audited.Load,
		Checks: func() (checks []metrics.Check) {
			for _, c := range s.ready {
				checks = append(checks, metrics.Check{Name: c.Name, Ask: c.Ask})
			}
			return checks
		},
	})
	s.runner.Watch = s.metrics.Watch
}

// menuName returns the name of the menu with a hash.
func (s *Service) menuName(hash string) string {
	if p, ok := s.runner.Programs.ByHash(hash); ok {
		return p.Name()
	}
	return unknownMenu
}

// openMoney reads what is open about money. It asks nothing where no money moves.
func (s *Service) openMoney(ctx context.Context) (money metrics.Money, err error) {
	if s.desk == nil {
		return money, nil
	}
	if money.Payments, err = s.db.CountPayments(ctx); err == nil {
		money.Cases, err = s.db.CountCases(ctx)
	}
	return money, err
}

// lastAudit remembers how the last audit of the ledger ended.
type lastAudit struct {
	at atomic.Pointer[metrics.Audited]
}

// Load returns the last audit; the zero value before the first.
func (l *lastAudit) Load() metrics.Audited {
	if at := l.at.Load(); at != nil {
		return *at
	}
	return metrics.Audited{}
}

// auditEvery is how often the ledger is audited: it reads all transfers.
const auditEvery = time.Hour

// auditLedger audits the ledger until ctx ends. A difference stays in the metrics until an
// audit finds none.
func (s *Service) auditLedger(ctx context.Context) {
	for wait := purgeAfter; passed(ctx, wait); wait = auditEvery {
		_, err := s.db.AuditLedger(ctx)
		differs := errors.Is(err, ledger.ErrDifference)
		switch {
		case ctx.Err() != nil:
			return
		case differs:
			s.log.Error("the ledger does not add up; \"paytrace audit ledger\" tells the first difference", "error", err)
		case err != nil:
			s.log.Warn("the ledger could not be audited, will retry", "error", err)
			continue
		}
		s.audited.at.Store(&metrics.Audited{At: time.Now(), Differs: differs})
	}
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
