package jobs

import (
	"context"
	"fmt"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/internal/rows"
)

// List returns the jobs to run, the next first, then the failed ones, the oldest
// first.
func (q *Queue[TTx]) List(ctx context.Context, limit int) ([]store.JobInfo, error) {
	limit = rows.Limit(limit)
	list, err := q.list(ctx, limit, rivertype.JobStateRunning, rivertype.JobStateAvailable,
		rivertype.JobStateScheduled, rivertype.JobStateRetryable, rivertype.JobStatePending)
	if err != nil || len(list) == limit {
		return list, err
	}
	failed, err := q.list(ctx, limit-len(list), rivertype.JobStateDiscarded, rivertype.JobStateCancelled)
	return append(list, failed...), err
}

func (q *Queue[TTx]) list(ctx context.Context, limit int, states ...rivertype.JobState) ([]store.JobInfo, error) {
	params := river.NewJobListParams().First(limit).States(states...).
		OrderBy(river.JobListOrderByScheduledAt, river.SortOrderAsc)
	found, err := q.client.JobList(ctx, params)
	if err != nil {
		return nil, fmt.Errorf("list jobs: %w", err)
	}
	list := make([]store.JobInfo, 0, len(found.Jobs))
	for _, job := range found.Jobs {
		list = append(list, info(job))
	}
	return list, nil
}

func info(job *rivertype.JobRow) store.JobInfo {
	i := store.JobInfo{
		ID: job.ID, Kind: job.Kind, Key: decode(job).Key, State: stateOf(job.State),
		Attempt: job.Attempt, MaxAttempts: job.MaxAttempts,
		RunAt: job.ScheduledAt.UTC(), CreatedAt: job.CreatedAt.UTC(),
	}
	if n := len(job.Errors); n > 0 {
		i.LastError = job.Errors[n-1].Error
	}
	return i
}

func stateOf(state rivertype.JobState) store.JobState {
	switch state {
	case rivertype.JobStateRunning:
		return store.JobRunning
	case rivertype.JobStateCompleted:
		return store.JobDone
	case rivertype.JobStateDiscarded, rivertype.JobStateCancelled:
		return store.JobFailed
	default:
		return store.JobWaiting
	}
}
