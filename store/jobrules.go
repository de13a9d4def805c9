package store

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// Defaults of JobRules.
const (
	// jobAttempts with jobPause below spreads the tries over about a day:
	// longer than a provider's bad night, shorter than a caller's patience.
	jobAttempts = 14
	// jobWorkers is how many jobs one instance runs at a time. They wait for
	// providers most of the time, so they may outnumber the processors.
	jobWorkers = 100
	// jobTimeout ends a job that hangs. Every provider call has a shorter one.
	jobTimeout = time.Minute
	// jobRetention is how long a job that is done blocks another of its kind
	// and key, as long as the action log remembers the action that made it.
	jobRetention = 90 * 24 * time.Hour

	jobFirstPause = 2 * time.Second
	jobLastPause  = 4 * time.Hour
)

// JobRules say how background work is run. A zero field means its default.
type JobRules struct {
	// Attempts is how often a job is tried before it waits for a person.
	Attempts int
	// Pause is the wait after so many failures (from 1) before the next try.
	Pause func(failures int) time.Duration
	// Timeout ends one attempt. A job whose instance died is tried again
	// after twice this time.
	Timeout time.Duration
	// Workers is how many jobs one instance runs at a time, at most 10,000.
	Workers int
	// Retention is how long a job that is done is kept, and with it the
	// promise that another of the same kind and key is the same job. A failed
	// one is kept until a person has it run again.
	Retention time.Duration
}

// WithDefaults fills in what is not set.
func (r JobRules) WithDefaults() JobRules {
	if r.Attempts <= 0 {
		r.Attempts = jobAttempts
	}
	if r.Pause == nil {
		r.Pause = growingPause
	}
	if r.Timeout <= 0 {
		r.Timeout = jobTimeout
	}
	if r.Workers <= 0 {
		r.Workers = jobWorkers
	}
	if r.Retention <= 0 {
		r.Retention = jobRetention
	}
	return r
}

// growingPause triples from two seconds up to four hours.
func growingPause(failures int) time.Duration {
	pause := float64(jobFirstPause) * math.Pow(3, float64(max(failures, 1)-1))
	return time.Duration(min(pause, float64(jobLastPause)))
}

// later is what a handler returns that has to be run again.
type later struct{ pause time.Duration }

// Error says when.
func (l later) Error() string { return fmt.Sprintf("to be run again in %s", l.pause) }

// Later is a handler's answer that nothing failed but the job is not done: it
// is run again after a pause, however often, and no attempt counts.
func Later(pause time.Duration) error { return later{pause} }

// PauseOf is the pause of a Later.
func PauseOf(err error) (pause time.Duration, ok bool) {
	var l later
	ok = errors.As(err, &l)
	return l.pause, ok
}
