package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/store"
)

// quick lets a failed job be tried again at once, twice.
var quick = store.JobRules{Attempts: 2, Pause: func(int) time.Duration { return time.Millisecond }}

var jobCases = []testCase{
	{name: "a job runs with its arguments", run: jobRuns},
	{name: "a job of the same kind and key is the same job", run: jobUnique},
	{name: "a bad kind or key is refused", run: jobRefused},
	{name: "a job that fails is tried again", rules: quick, run: jobRetried},
	{name: "a job waits for its pause", run: jobPaused},
	{name: "a snoozed job has not failed", rules: quick, run: jobSnoozed},
	{name: "a failed job waits for a person", rules: quick, run: jobFailed},
	{name: "a panic is a failure", rules: store.JobRules{Attempts: 1}, run: jobPanics},
	{name: "a job that hangs is ended", rules: store.JobRules{Attempts: 1, Timeout: 50 * time.Millisecond}, run: jobHangs},
	{name: "only failed or waiting jobs can be retried", run: jobRetryRefused},
	{name: "a stop lets a running job finish", run: jobGrace},
	{name: "a stop hands a running job back", run: jobHandedBack},
	{name: "a stop before the start is no failure", run: jobStoppedFirst},
	{name: "a job without a handler waits", run: jobOtherKind},
	{name: "the next to run is listed first", run: jobOrder},
}

func (s *subject) enqueue(jobs ...store.Job) {
	s.t.Helper()
	s.in(func(ctx context.Context, tx store.Tx) error {
		for _, j := range jobs {
			if err := tx.Enqueue(ctx, j); err != nil {
				return err
			}
		}
		return nil
	})
}

// work runs jobs until stop is called, which waits for the end.
func (s *subject) work(handlers map[string]store.JobHandler, grace time.Duration) (stop func()) {
	ctx, cancel := context.WithCancel(s.ctx)
	s.t.Cleanup(cancel)
	ended := make(chan error, 1)
	go func() { ended <- s.Work(ctx, handlers, grace) }()
	return func() {
		s.t.Helper()
		cancel()
		s.want(<-ended, nil)
	}
}

// soon bounds the wait for something that must not happen.
func (s *subject) soon() <-chan time.Time { return time.After(50 * time.Millisecond) }

// get waits for a handler.
func get[T any](s *subject, from <-chan T) T {
	s.t.Helper()
	select {
	case v := <-from:
		return v
	case <-s.ctx.Done():
		s.t.Fatal("the job was not run")
		panic("not reached")
	}
}

type ran struct {
	job     store.Job
	attempt int
}

// wantJobs compares kind, key, state and attempt of all listed jobs, in any order (see
// jobOrder).
func (s *subject) wantJobs(want ...string) []store.JobInfo {
	s.t.Helper()
	jobs, err := s.ListJobs(s.ctx, 100)
	s.want(err, nil)
	var got []string
	counted := map[store.JobCount]int{}
	for _, j := range jobs {
		counted[store.JobCount{Kind: j.Kind, State: j.State}]++
		got = append(got, fmt.Sprintf("%s %s %s %d", j.Kind, j.Key, j.State, j.Attempt))
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		s.t.Fatalf("jobs listed (-want +got):\n%s", diff)
	}
	counts, err := s.CountJobs(s.ctx)
	s.want(err, nil)
	for _, c := range counts {
		counted[store.JobCount{Kind: c.Kind, State: c.State}] -= c.Jobs
	}
	for which, off := range counted {
		if off != 0 {
			s.t.Errorf("%s jobs that are %s: %d listed more than counted", which.Kind, which.State, off)
		}
	}
	return jobs
}

func jobRuns(s *subject) {
	s.enqueue(store.Job{Kind: "fund", Key: "a/1", Args: []byte(`{"phone":"254700000001","n":[1]}`)})
	s.enqueue(store.Job{Kind: "sms", Key: "a/1"})
	runs := make(chan ran, 10)
	handler := func(_ context.Context, job store.Job, attempt int) error {
		runs <- ran{job, attempt}
		return nil
	}
	stop := s.work(map[string]store.JobHandler{"fund": handler, "sms": handler}, patience)
	got := map[string]ran{}
	for range 2 {
		r := get(s, runs)
		got[r.job.Kind] = r
	}
	// Add a job while the workers run.
	s.enqueue(store.Job{Kind: "sms", Key: "a/2"})
	if late := get(s, runs); late.job.Key != "a/2" {
		s.t.Errorf("the job %+v ran, want a/2", late)
	}
	stop()
	if r := got["fund"]; r.attempt != 1 || r.job.Key != "a/1" || !sameJSON(r.job.Args, `{"phone":"254700000001","n":[1]}`) {
		s.t.Errorf("fund ran as %s %s attempt %d", r.job.Key, r.job.Args, r.attempt)
	}
	s.wantJobs()
}

func jobUnique(s *subject) {
	job := store.Job{Kind: "sms", Key: "one", Args: []byte(`1`)}
	other := store.Job{Kind: "fund", Key: "one"}
	twice(func(round int) {
		job.Args = fmt.Appendf(nil, "%d", round)
		s.enqueue(job, job, other)
	})
	s.undone(func(ctx context.Context, tx store.Tx) error { return tx.Enqueue(ctx, job) })
	s.wantJobs("sms one waiting 0", "fund one waiting 0")
	var sms atomic.Int32
	done := make(chan string, 10)
	handlers := map[string]store.JobHandler{
		"sms":  func(_ context.Context, j store.Job, _ int) error { sms.Add(1); done <- j.Kind; return nil },
		"fund": func(_ context.Context, j store.Job, _ int) error { done <- j.Kind; return nil },
		"last": func(_ context.Context, j store.Job, _ int) error { done <- j.Kind; return nil },
	}
	stop := s.work(handlers, patience)
	get(s, done)
	get(s, done)
	stop()
	// It is done, and a second one is still the same job.
	s.enqueue(job, store.Job{Kind: "last", Key: "x"})
	stop = s.work(handlers, patience)
	if kind := get(s, done); kind != "last" {
		s.t.Errorf("%s ran again", kind)
	}
	stop()
	if n := sms.Load(); n != 1 {
		s.t.Errorf("the job ran %d times, want once", n)
	}
}

func jobRefused(s *subject) {
	for _, j := range []store.Job{{Kind: "", Key: "k"}, {Kind: "Has Space", Key: "k"}, {Kind: "sms", Key: ""}} {
		err := s.Within(s.ctx, func(ctx context.Context, tx store.Tx) error { return tx.Enqueue(ctx, j) })
		if err == nil {
			s.t.Errorf("the job %+v was accepted", j)
		}
	}
	s.wantJobs()
	if err := s.Work(s.ctx, nil, 0); err == nil {
		s.t.Error("Work without handlers ran")
	}
}

func jobStoppedFirst(s *subject) {
	handlers := map[string]store.JobHandler{"sms": func(context.Context, store.Job, int) error { return nil }}
	s.work(handlers, time.Second)()
	ctx, cancel := context.WithCancel(s.ctx)
	cancel()
	s.want(s.Work(ctx, handlers, time.Second), nil)
}

func jobRetried(s *subject) {
	s.enqueue(store.Job{Kind: "sms", Key: "1"})
	attempts := make(chan int, 10)
	stop := s.work(map[string]store.JobHandler{"sms": func(_ context.Context, _ store.Job, attempt int) error {
		attempts <- attempt
		if attempt == 1 {
			return errors.New("the provider said 500")
		}
		return nil
	}}, patience)
	if first, second := get(s, attempts), get(s, attempts); first != 1 || second != 2 {
		s.t.Errorf("attempts %d and %d, want 1 and 2", first, second)
	}
	stop()
	s.wantJobs()
}

func jobPaused(s *subject) {
	before := time.Now()
	s.enqueue(store.Job{Kind: "sms", Key: "1"})
	tried := make(chan struct{}, 10)
	stop := s.work(map[string]store.JobHandler{"sms": func(context.Context, store.Job, int) error {
		tried <- struct{}{}
		return errors.New("the provider said 500")
	}}, patience)
	get(s, tried)
	stop()
	job := s.wantJobs("sms 1 waiting 1")[0]
	if job.LastError != "the provider said 500" || !job.RunAt.After(before.Add(time.Second)) {
		s.t.Errorf("the job waits as %+v, want a pause of more than a second and the error", job)
	}
	// A person can skip the pause.
	s.want(s.RetryJob(s.ctx, job.ID), nil)
	again := make(chan int, 10)
	stop = s.work(map[string]store.JobHandler{"sms": func(_ context.Context, _ store.Job, attempt int) error {
		again <- attempt
		return nil
	}}, patience)
	if attempt := get(s, again); attempt != 2 {
		s.t.Errorf("attempt %d, want 2", attempt)
	}
	stop()
	s.wantJobs()
}

func jobFailed(s *subject) {
	s.enqueue(store.Job{Kind: "sms", Key: "1"})
	attempts := make(chan int, 10)
	handler := func(_ context.Context, _ store.Job, attempt int) error {
		attempts <- attempt
		if attempt <= quick.Attempts {
			return fmt.Errorf("attempt %d failed", attempt)
		}
		return nil
	}
	stop := s.work(map[string]store.JobHandler{"sms": handler}, patience)
	get(s, attempts)
	get(s, attempts)
	stop()
	job := s.wantJobs("sms 1 failed 2")[0]
	if job.LastError != "attempt 2 failed" || job.MaxAttempts != 2 || job.CreatedAt.IsZero() {
		s.t.Errorf("the failed job is listed as %+v", job)
	}
	// It still blocks its key, and does not run by itself.
	s.enqueue(store.Job{Kind: "sms", Key: "1"})
	s.wantJobs("sms 1 failed 2")
	s.want(s.RetryJob(s.ctx, job.ID), nil)
	stop = s.work(map[string]store.JobHandler{"sms": handler}, patience)
	if attempt := get(s, attempts); attempt != 3 {
		s.t.Errorf("attempt %d, want 3", attempt)
	}
	stop()
	s.wantJobs()
}

func jobPanics(s *subject) {
	s.enqueue(store.Job{Kind: "sms", Key: "1"})
	tried := make(chan struct{}, 1)
	stop := s.work(map[string]store.JobHandler{"sms": func(context.Context, store.Job, int) error {
		tried <- struct{}{}
		panic("the PIN is 4711")
	}}, patience)
	get(s, tried)
	stop()
	job := s.wantJobs("sms 1 failed 1")[0]
	if want := "the job's handler panicked with a string"; job.LastError != want {
		s.t.Errorf("the panic is stored as %q, want %q: its text may be a secret", job.LastError, want)
	}
}

func jobHangs(s *subject) {
	s.enqueue(store.Job{Kind: "sms", Key: "1"})
	ended := make(chan error, 1)
	stop := s.work(map[string]store.JobHandler{"sms": func(ctx context.Context, _ store.Job, _ int) error {
		<-ctx.Done()
		ended <- ctx.Err()
		return ctx.Err()
	}}, patience)
	if err := get(s, ended); !errors.Is(err, context.DeadlineExceeded) {
		s.t.Errorf("the job was ended with %v, want its deadline", err)
	}
	stop()
	s.wantJobs("sms 1 failed 1")
}

func jobRetryRefused(s *subject) {
	s.want(s.RetryJob(s.ctx, 4711), store.ErrNotFound)
	s.enqueue(store.Job{Kind: "sms", Key: "1"})
	id := s.wantJobs("sms 1 waiting 0")[0].ID
	twice(func(int) { s.want(s.RetryJob(s.ctx, id), nil) })
	running, release := make(chan struct{}, 10), make(chan struct{})
	stop := s.work(map[string]store.JobHandler{"sms": func(context.Context, store.Job, int) error {
		running <- struct{}{}
		<-release
		return nil
	}}, patience)
	get(s, running)
	s.want(s.RetryJob(s.ctx, id), store.ErrNotFound)
	s.wantJobs("sms 1 running 1")
	close(release)
	stop()
	twice(func(int) { s.want(s.RetryJob(s.ctx, id), store.ErrNotFound) })
	s.wantJobs()
}

func jobGrace(s *subject) {
	s.enqueue(store.Job{Kind: "sms", Key: "1"})
	running, release := make(chan struct{}, 10), make(chan struct{})
	var cut atomic.Bool
	stop := s.work(map[string]store.JobHandler{"sms": func(ctx context.Context, _ store.Job, _ int) error {
		running <- struct{}{}
		<-release
		cut.Store(ctx.Err() != nil)
		return nil
	}}, patience)
	get(s, running)
	time.AfterFunc(20*time.Millisecond, func() { close(release) })
	stop()
	if cut.Load() {
		s.t.Error("the job was cancelled within the grace")
	}
	s.wantJobs()
}

func jobHandedBack(s *subject) {
	s.enqueue(store.Job{Kind: "sms", Key: "1"}, store.Job{Kind: "sms", Key: "2"})
	running := make(chan struct{}, 10)
	stop := s.work(map[string]store.JobHandler{"sms": func(ctx context.Context, j store.Job, _ int) error {
		running <- struct{}{}
		<-ctx.Done()
		if j.Key == "1" {
			return errors.New("cut off") // in words of its own
		}
		return fmt.Errorf("send: %w", ctx.Err())
	}}, 0)
	get(s, running)
	get(s, running)
	stop()
	// The attempts do not count: the jobs did not fail.
	s.wantJobs("sms 1 waiting 0", "sms 2 waiting 0")
	attempts := make(chan int, 10)
	stop = s.work(map[string]store.JobHandler{"sms": func(_ context.Context, _ store.Job, attempt int) error {
		attempts <- attempt
		return nil
	}}, patience)
	for range 2 {
		if attempt := get(s, attempts); attempt != 1 {
			s.t.Errorf("attempt %d, want 1", attempt)
		}
	}
	stop()
	s.wantJobs()
}

func jobOtherKind(s *subject) {
	s.enqueue(store.Job{Kind: "newer", Key: "1"}, store.Job{Kind: "sms", Key: "1"})
	done := make(chan struct{}, 10)
	stop := s.work(map[string]store.JobHandler{"sms": func(context.Context, store.Job, int) error {
		done <- struct{}{}
		return nil
	}}, patience)
	get(s, done)
	stop()
	s.wantJobs("newer 1 waiting 0")
}

func jobOrder(s *subject) {
	for i := range 5 {
		s.enqueue(store.Job{Kind: "sms", Key: fmt.Sprint(i)})
	}
	jobs, err := s.ListJobs(s.ctx, 3)
	s.want(err, nil)
	if len(jobs) != 3 {
		s.t.Fatalf("%d jobs listed, want 3", len(jobs))
	}
	for i, j := range jobs {
		if j.Key != fmt.Sprint(i) {
			s.t.Errorf("job %d listed is %q", i, j.Key)
		}
	}
}

// jobSnoozed runs a job four times though the rules allow two attempts.
func jobSnoozed(s *subject) {
	s.enqueue(store.Job{Kind: "fund", Key: "later"})
	runs := make(chan ran, 10)
	left := 3
	stop := s.work(map[string]store.JobHandler{"fund": func(_ context.Context, job store.Job, attempt int) error {
		runs <- ran{job, attempt}
		if left--; left >= 0 {
			return store.Snooze(time.Millisecond)
		}
		return nil
	}}, patience)
	for range 4 {
		if r := get(s, runs); r.attempt != 1 {
			s.t.Errorf("it counts as attempt %d, want 1", r.attempt)
		}
	}
	stop()
	s.wantJobs()
}
