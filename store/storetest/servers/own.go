package servers

import (
	"context"
	"testing"
)

// Own starts a server of the test's own, which the test may kill and change, and stops
// it when the test ends.
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

// Tool returns the path of a tool that comes with a server, such as pg_dump, and installs
// it if it is missing and this process may.
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
