package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// spread is a median and where it lies with 95 % of certainty.
type spread struct{ median, low, high float64 }

func (s spread) String() string {
	return fmt.Sprintf("%.3f [%.3f, %.3f]", s.median, s.low, s.high)
}

// resamples of the bootstrap: the ends of a 95 % interval stand still to the
// third digit from about a thousand on.
const resamples = 5000

// summarize is the median of the samples with its percentile bootstrap interval
// (Efron and Tibshirani, An Introduction to the Bootstrap, chapter 13).
func summarize(samples []float64, random *rand.Rand) spread {
	medians := make([]float64, resamples)
	drawn := make([]float64, len(samples))
	for i := range medians {
		for k := range drawn {
			drawn[k] = samples[random.IntN(len(samples))]
		}
		medians[i] = median(drawn)
	}
	slices.Sort(medians)
	return spread{median(samples), medians[resamples*25/1000], medians[resamples*975/1000]}
}

func median(samples []float64) float64 {
	sorted := slices.Sorted(slices.Values(samples))
	n := len(sorted)
	if n == 0 {
		return 0
	}
	if n%2 == 1 {
		return sorted[n/2]
	}
	return (sorted[n/2-1] + sorted[n/2]) / 2
}
