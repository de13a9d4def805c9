package stress

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"time"
)

// Report says what came of a run. Times are in seconds and exact: each answer's time is
// kept.
type Report struct {
	// Calls began; NotBegun did not, because too many were open.
	Calls    int `json:"calls"`
	NotBegun int `json:"not_begun"`
	// Ended counts the calls that the service ended.
	Ended int `json:"ended"`
	// Answered and Failed count callbacks. Why has the failures by cause.
	Answered int            `json:"answered"`
	Failed   int            `json:"failed"`
	Why      map[string]int `json:"why"`
	// Seconds is how long the run took, and PerSecond the answers in each.
	Seconds   float64 `json:"seconds"`
	PerSecond float64 `json:"answered_per_second"`
	// Percentiles are times from when a callback was due to its answer.
	Percentiles []Percentile `json:"percentiles"`
	// Over counts the answers that took longer than 1, 3 and 10 seconds.
	Over []Over `json:"over"`
}

// Percentile says that a share of the answers, in per cent, came within a time.
type Percentile struct {
	Share   float64 `json:"share"`
	Seconds float64 `json:"seconds"`
}

// Over counts the answers that took longer than a time.
type Over struct {
	Seconds float64 `json:"seconds"`
	Answers int     `json:"answers"`
}

var (
	shares = []float64{50, 90, 95, 99, 99.9, 100}
	// A caller notices one second, grows impatient after three, and a gateway gives up
	// after ten.
	overs = []time.Duration{time.Second, 3 * time.Second, 10 * time.Second}
)

func (r *run) report(took time.Duration) Report {
	r.mu.Lock()
	defer r.mu.Unlock()
	slices.Sort(r.took)
	rep := Report{
		Calls: r.begun, NotBegun: r.notBegun, Ended: r.ends, Answered: len(r.took), Why: r.failed,
		Seconds: took.Seconds(), PerSecond: float64(len(r.took)) / took.Seconds(),
	}
	for _, n := range r.failed {
		rep.Failed += n
	}
	for _, share := range shares {
		if len(r.took) > 0 {
			rep.Percentiles = append(rep.Percentiles, Percentile{share, percentile(r.took, share).Seconds()})
		}
	}
	for _, over := range overs {
		at, _ := slices.BinarySearchFunc(r.took, over, func(took, over time.Duration) int {
			if took <= over {
				return -1
			}
			return 1
		})
		rep.Over = append(rep.Over, Over{over.Seconds(), len(r.took) - at})
	}
	return rep
}

// percentile returns the least of some sorted times within which a share of them lies.
func percentile(sorted []time.Duration, share float64) time.Duration {
	n := int(share/100*float64(len(sorted)) + 0.999999)
	return sorted[max(0, min(n, len(sorted))-1)]
}

// Print writes the report for a person.
func (rep Report) Print(w io.Writer) error {
	lines := []string{
		fmt.Sprintf("%d calls, %d of them ended by the service; %d could not begin, because too many were open", rep.Calls, rep.Ended, rep.NotBegun),
		fmt.Sprintf("%d answers in %.1f s, %.1f a second; %d callbacks failed", rep.Answered, rep.Seconds, rep.PerSecond, rep.Failed),
	}
	for _, why := range slices.Sorted(maps.Keys(rep.Why)) {
		lines = append(lines, fmt.Sprintf("  %d: %s", rep.Why[why], why))
	}
	if rep.Answered > 0 {
		lines = append(lines, "time from when a callback was due to its answer:")
	}
	for _, p := range rep.Percentiles {
		lines = append(lines, fmt.Sprintf("  %5g %%  %9.1f ms", p.Share, p.Seconds*1000))
	}
	for _, o := range rep.Over {
		lines = append(lines, fmt.Sprintf("  over %g s: %d of %d", o.Seconds, o.Answers, rep.Answered))
	}
	for _, line := range lines {
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	return nil
}
