package service

import (
	"cmp"
	"context"
	"crypto/rand"
	"log/slog"

	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/internal/service/tracing"
)

// trace starts to send traces, and adds their IDs to the log. The ports are wrapped when
// they are made.
func (s *Service) trace() {
	s.log = slog.New(tracing.Lines(s.log.Handler()))
	s.tracing = tracing.New(tracing.Config{
		Endpoint: s.settings.TracesTo, Headers: s.settings.TraceHeaders, Share: s.settings.TraceShare,
		Name: cmp.Or(s.settings.TraceName, "paytrace"), Version: Version(), Instance: rand.Text(),
		Identify: func(provider, session string) runner.TraceName { return s.runner.Identity.Trace(provider, session) },
		Menu:     s.menuName, Log: s.log,
	})
	s.close = append(s.close, s.tracing.Close)
	s.choose("traces", "of %g %% of the calls, to %s", 100*s.settings.TraceShare, s.settings.TracesTo.Redacted())
}

// traced returns a decorator of a port where the service is traced, and none where it is
// not.
func traced[T any](s *Service, wrap func(T) T) []func(T) T {
	if s.tracing == nil {
		return nil
	}
	return []func(T) T{wrap}
}

// beginTrace returns what gives log lines about a session the ID of its trace; nil where
// there are no traces.
func (s *Service) beginTrace() func(ctx context.Context, provider, session string) context.Context {
	if s.tracing == nil {
		return nil
	}
	return s.tracing.Begin
}
