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
