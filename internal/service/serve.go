package service

import (
	"context"
	"log/slog"
	"net"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/paytrace/paytrace/internal/report"
	"github.com/paytrace/paytrace/store"
)

// What is under way gets this long to finish at a stop. Callbacks have a budget
// of four seconds, and a provider's answer is worth waiting for.
const (
	stopCallbacks = 8 * time.Second
	stopJobs      = 15 * time.Second
)

// StopWithin bounds how long Serve takes to stop: callbacks and jobs, and a moment for
// what is written at the end.
const StopWithin = stopCallbacks + stopJobs + 2*time.Second

// Callers come first. After a crash or in a deploy they wait, and a start costs
// them most: it opens connections and runs the first statements on each. Work
// that no caller waits for begins later.
const (
	workAfter  = time.Second
	purgeAfter = time.Minute
)

// Serve answers callbacks on ln and works through jobs until ctx ends. Then it
// answers the callbacks in flight, and after them hands its jobs back.
func (s *Service) Serve(ctx context.Context, ln net.Listener) error {
	s.logStart(ln)
	// Jobs stop after the last callback: what it enqueued may still go out.
	working, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return s.server.Serve(ln) })
	if s.inner != nil {
		group.Go(func() error { return s.server.ServeInner(s.inner) })
	}
	for _, run := range s.background {
		group.Go(func() error { run(ctx); return nil })
	}
	group.Go(func() error { return s.work(working) })
	group.Go(func() error { s.purge(ctx); return nil })
	if s.journal != nil {
		group.Go(func() error { s.summarize(ctx); return nil })
		group.Go(func() error { return s.journal.Run(working) })
	}
	group.Go(func() error {
		<-ctx.Done()
		s.log.Info("stopping: answering the callbacks in flight, then handing jobs back")
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopCallbacks)
		defer cancel()
		err := s.server.Shutdown(stop)
		stopWork()
		return err
	})
	return group.Wait()
}

func (s *Service) logStart(ln net.Listener) {
	var attrs []any
	if address, ok := ln.Addr().(*net.TCPAddr); ok {
		attrs = append(attrs, slog.Int("port", address.Port))
	}
	for _, c := range s.choices {
		attrs = append(attrs, slog.String(c.What, c.Which))
	}
	s.log.Info("started", attrs...)
	for _, p := range s.settings.plaintexts() {
		s.log.Warn("a connection is not encrypted: others on the way could read and change it", "setting", p.name, "to", p.to, "fix", p.fix)
	}
}

const (
	// summarizeEvery is how often the summaries of the last days are made again.
	summarizeEvery = time.Hour
	// summaryMonths is how long they are kept.
	summaryMonths = 13
)

// summarize stores the summaries of the last days until ctx ends. Several instances may do
// so at once: each stores whole days.
func (s *Service) summarize(ctx context.Context) {
	for wait := purgeAfter; passed(ctx, wait); wait = summarizeEvery {
		now := time.Now()
		err := report.Store(ctx, s.db, now, s.settings.JournalDays)
		if err == nil {
			_, err = s.db.DropCallDays(ctx, report.Day(now).AddDate(0, -summaryMonths, 0))
		}
		if err != nil && ctx.Err() == nil {
			s.log.Warn("the summaries of calls could not be stored, will retry in an hour", "error", err)
		}
	}
}

// passed waits, and reports whether ctx still lives.
func passed(ctx context.Context, wait time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(wait):
		return true
	}
}

// workAgain is the pause before jobs start again after the database was away.
const workAgain = time.Second

// work works through the jobs until ctx ends. A database that is away takes no
// instance out of service: callbacks are answered all the same.
func (s *Service) work(ctx context.Context) error {
	for wait := workAfter; passed(ctx, wait); wait = workAgain {
		err := s.db.Work(ctx, s.jobs, stopJobs)
		if err == nil || ctx.Err() != nil {
			return err
		}
		s.log.Error("jobs stopped, will start again", "error", err)
	}
	return nil
}

// purgeEvery is seldom enough to cost nothing, and often enough that each purge
// is small. Several instances may purge at once.
const purgeEvery = time.Hour

func (s *Service) purge(ctx context.Context) {
	if !passed(ctx, purgeAfter) {
		return
	}
	tick := time.NewTicker(purgeEvery)
	defer tick.Stop()
	purge(ctx, s.db, time.Now, tick.C, s.log)
}

// purge removes expired rows, at once and with every tick, until ctx ends. It
// tries again with the next tick after a failure.
func purge(ctx context.Context, db store.Store, now func() time.Time, tick <-chan time.Time, log *slog.Logger) {
	for {
		switch p, err := db.Purge(ctx, now()); {
		case ctx.Err() != nil:
			return
		case err != nil:
			log.Warn("purge failed, will retry", "error", err)
		case p.Any():
			log.Info("purged", "actions", p.Actions, "call_states", p.CallStates, "emptied_call_states", p.Emptied, "messages", p.Messages, "deliveries", p.Deliveries,
				"codes", p.Codes, "limits", p.Limits, "drops", p.Drops)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick:
		}
	}
}
