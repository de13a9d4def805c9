package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"

	"github.com/paytrace/paytrace/store"
)

// Work runs jobs until ctx has ended and all running jobs have ended or were handed
// back.
func (q *Queue[TTx]) Work(ctx context.Context, driver riverdriver.Driver[TTx],
	handlers map[string]store.JobHandler, grace time.Duration,
) error {
	workers, err := workersFor(handlers)
	if err != nil {
		return err
	}
	config := q.config()
	config.Workers = workers
	config.Queues = map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: q.rules.Workers}}
	// River would take zero for "wait for ever", and running jobs would count a stop
	// as a failure.
	config.SoftStopTimeout = max(grace, time.Millisecond)
	client, err := river.NewClient(driver, config)
	if err != nil {
		return fmt.Errorf("work: %w", err)
	}
	if err := client.Start(ctx); err != nil {
		if ctx.Err() != nil {
			return nil //nolint:nilerr // stopped before the start: nothing has run
		}
		return fmt.Errorf("work: %w", err)
	}
	stopped := client.Stopped()
	<-ctx.Done()
	return waitStopped(stopped, config.SoftStopTimeout+handBackTime)
}

func waitStopped(stopped <-chan struct{}, patience time.Duration) error {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-stopped:
		return nil
	case <-timer.C:
		return fmt.Errorf("work: a job did not end within %s after its context was cancelled; "+
			"another instance will try it again", patience)
	}
}

func workersFor(handlers map[string]store.JobHandler) (*river.Workers, error) {
	if len(handlers) == 0 {
		return nil, errors.New("work: no handlers; give one for each kind of job")
	}
	workers := river.NewWorkers()
	for kind, handle := range handlers {
		if !kindPattern.MatchString(kind) {
			return nil, fmt.Errorf("work: the kind is %q, want the form %s", kind, kindPattern)
		}
		river.AddWorkerArgs(workers, work{kind: kind}, &worker{handle: handle})
	}
	return workers, nil
}

// worker runs one kind of job.
type worker struct {
	river.WorkerDefaults[work]
	handle store.JobHandler
}

// Work makes one attempt.
func (w *worker) Work(ctx context.Context, job *river.Job[work]) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = panicked(cause)
		}
	}()
	err = w.handle(ctx, store.Job{Kind: job.Kind, Key: job.Args.Key, Args: job.Args.Args}, job.Attempt)
	if pause, ok := store.SnoozeOf(err); ok {
		return river.JobSnooze(pause)
	}
	if err != nil && errors.Is(ctx.Err(), context.Canceled) {
		// River hands a job back without counting the attempt if it sees the cancelled
		// context, whatever error the handler made of it.
		return errors.Join(err, context.Canceled)
	}
	return err
}

// panicked returns the error of a panic: the text of the runtime's own panics, and
// only the type of any other, which may have the job's arguments in it.
func panicked(cause any) error {
	if fault, ok := cause.(runtime.Error); ok {
		return fmt.Errorf("the job's handler panicked: %w", fault)
	}
	return fmt.Errorf("the job's handler panicked with a %T", cause)
}

// decode reads a job's arguments. If they can't be read it returns none, and the job
// can still be listed.
func decode(job *rivertype.JobRow) work {
	var w work
	if err := json.Unmarshal(job.EncodedArgs, &w); err != nil {
		return work{}
	}
	return w
}
