package redis_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/store/redis"
	"github.com/paytrace/paytrace/store/storetest/servers"
)

// gate stops commands on their way to Redis until it is opened, and records how many were
// sent together.
type gate struct {
	open chan struct{}
	once sync.Once
	// breaks says that the first round trip of several commands panics.
	breaks bool

	mu   sync.Mutex
	held int // round trips that wait for it, or have waited
	went []int
}

func (g *gate) holds() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.held
}

func newGate(t *testing.T, s *redis.Sessions) *gate {
	g := &gate{open: make(chan struct{})}
	t.Cleanup(g.release)
	s.Hook(g)
	return g
}

func (g *gate) release() { g.once.Do(func() { close(g.open) }) }

func (g *gate) note(cmds ...goredis.Cmder) {
	n := len(cmds)
	if name := cmds[0].Name(); name != "evalsha" && name != "eval" && name != "get" {
		return // it opens a connection
	}
	g.mu.Lock()
	g.held++
	g.mu.Unlock()
	<-g.open
	g.mu.Lock()
	defer g.mu.Unlock()
	g.went = append(g.went, n)
	if g.breaks && n > 1 {
		g.breaks = false
		panic("a fault")
	}
}

func (g *gate) DialHook(next goredis.DialHook) goredis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}

func (g *gate) ProcessHook(next goredis.ProcessHook) goredis.ProcessHook {
	return func(ctx context.Context, cmd goredis.Cmder) error {
		g.note(cmd)
		return next(ctx, cmd)
	}
}

func (g *gate) ProcessPipelineHook(next goredis.ProcessPipelineHook) goredis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []goredis.Cmder) error {
		g.note(cmds...)
		return next(ctx, cmds)
	}
}

// crowd calls a function for 0 to n-1 concurrently, and lets the calls wait behind the
// gate in that order.
func crowd(t *testing.T, s *redis.Sessions, n int, call func(i int)) *sync.WaitGroup {
	t.Helper()
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { call(i) })
		for i >= redis.RoundTrips && s.Waiting() < i-redis.RoundTrips+1 {
			runtime.Gosched()
		}
	}
	return &all
}

const others = 10

func key(i int) string { return fmt.Sprintf("%s-group-%d", id, i) }

// Commands that come while round trips are in flight are sent together, and each gets its
// own answer: saved, another's record, none, a loaded record.
func TestTogether(t *testing.T) {
	s := open(t, servers.Redis(t))
	for i := range others {
		if i%4 == 1 || i%4 == 3 {
			_, _, err := s.Save(t.Context(), key(i), "", record2, life)
			must(t, err)
		}
	}
	g := newGate(t, s)
	got := make([]string, others)
	all := crowd(t, s, others, func(i int) {
		var stored []byte
		var saved bool
		var err error
		switch i % 4 {
		case 0, 1: // there is no record; there is another one
			stored, saved, err = s.Save(context.Background(), key(i), "", record1, life)
		case 2: // there is no record, and one was expected
			stored, saved, err = s.Save(context.Background(), key(i), head1, record2, life)
		case 3:
			stored, err = s.Load(context.Background(), key(i))
		}
		got[i] = fmt.Sprintf("%s %v %v", stored, saved, err)
	})
	g.release()
	all.Wait()
	for i, answer := range got {
		want := []string{" true <nil>", string(record2) + " false <nil>", " false <nil>", string(record2) + " false <nil>"}[i%4]
		if answer != want {
			t.Errorf("%d: got %q, want %q", i, answer, want)
		}
	}
	slices.Sort(g.went) // which of those that waited goes on first is not known
	if want := []int{1, 1, others - redis.RoundTrips}; !slices.Equal(g.went, want) {
		t.Errorf("%v commands were sent together, want %v", g.went, want)
	}
}

// Redis was restarted and has lost the script.
func TestTogetherWithoutTheScript(t *testing.T) {
	server := ownServer(t)
	s := open(t, server.URL)
	g := newGate(t, s)
	var failed sync.Map
	all := crowd(t, s, others, func(i int) {
		if _, saved, err := s.Save(context.Background(), key(i), "", record1, life); !saved || err != nil {
			failed.Store(i, err)
		}
	})
	must(t, raw(t, server.URL).ScriptFlush(t.Context()).Err())
	g.release()
	all.Wait()
	for i, err := range failed.Range {
		t.Errorf("%v was not saved: %v", i, err)
	}
}

// Redis dies: every waiting caller gets an error, and nothing counts as saved.
func TestTogetherWithoutRedis(t *testing.T) {
	server := ownServer(t)
	s := open(t, server.URL)
	g := newGate(t, s)
	var told sync.Map
	all := crowd(t, s, others, func(i int) {
		_, saved, err := s.Save(context.Background(), key(i), "", record1, life)
		told.Store(i, err != nil && !saved)
	})
	must(t, server.Kill())
	g.release()
	all.Wait()
	for i := range others {
		if ok, _ := told.Load(i); ok != true {
			t.Errorf("%d was reported as saved", i)
		}
	}
}

// A caller that waited too long gets an error, and the next caller does not.
func TestTogetherInTime(t *testing.T) {
	s := open(t, servers.Redis(t))
	g := newGate(t, s)
	errs := make([]error, others)
	all := crowd(t, s, others, func(i int) {
		within := runner.WithTimeout(context.Background(), runner.SessionBudget)
		defer within.End()
		_, errs[i] = s.Load(within, key(i))
	})
	<-runner.WithTimeout(context.Background(), runner.SessionBudget).Done()
	g.release()
	all.Wait()
	for i, err := range errs {
		if !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%d: %v, want a time-out", i, err)
		}
	}
	if _, err := s.Load(context.Background(), key(0)); err != nil {
		t.Errorf("the next one: %v", err)
	}
}

// A caller with less time neither waits for others nor ends their calls.
func TestTogetherWithLittleTime(t *testing.T) {
	s := open(t, servers.Redis(t))
	g := newGate(t, s)
	errs := make([]error, others)
	hurried := redis.RoundTrips
	within := runner.WithTimeout(context.Background(), runner.SessionBudget/4)
	defer within.End()
	var all sync.WaitGroup
	for i := range others {
		ctx := context.Background()
		if i == hurried {
			ctx = within
		}
		all.Go(func() { _, errs[i] = s.Load(ctx, key(i)) })
		for s.Waiting()+g.holds() <= i {
			runtime.Gosched()
		}
	}
	<-within.Done()
	g.release()
	all.Wait()
	for i, err := range errs {
		if late := errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded); late != (i == hurried) || !late && err != nil {
			t.Errorf("%d: %v", i, err)
		}
	}
	slices.Sort(g.went)
	if want := []int{1, 1, 1, others - redis.RoundTrips - 1}; !slices.Equal(g.went, want) {
		t.Errorf("%v commands were sent together, want %v", g.went, want)
	}
}

// nowhere is an address that neither accepts nor refuses a connection.
type nowhere struct{}

func (nowhere) DialHook(goredis.DialHook) goredis.DialHook {
	return func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
}

func (nowhere) ProcessHook(next goredis.ProcessHook) goredis.ProcessHook { return next }

func (nowhere) ProcessPipelineHook(next goredis.ProcessPipelineHook) goredis.ProcessPipelineHook {
	return next
}

// No caller waits beyond its own deadline, whatever the callers before it wait for.
func TestTogetherWithoutConnections(t *testing.T) {
	s := open(t, "redis://127.0.0.1:1")
	s.Hook(nowhere{})
	late := make([]time.Duration, 100)
	all := crowd(t, s, len(late), func(i int) {
		end := time.Now().Add(runner.SessionBudget)
		if _, err := s.Load(context.Background(), key(i)); err == nil {
			t.Errorf("%d: no error", i)
		}
		late[i] = time.Since(end)
	})
	all.Wait()
	if most := slices.Max(late); most > runner.SessionBudget/3 {
		t.Errorf("a caller waited for %v beyond its deadline", most)
	}
}

// If Redis refuses a connection, all commands for it get that error.
func TestTogetherRefused(t *testing.T) {
	server := ownServer(t)
	admin := raw(t, server.URL)
	must(t, admin.ConfigSet(t.Context(), "requirepass", "old").Err())
	s := open(t, strings.Replace(server.URL, "redis://", "redis://:old@", 1))
	must(t, admin.ConfigSet(t.Context(), "requirepass", "new").Err())
	g := newGate(t, s)
	errs := make([]error, others)
	all := crowd(t, s, others, func(i int) {
		_, errs[i] = s.Load(context.Background(), key(i))
	})
	must(t, admin.ClientKillByFilter(t.Context(), "TYPE", "normal", "SKIPME", "yes").Err())
	g.release()
	all.Wait()
	for i, err := range errs {
		if !goredis.IsAuthError(err) {
			t.Errorf("%d: %v, want an error about the password", i, err)
		}
	}
}

// A panic reaches only its own caller. The others get errNotSent, and the next round trip
// works.
func TestTogetherAfterAPanic(t *testing.T) {
	s := open(t, servers.Redis(t))
	g := newGate(t, s)
	g.breaks = true
	var mu sync.Mutex
	panics, failed := 0, 0
	all := crowd(t, s, others, func(i int) {
		defer func() {
			if recover() != nil {
				mu.Lock()
				defer mu.Unlock()
				panics++
			}
		}()
		if _, saved, err := s.Save(context.Background(), key(i)+"-panic", "", record1, life); err != nil && !saved {
			mu.Lock()
			defer mu.Unlock()
			failed++
		}
	})
	g.release()
	all.Wait()
	if want := others - redis.RoundTrips - 1; panics != 1 || failed != want {
		t.Errorf("%d panicked and %d failed, want 1 and %d", panics, failed, want)
	}
	if _, err := s.Load(context.Background(), key(0)); err != nil {
		t.Errorf("the next one: %v", err)
	}
	if n := s.Waiting(); n != 0 {
		t.Errorf("%d wait for ever", n)
	}
}
