package metrics

import (
	"context"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/paytrace/paytrace/store"
)

var (
	jobsDesc = prometheus.NewDesc("queue_jobs", "Background jobs, by kind and state. A failed one has used up its attempts and waits for a person.", []string{"kind", "state"}, nil)
	upDesc   = prometheus.NewDesc("ussd_dependency_up", "Whether a dependency answers: 1 or 0.", []string{"name"}, nil)
)

// scraped asks for what is not counted here, whenever Prometheus asks.
type scraped struct{ config Config }

// Describe names the metrics.
func (s *scraped) Describe(to chan<- *prometheus.Desc) {
	to <- jobsDesc
	to <- upDesc
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
	all.Wait()
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
