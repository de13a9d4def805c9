package servers

import (
	"context"
	"testing"
)

// Own is a server of the test's own, which it may kill and change. It is stopped
// when the test ends.
func Own(t testing.TB, start func(context.Context) (*Server, error)) *Server {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), startTime)
	defer cancel()
	s, err := start(ctx)
	if err != nil {
		missing(t, err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Errorf("stop the test's server: %v", err)
		}
	})
	return s
}

// Tool is the path of one of the servers' own tools, as pg_dump, installed where
// it is missing and may be.
func Tool(t testing.TB, name, pkg string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), startTime)
	defer cancel()
	path, err := find(ctx, name, pkg)
	if err != nil {
		missing(t, err)
	}
	return path
}
