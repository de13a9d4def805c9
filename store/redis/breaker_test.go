package redis_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/engine/secret"
	"github.com/paytrace/paytrace/store/redis"
)

// flaky is a store whose calls end as a test decides.
type flaky struct {
	mu    sync.Mutex
	asked int
	do    func() error
}

func (f *flaky) call() error {
	f.mu.Lock()
	f.asked++
	do := f.do
	f.mu.Unlock()
	return do()
}

func (f *flaky) will(do func() error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.do = do
}

func (f *flaky) Load(context.Context, string) ([]byte, error) { return record1, f.call() }

func (f *flaky) Save(context.Context, string, string, []byte, time.Duration) ([]byte, bool, error) {
	return record2, true, f.call()
}

func (f *flaky) Latest(context.Context, string) (string, error) { return "ATUid_1", f.call() }

func (f *flaky) SetLatest(context.Context, string, string, time.Duration) error { return f.call() }

var errDown = errors.New("down")

func fine() error { return nil }
func down() error { return errDown }

// guarded returns a breaker before a store that works.
func guarded() (*redis.Breaker, *flaky) {
	f := &flaky{do: fine}
	return redis.NewBreaker(f), f
}

// over is a moment longer than the breaker leaves a store alone.
const over = time.Second + 1

// inBubble runs a test on a clock of its own, which moves when all sleep.
func inBubble(test func(*testing.T)) func(*testing.T) {
	return func(t *testing.T) { synctest.Test(t, test) }
}

// wantCall calls once and compares the error and how often the store was asked.
func wantCall(t *testing.T, b *redis.Breaker, f *flaky, want error, asked int) {
	t.Helper()
	before := f.asked
	if _, err := b.Load(t.Context(), id); !errors.Is(err, want) {
		t.Errorf("error %v, want %v", err, want)
	}
	if got := f.asked - before; got != asked {
		t.Errorf("the store was asked %d times, want %d", got, asked)
	}
}

// Each method can open the circuit, is refused while it is open, and passes results on.
func TestBreakerCalls(t *testing.T) {
	for what := range calls(&flaky{}) {
		t.Run(what, inBubble(func(t *testing.T) {
			b, f := guarded()
			call := calls(b)[what]
			if err := call(t.Context()); err != nil || f.asked != 1 {
				t.Fatalf("%v, asked %d times", err, f.asked)
			}
			f.will(down)
			if err := call(t.Context()); !errors.Is(err, errDown) {
				t.Errorf("%v, want the store's own error", err)
			}
			f.will(fine)
			for other, call := range calls(b) {
				if err := call(t.Context()); !errors.Is(err, redis.ErrSkipped) {
					t.Errorf("%s: %v, want %v", other, err, redis.ErrSkipped)
				}
			}
			if f.asked != 2 {
				t.Errorf("asked %d times, want 2", f.asked)
			}
			time.Sleep(over)
			if err := call(t.Context()); err != nil {
				t.Errorf("a second later: %v", err)
			}
		}))
	}
	b, _ := guarded()
	stored, err := b.Load(t.Context(), id)
	other, saved, err2 := b.Save(t.Context(), id, "", record1, life)
	latest, err3 := b.Latest(t.Context(), "tag")
	if got := fmt.Sprintf("%s %s %v %s %v", stored, other, saved, latest, errors.Join(err, err2, err3)); got !=
		fmt.Sprintf("%s %s true ATUid_1 <nil>", record1, record2) {
		t.Errorf("results: %s", got)
	}
}

func TestBreakerTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, f := guarded()
		wantCall(t, b, f, nil, 1)
		f.will(down)
		wantCall(t, b, f, errDown, 1)
		wantCall(t, b, f, redis.ErrSkipped, 0)
		time.Sleep(time.Second - 1)
		wantCall(t, b, f, redis.ErrSkipped, 0)
		time.Sleep(2 * time.Nanosecond)
		wantCall(t, b, f, errDown, 1) // the probe fails: another second
		time.Sleep(time.Second - 1)
		wantCall(t, b, f, redis.ErrSkipped, 0)
		f.will(fine)
		time.Sleep(2 * time.Nanosecond)
		wantCall(t, b, f, nil, 1)
		wantCall(t, b, f, nil, 1)
	})
}

// An error or a slow call opens the circuit. A call that says nothing about the
// store changes nothing, and the next one may probe.
func TestBreakerVerdicts(t *testing.T) {
	unreachable, err := redis.Open(t.Context(), redis.Config{URL: secret.New("redis://127.0.0.1:1")})
	must(t, err)
	t.Cleanup(func() { must(t, unreachable.Close()) })
	_, _, refused := unreachable.Save(t.Context(), id, "", nil, life)
	for _, c := range []struct {
		name  string
		takes time.Duration
		err   error
		trips bool
	}{
		{"in time", runner.SessionBudget, nil, false},
		{"slow", runner.SessionBudget + 1, nil, true},
		{"error", 0, errDown, true},
		{"late", 0, fmt.Errorf("read: %w", context.DeadlineExceeded), true},
		{"the caller left", 0, fmt.Errorf("read: %w", context.Canceled), false},
		{"the caller left a slow one", runner.SessionBudget + 1, context.Canceled, true},
		{"not asked", 0, refused, false},
	} {
		t.Run(c.name, inBubble(func(t *testing.T) {
			for _, probe := range []bool{false, true} {
				b, f := guarded()
				if probe {
					f.will(down)
					wantCall(t, b, f, errDown, 1)
					time.Sleep(over)
				}
				f.will(func() error { time.Sleep(c.takes); return c.err })
				wantCall(t, b, f, c.err, 1)
				f.will(fine)
				if c.trips {
					wantCall(t, b, f, redis.ErrSkipped, 0)
				} else {
					wantCall(t, b, f, nil, 1)
				}
			}
		}))
	}
}

// One call probes, however many come while it is under way.
func TestBreakerProbe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, f := guarded()
		f.will(down)
		wantCall(t, b, f, errDown, 1)
		time.Sleep(over)
		entered, release := make(chan struct{}), make(chan struct{})
		f.will(func() error { close(entered); <-release; return nil })
		probe := make(chan error)
		go func() { _, err := b.Load(context.Background(), id); probe <- err }()
		<-entered
		before := f.asked
		var all sync.WaitGroup
		for range 16 {
			all.Go(func() {
				if _, err := b.Load(context.Background(), id); !errors.Is(err, redis.ErrSkipped) {
					t.Errorf("%v beside the probe, want %v", err, redis.ErrSkipped)
				}
			})
		}
		all.Wait()
		if f.asked != before {
			t.Errorf("%d calls got through beside the probe", f.asked-before)
		}
		close(release)
		if err := <-probe; err != nil {
			t.Errorf("the probe: %v", err)
		}
		f.will(fine)
		wantCall(t, b, f, nil, 1)
	})
}

// A call that began before the fault and succeeds after it does not close the circuit.
func TestBreakerLateSuccess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, f := guarded()
		entered, release := make(chan struct{}), make(chan struct{})
		f.will(func() error { close(entered); <-release; return nil })
		early := make(chan error)
		go func() { _, err := b.Load(context.Background(), id); early <- err }()
		<-entered
		f.will(down)
		wantCall(t, b, f, errDown, 1)
		close(release)
		if err := <-early; err != nil {
			t.Errorf("the early one: %v", err)
		}
		f.will(fine)
		wantCall(t, b, f, redis.ErrSkipped, 0)
		time.Sleep(over)
		wantCall(t, b, f, nil, 1)
	})
}

// A panic counts as a failure, and a later call may probe.
func TestBreakerPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, f := guarded()
		for range 2 { // the second is a probe
			f.will(func() error { panic("a fault") })
			func() {
				defer func() {
					if recover() == nil {
						t.Error("the panic did not come through")
					}
				}()
				_, _ = b.Load(t.Context(), id)
			}()
			f.will(fine)
			wantCall(t, b, f, redis.ErrSkipped, 0)
			time.Sleep(over)
		}
		wantCall(t, b, f, nil, 1)
	})
}

// With a real Redis, the first call notices its end, and the first call a second
// later notices its return.
func TestBreakerAndRedis(t *testing.T) {
	server := ownServer(t)
	b := redis.NewBreaker(open(t, server.URL))
	if _, saved, err := b.Save(t.Context(), id, "", record1, life); !saved || err != nil {
		t.Fatalf("saved %v, %v", saved, err)
	}
	must(t, server.Kill())
	if _, err := b.Load(t.Context(), id); err == nil || errors.Is(err, redis.ErrSkipped) {
		t.Errorf("the first call: %v, want Redis's own error", err)
	}
	stored, err := b.Load(t.Context(), id)
	if !errors.Is(err, redis.ErrSkipped) {
		t.Errorf("the next call: %v, want %v", err, redis.ErrSkipped)
	}
	must(t, server.Start(t.Context()))
	retry := time.NewTicker(over / 50)
	defer retry.Stop()
	for errors.Is(err, redis.ErrSkipped) {
		<-retry.C
		stored, err = b.Load(t.Context(), id)
	}
	if stored != nil || err != nil {
		t.Errorf("after the pause: %q, %v; want nothing", stored, err)
	}
}
