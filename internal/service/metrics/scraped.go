package metrics

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet/payments"
)

var (
	intentsDesc = prometheus.NewDesc("money_intents", "Deposits and withdrawals that have not ended, by kind and state.", []string{"kind", "state"}, nil)
	ageDesc     = prometheus.NewDesc("money_intent_age_seconds", "How long the longest unchanged one of them has been in its state.", []string{"kind", "state"}, nil)
	casesDesc   = prometheus.NewDesc("money_cases", "Cases about money that wait for a person's decision.", nil, nil)
	caseAgeDesc = prometheus.NewDesc("money_case_age_seconds", "How long the oldest of them has been waiting.", nil, nil)
	differsDesc = prometheus.NewDesc("ledger_audit_differences", "Whether the last audit found that the ledger does not add up: 1 or 0.", nil, nil)
	auditedDesc = prometheus.NewDesc("ledger_audit_timestamp_seconds", "When the last audit of the ledger ended.", nil, nil)
	jobsDesc    = prometheus.NewDesc("queue_jobs", "Background jobs, by kind and state. A failed one has used up its attempts and waits for a person.", []string{"kind", "state"}, nil)
	upDesc      = prometheus.NewDesc("ussd_dependency_up", "Whether a dependency answers: 1 or 0.", []string{"name"}, nil)
)

// scraped asks for what is not counted here, whenever Prometheus asks.
type scraped struct{ config Config }

// Describe names the metrics.
func (s *scraped) Describe(to chan<- *prometheus.Desc) {
	to <- jobsDesc
	to <- upDesc
	to <- intentsDesc
	to <- ageDesc
	to <- casesDesc
	to <- caseAgeDesc
}

// Collect asks all at once. What does not answer in time is down, and has no jobs.
func (s *scraped) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTimeout)
	defer cancel()
	var all sync.WaitGroup
	for _, check := range s.config.Checks() {
		all.Go(func() {
			up := 0.0
			if check.Ask(ctx) == nil {
				up = 1
			}
			to <- prometheus.MustNewConstMetric(upDesc, prometheus.GaugeValue, up, check.Name)
		})
	}
	all.Go(func() {
		counts, err := s.config.CountJobs(ctx)
		if err != nil {
			return // ussd_dependency_up says that the database is down
		}
		for kind, states := range byKind(counts) {
			for state, n := range states {
				to <- prometheus.MustNewConstMetric(jobsDesc, prometheus.GaugeValue, float64(n), kind, string(state))
			}
		}
	})
	if s.config.Money != nil {
		all.Go(func() {
			money, err := s.config.Money(ctx)
			if err != nil {
				return // ussd_dependency_up says that the database is down
			}
			s.collectMoney(money, to)
		})
	}
	all.Wait()
}

// collectMoney gives each kind and state a number, also where there is no intent: an alert
// that was raised must end.
func (s *scraped) collectMoney(money Money, to chan<- prometheus.Metric) {
	type key struct {
		kind  payments.Kind
		state payments.State
	}
	counts := map[key]store.PaymentCount{}
	for _, c := range money.Payments {
		counts[key{c.Kind, c.State}] = c
	}
	for _, kind := range []payments.Kind{payments.Deposit, payments.Withdrawal} {
		for _, state := range payments.States() {
			if state.Final() {
				continue
			}
			c := counts[key{kind, state}]
			to <- prometheus.MustNewConstMetric(intentsDesc, prometheus.GaugeValue, float64(c.Intents), string(kind), string(state))
			to <- prometheus.MustNewConstMetric(ageDesc, prometheus.GaugeValue, s.age(c.Oldest), string(kind), string(state))
		}
	}
	open, oldest := 0, time.Time{}
	for _, c := range money.Cases {
		open += c.Cases
		if oldest.IsZero() || c.Oldest.Before(oldest) {
			oldest = c.Oldest
		}
	}
	to <- prometheus.MustNewConstMetric(casesDesc, prometheus.GaugeValue, float64(open))
	to <- prometheus.MustNewConstMetric(caseAgeDesc, prometheus.GaugeValue, s.age(oldest))
}

// age returns how many seconds ago a time was, 0 for the zero time.
func (s *scraped) age(at time.Time) float64 {
	if at.IsZero() {
		return 0
	}
	return max(0, s.config.Now().Sub(at).Seconds())
}

// audited has the last audit of the ledger. Before the first one there is no metric:
// nothing is known.
type audited struct{ last func() Audited }

// Describe names the metrics.
func (a *audited) Describe(to chan<- *prometheus.Desc) {
	to <- differsDesc
	to <- auditedDesc
}

// Collect tells of the last audit.
func (a *audited) Collect(to chan<- prometheus.Metric) {
	last := a.last()
	if last.At.IsZero() {
		return
	}
	differs := 0.0
	if last.Differs {
		differs = 1
	}
	to <- prometheus.MustNewConstMetric(differsDesc, prometheus.GaugeValue, differs)
	to <- prometheus.MustNewConstMetric(auditedDesc, prometheus.GaugeValue, float64(last.At.Unix()))
}

// byKind adds the counts up, with a zero for the states that a kind has no job in: an
// alert that was raised must end.
func byKind(counts []store.JobCount) map[string]map[store.JobState]int {
	all := map[string]map[store.JobState]int{}
	for _, c := range counts {
		if all[c.Kind] == nil {
			all[c.Kind] = map[store.JobState]int{store.JobWaiting: 0, store.JobRunning: 0, store.JobFailed: 0}
		}
		all[c.Kind][c.State] += c.Jobs
	}
	return all
}
