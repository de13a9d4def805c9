package proof_test

import (
	"context"
	"io"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/engine/secret"
	"github.com/paytrace/paytrace/store/redis"
	"github.com/paytrace/paytrace/store/storetest/servers"
)

func TestMain(m *testing.M) { servers.Main(m) }

// A cutter stands between an instance and Redis and cuts connections: before it
// forwards a request, or when the answer comes.
type cutter struct {
	net.Listener
	to string
	// cutRequest and cutAnswer ask for one cut each.
	cutRequest, cutAnswer atomic.Bool
	cuts                  atomic.Int64
	open                  sync.WaitGroup
}

func newCutter(t *testing.T, to string) *cutter {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cutter{Listener: l, to: to}
	c.open.Go(c.serve)
	return c
}

func (c *cutter) serve() {
	for {
		near, err := c.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", c.to)
		if err != nil {
			_ = near.Close() // the client sees that the server is away
			continue
		}
		c.open.Go(func() { c.pass(far, near, &c.cutRequest) })
		c.open.Go(func() { c.pass(near, far, &c.cutAnswer) })
	}
}

// pass forwards bytes until it must cut; then it closes both ends.
func (c *cutter) pass(to, from net.Conn, cut *atomic.Bool) {
	defer func() { _, _ = to.Close(), from.Close() }() // the other direction closes them, too
	buffer := make([]byte, 4096)
	for {
		n, err := from.Read(buffer)
		if err != nil {
			return
		}
		if cut.CompareAndSwap(true, false) {
			c.cuts.Add(1)
			return
		}
		if _, err := to.Write(buffer[:n]); err != nil {
			return
		}
	}
}

var _ io.Closer = (*cutter)(nil)

// A cutting store asks for a cut every cutEvery calls.
type cutting struct {
	runner.Sessions
	cutter *cutter
	calls  *atomic.Int64
}

// cutEvery is the number of calls between cuts. They alternate between requests and
// answers.
const cutEvery = 150

func (c cutting) count() {
	switch n := c.calls.Add(1); {
	case n%(2*cutEvery) == 0:
		c.cutter.cutAnswer.Store(true)
	case n%cutEvery == 0:
		c.cutter.cutRequest.Store(true)
	}
}

// Load implements runner.Sessions.
func (c cutting) Load(ctx context.Context, id string) ([]byte, error) {
	c.count()
	return c.Sessions.Load(ctx, id)
}

// Save implements runner.Sessions.
func (c cutting) Save(ctx context.Context, id, expect string, next []byte, ttl time.Duration) ([]byte, bool, error) {
	c.count()
	return c.Sessions.Save(ctx, id, expect, next, ttl)
}

// throughCutter returns one Redis as two instances see it, through a cutter.
func throughCutter(t *testing.T) (stores []runner.Sessions, c *cutter) {
	t.Helper()
	at, err := url.Parse(servers.Redis(t))
	if err != nil {
		t.Fatal(err)
	}
	c = newCutter(t, at.Host)
	at.Host = c.Addr().String()
	calls := &atomic.Int64{}
	for range 2 {
		s, err := redis.Open(t.Context(), redis.Config{URL: secret.New(at.String())})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		stores = append(stores, cutting{s, c, calls})
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return stores, c
}

// A save in Redis is one script, whatever happens to connections.
func TestCheckpointInRedis(t *testing.T) {
	stores, cutter := throughCutter(t)
	h := contend(t, checkpointCalls, stores...)
	wantOneOrder(t, h)
	if cutter.cuts.Load() == 0 || h.unknown == 0 {
		t.Errorf("%d cuts, %d calls without an answer: nothing was cut", cutter.cuts.Load(), h.unknown)
	}
}

func TestCheckpointControlInRedis(t *testing.T) {
	stores, _ := throughCutter(t)
	for i, s := range stores {
		stores[i] = getThenSet{s}
	}
	h := contend(t, checkpointCalls, stores...)
	if h.broken == nil {
		t.Fatalf("GET and SET in two steps passed for one in %d calls", h.calls)
	}
	t.Logf("caught after %d calls", h.calls)
}
