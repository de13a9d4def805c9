package servers

import (
	"context"
	"testing"
	"time"
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

// browserInstallTime bounds fetching and unpacking a browser.
const browserInstallTime = 5 * time.Minute

// Chromium returns the path of a Chromium for tests of pages, and installs it if it is
// missing and this process may. As root it needs the flag --no-sandbox.
func Chromium(t testing.TB) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), browserInstallTime)
	defer cancel()
	path, err := find(ctx, "chromium", "chromium")
	if err != nil {
		missing(t, err)
	}
	return path
}
