// Package servers gives tests real servers to run against: Postgres and Redis
// on free ports, thrown away afterwards.
//
// A package whose tests use it has
//
//	func TestMain(m *testing.M) { servers.Main(m) }
//
// One server of a kind serves a whole test process. To share one pair between
// the packages of a run, start it around them:
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

// The environment that says where servers run already. A test then uses those
// and starts none.
const (
	PostgresVariable = "PAYTRACE_TEST_POSTGRES"
	RedisVariable    = "PAYTRACE_TEST_REDIS"
)

// startTime bounds how long a server may take until it answers: initdb takes
// half a second, and this machine may be busy.
const startTime = time.Minute

// Main runs a package's tests, stops what they started, and exits.
func Main(m *testing.M) { os.Exit(Stopping{m}.Run()) }

// Stopping is a package's tests whose servers are stopped afterwards, for a
// TestMain that hands them to another library.
type Stopping struct{ *testing.M }

// Run runs the tests and is their exit status.
func (s Stopping) Run() int {
	code := s.M.Run()
	if err := shared.stop(); err != nil {
		fmt.Fprintln(os.Stderr, "stop the test servers:", err)
	}
	return code
}

// shared are the servers of this process, and what else is to be undone at
// its end, the last first.
var shared running

type running struct {
	postgres, redis once
	mu              sync.Mutex
	undo            []func() error
}

// atEnd has Main undo something.
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

// once is a server that is started at most once.
type once struct {
	sync.Once
	url string
	err error
}

// get is the URL of the server that the variable names, else of one started
// now.
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

// missing ends a test that needs a server which can't be had: by a failure
// where every test must run, by a skip with its reason elsewhere.
func missing(t testing.TB, err error) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("a test server is missing: %v", err)
	}
	t.Skipf("NOT TESTED, a test server is missing: %v", err)
}
