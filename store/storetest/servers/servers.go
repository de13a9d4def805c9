// Package servers starts real servers for tests: Postgres and Redis on free ports, removed
// afterwards.
//
// A package whose tests use it has
//
//	func TestMain(m *testing.M) { servers.Main(m) }
//
// One server of each kind serves a whole test process. To share them between the
// packages of a run, start them around the run:
//
//	go run ./store/storetest/servers/with go test ./...
package servers

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"
)

// These environment variables have the addresses of running servers. If they are set, a
// test uses those and starts none.
const (
	PostgresVariable = "PAYTRACE_TEST_POSTGRES"
	RedisVariable    = "PAYTRACE_TEST_REDIS"
)

// startTime bounds how long a server may take until it answers. initdb takes half a
// second on a quiet machine.
const startTime = time.Minute

// Main runs a package's tests, stops what they started, and exits.
func Main(m *testing.M) { os.Exit(Stopping{m}.Run()) }

// Stopping runs a package's tests and stops their servers, for a TestMain that passes
// its testing.M to another library.
type Stopping struct{ *testing.M }

// Run runs the tests, stops their servers and returns the exit status.
func (s Stopping) Run() int {
	code := s.M.Run()
	if err := shared.stop(); err != nil {
		fmt.Fprintln(os.Stderr, "stop the test servers:", err)
	}
	return code
}

// shared has the servers of this process, and what Main undoes at its end, the last
// first.
var shared running

type running struct {
	postgres, redis once
	mu              sync.Mutex
	undo            []func() error
}

// atEnd lets Main call undo at the end.
func (r *running) atEnd(undo func() error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.undo = append(r.undo, undo)
}

func (r *running) stop() (first error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := len(r.undo) - 1; i >= 0; i-- {
		if err := r.undo[i](); err != nil && first == nil {
			first = err
		}
	}
	r.undo = nil
	return first
}

// once starts a server at most once.
type once struct {
	sync.Once
	url string
	err error
}

// get returns the URL in the environment variable, or that of a server that it starts.
func (o *once) get(variable string, start func(context.Context) (*Server, error)) (string, error) {
	o.Do(func() {
		if o.url = os.Getenv(variable); o.url != "" {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), startTime)
		defer cancel()
		var server *Server
		if server, o.err = start(ctx); o.err != nil {
			return
		}
		o.url = server.URL
		shared.atEnd(server.Stop)
	})
	return o.url, o.err
}

// missing ends a test whose server can't be started: with CI=true, where every test must
// run, by a failure, otherwise by a skip with the reason.
func missing(t testing.TB, err error) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("a test server is missing: %v", err)
	}
	t.Skipf("NOT TESTED, a test server is missing: %v", err)
}
