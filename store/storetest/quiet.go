package storetest

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/paytrace/paytrace/store"
)

// canary stands for a secret in a job's arguments.
const canary = "PIN4711canary"

// Quiet checks that a store's libraries log to the given logger, without the arguments
// and keys of jobs.
func Quiet(t *testing.T, open func(t *testing.T, rules store.JobRules, logger *slog.Logger) store.Store) {
	t.Helper()
	var log lockedBuffer
	logger := slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s := newSubject(t, func(t *testing.T, rules store.JobRules) store.Store { return open(t, rules, logger) }, quick)
	args := []byte(`{"pin":"` + canary + `"}`)
	s.enqueue(
		store.Job{Kind: "fails", Key: canary, Args: args},
		store.Job{Kind: "panics", Key: canary, Args: args},
		store.Job{Kind: "works", Key: canary, Args: args},
	)
	ran := make(chan struct{}, 10)
	stop := s.work(map[string]store.JobHandler{
		"fails": func(context.Context, store.Job, int) error {
			ran <- struct{}{}
			return errors.New("the provider said 500")
		},
		"panics": func(_ context.Context, j store.Job, _ int) error { ran <- struct{}{}; panic(string(j.Args)) },
		"works":  func(context.Context, store.Job, int) error { ran <- struct{}{}; return nil },
	}, time.Second)
	for range 2*quick.Attempts + 1 {
		get(s, ran)
	}
	stop()
	text := log.String()
	if !strings.Contains(text, "the provider said 500") {
		t.Error("the logger got no line about a failed job, so this test can't see anything")
	}
	for line := range strings.Lines(text) {
		if strings.Contains(line, canary) {
			t.Errorf("a job's arguments are in the log: %s", line)
		}
	}
	jobs, err := s.ListJobs(s.ctx, 10)
	s.want(err, nil)
	for _, j := range jobs {
		if strings.Contains(j.LastError, canary) {
			t.Errorf("a job's arguments are in its error: %s", j.LastError)
		}
	}
}

// lockedBuffer collects the lines of several goroutines.
type lockedBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

// Write implements io.Writer.
func (b *lockedBuffer) Write(line []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(line)
}

// String returns everything written so far.
func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}
