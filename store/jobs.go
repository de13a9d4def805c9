package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"
)

// Job is one piece of background work: what to do (Kind) and on what (Args). Key
// makes it unique: a second job of the same kind and key is the same job.
type Job struct {
	Kind string
	Key  string
	Args json.RawMessage
}

// JobState is the progress of a job.
type JobState string

// The states of a job. A waiting job runs at RunAt, again after an error; a failed
// one has used up its attempts and waits for a person.
const (
	JobWaiting JobState = "waiting"
	JobRunning JobState = "running"
	JobDone    JobState = "done"
	JobFailed  JobState = "failed"
)

// JobInfo is a job as "paytrace jobs" shows it.
type JobInfo struct {
	ID          int64
	Kind, Key   string
	State       JobState
	Attempt     int
	MaxAttempts int
	LastError   string
	RunAt       time.Time
	CreatedAt   time.Time
}

// JobCount says how many jobs of a kind are in a state.
type JobCount struct {
	Kind  string
	State JobState
	Jobs  int
}

// Jobs runs background work on the same database.
type Jobs interface {
	// Work runs jobs with the handlers, by kind, until ctx ends. Then it gives
	// running jobs the grace to finish and hands the others back. A job whose
	// handler returns an error is retried with growing pauses, until its attempts
	// are used up.
	Work(ctx context.Context, handlers map[string]JobHandler, grace time.Duration) error
	// ListJobs lists waiting, running and failed jobs, the next to run first.
	ListJobs(ctx context.Context, limit int) ([]JobInfo, error)
	// CountJobs counts waiting, running and failed jobs, by kind and state.
	CountJobs(ctx context.Context) ([]JobCount, error)
	// RetryJob runs a waiting or failed job now: ErrNotFound if there is none.
	RetryJob(ctx context.Context, id int64) error
}

// JobHandler runs one job. attempt counts from 1. An error is a failure, except
// one made by Snooze.
type JobHandler func(ctx context.Context, job Job, attempt int) error

// Defaults of JobRules.
const (
	// jobAttempts with growingPause spreads the attempts over about a day: longer
	// than a provider's bad night, shorter than a caller's patience.
	jobAttempts = 14
	// jobWorkers is how many jobs one instance runs at a time. They wait for
	// providers most of the time, so they may outnumber the processors.
	jobWorkers = 100
	// jobTimeout ends a job that hangs. Every provider call has a shorter one.
	jobTimeout = time.Minute
	// jobRetention is how long a finished job blocks another of its kind and key:
	// as long as the action log remembers the action that made it.
	jobRetention = Retention

	jobFirstPause = 2 * time.Second
	jobLastPause  = 4 * time.Hour
)

// JobRules says how background work is run. A zero field means its default.
type JobRules struct {
	// Attempts is how often a job is tried before it waits for a person.
	Attempts int
	// Pause returns the wait before the next attempt, after so many failures (from 1).
	Pause func(failures int) time.Duration
	// Timeout ends one attempt. A job whose instance died is tried again after
	// twice this time.
	Timeout time.Duration
	// Workers is how many jobs one instance runs at a time, at most 10,000.
	Workers int
	// Retention is how long a finished job is stored and blocks another of the same
	// kind and key. A failed one stays until a person runs it again.
	Retention time.Duration
}

// WithDefaults returns r with its zero fields filled in.
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

type snooze struct{ pause time.Duration }

// Error names the pause.
func (s snooze) Error() string { return fmt.Sprintf("not done yet: run again in %s", s.pause) }

// Snooze returns the error of a handler whose job did not fail but is not done
// either. The job runs again after the pause, and the attempt does not count.
func Snooze(pause time.Duration) error { return snooze{pause} }

// SnoozeOf returns the pause of an error made by Snooze.
func SnoozeOf(err error) (pause time.Duration, ok bool) {
	var s snooze
	ok = errors.As(err, &s)
	return s.pause, ok
}
