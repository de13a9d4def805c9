// Package jobs implements store.Jobs with River. No other package knows which
// library runs the jobs.
package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"

	"github.com/paytrace/paytrace/store"
)

const (
	// fetchCooldown is the least time between two fetches. With River's default of
	// 100 ms, one instance does a thousand jobs in ten seconds; with 5 ms a job
	// starts before the caller has the last screen.
	fetchCooldown = 5 * time.Millisecond
	// pollInterval bounds how late a job starts whose notification was lost or whose
	// pause has ended: River notifies of new jobs only.
	pollInterval = 500 * time.Millisecond
	// handBackTime is how long jobs may take to end after the grace, when their
	// context is cancelled, and to be stored as handed back.
	handBackTime = 5 * time.Second
	// maxKey is the longest key, in bytes: a key is a name, not a document.
	maxKey = 512
)

// kindPattern matches a valid kind. River refuses some other names only when a
// worker starts, which is too late.
var kindPattern = regexp.MustCompile(`^[a-z][a-z0-9_.]{1,63}$`)

// work is the one River job type of this program. Its River kind is the store's
// kind, so an instance fetches only the jobs that it has handlers for.
type work struct {
	kind string
	Key  string          `json:"key" river:"unique"`
	Args json.RawMessage `json:"args"`
}

// Kind implements river.JobArgs.
func (w work) Kind() string { return w.kind }

// unique lets a job block another of its kind and key in every state, also done and
// failed, until its retention ends. (River's default leaves out cancelled and
// discarded.)
var unique = river.UniqueOpts{ByArgs: true, ByState: rivertype.JobStates()}

// Queue adds and runs jobs in one database. TTx is the driver's transaction.
type Queue[TTx any] struct {
	client *river.Client[TTx]
	logger *slog.Logger
	rules  store.JobRules
}

// New returns a queue over a driver. Its client only inserts; Work makes another.
func New[TTx any](driver riverdriver.Driver[TTx], logger *slog.Logger, rules store.JobRules) (*Queue[TTx], error) {
	q := &Queue[TTx]{logger: logger, rules: rules.WithDefaults()}
	client, err := river.NewClient(driver, q.config())
	if err != nil {
		return nil, fmt.Errorf("job queue: %w", err)
	}
	q.client = client
	return q, nil
}

func (q *Queue[TTx]) config() *river.Config {
	return &river.Config{
		FetchCooldown:               fetchCooldown,
		FetchPollInterval:           pollInterval,
		FetchOnlyKnownKinds:         true,
		JobTimeout:                  q.rules.Timeout,
		RescueStuckJobsAfter:        2 * q.rules.Timeout,
		MaxAttempts:                 q.rules.Attempts,
		RetryPolicy:                 pauses{q.rules.Pause},
		CompletedJobRetentionPeriod: q.rules.Retention,
		CancelledJobRetentionPeriod: -1,
		DiscardedJobRetentionPeriod: -1,
		Logger:                      q.logger,
	}
}

// pauses implements River's retry policy by the pauses of store.JobRules.
type pauses struct {
	pause func(failures int) time.Duration
}

// NextRetry is called after a failed attempt; Errors has the attempts before it.
func (p pauses) NextRetry(job *rivertype.JobRow) time.Time {
	return time.Now().Add(p.pause(len(job.Errors) + 1))
}

// Enqueue adds a job in the caller's transaction.
func (q *Queue[TTx]) Enqueue(ctx context.Context, tx TTx, j store.Job) error {
	if !kindPattern.MatchString(j.Kind) {
		return fmt.Errorf("enqueue: the kind is %q, want the form %s", j.Kind, kindPattern)
	}
	if j.Key == "" || len(j.Key) > maxKey {
		return fmt.Errorf("enqueue %s: the key has %d bytes, want 1 to %d", j.Kind, len(j.Key), maxKey)
	}
	args := work{kind: j.Kind, Key: j.Key, Args: j.Args}
	if _, err := q.client.InsertTx(ctx, tx, args, &river.InsertOpts{UniqueOpts: unique}); err != nil {
		return fmt.Errorf("enqueue %s: %w", j.Kind, err)
	}
	return nil
}

// Retry runs a waiting or failed job now. The caller has locked the job's row in tx,
// so its state can't change in between.
func (q *Queue[TTx]) Retry(ctx context.Context, tx TTx, id int64) error {
	job, err := q.client.JobGetTx(ctx, tx, id)
	if errors.Is(err, river.ErrNotFound) {
		return fmt.Errorf("retry job %d: %w", id, store.ErrNotFound)
	}
	if err != nil {
		return fmt.Errorf("retry job %d: %w", id, err)
	}
	if state := stateOf(job.State); state != store.JobWaiting && state != store.JobFailed {
		return fmt.Errorf("retry job %d: it is %s; only a waiting or failed job can run again: %w",
			id, state, store.ErrNotFound)
	}
	if _, err := q.client.JobRetryTx(ctx, tx, id); err != nil {
		return fmt.Errorf("retry job %d: %w", id, err)
	}
	return nil
}
