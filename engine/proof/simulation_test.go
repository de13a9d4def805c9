package proof_test

import (
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// schedules returns how many schedules a test run plays. PAYTRACE_SCHEDULES sets another
// number, for a night.
func schedules(t *testing.T) int {
	t.Helper()
	s := os.Getenv("PAYTRACE_SCHEDULES")
	if s == "" {
		return defaultSchedules
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		t.Fatalf("PAYTRACE_SCHEDULES is %q; set it to a number of schedules", s)
	}
	return n
}

// play runs one schedule on its own clock.
func play(t *testing.T, seed uint64, k kind) *world {
	t.Helper()
	var played *world
	synctest.Test(t, func(t *testing.T) {
		w, err := newWorld(seed, k)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.run(); err != nil {
			t.Fatal(err)
		}
		played = w
	})
	return played
}

// story returns a schedule in a readable form.
func (w *world) story() string {
	var b strings.Builder
	for _, e := range w.trace {
		b.WriteString(e.String())
		b.WriteByte('\n')
	}
	return b.String()
}

// TestSchedules plays random schedules. PAYTRACE_SEED plays one seed again.
func TestSchedules(t *testing.T) {
	if s := os.Getenv("PAYTRACE_SEED"); s != "" {
		seed, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatalf("PAYTRACE_SEED is %q; set it to the number that a failed run printed", s)
		}
		w := play(t, seed, kind{})
		t.Logf("%+v\n%s", w.faults, w.story())
		for _, wrong := range w.wrong {
			t.Error(wrong)
		}
		return
	}
	n := schedules(t)
	began := time.Now()
	var total tally
	find(t, n, kind{}, func(w *world) bool {
		total.add(w)
		if len(w.wrong) > 0 {
			t.Errorf("seed %d %+v: %s", w.seed, w.faults, strings.Join(w.wrong, "\n\t"))
			total.broken++
		}
		return total.broken == mostBroken
	})
	t.Logf("%d schedules in %s: %s", n, time.Since(began).Round(time.Second), total.String())
}

// garbage lets the heap grow to a few megabytes between collections, because a world is
// small and short-lived.
const garbage = 1000

// find plays n schedules on all processors until look returns true.
func find(t *testing.T, n int, k kind, look func(*world) (stop bool)) {
	t.Helper()
	defer debug.SetGCPercent(debug.SetGCPercent(garbage))
	var next atomic.Int64
	var mu sync.Mutex
	var workers sync.WaitGroup
	stopped := false
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for {
				seed := next.Add(1)
				if int(seed) > n {
					return
				}
				w := play(t, uint64(seed), k)
				mu.Lock()
				if !stopped {
					stopped = look(w)
				}
				stop := stopped
				mu.Unlock()
				if stop {
					return
				}
			}
		})
	}
	workers.Wait()
}

// mostBroken is the number of failures that ends a run.
const mostBroken = 10

// A tally counts what happened in schedules. It shows a simulation in which nothing
// happens.
type tally struct {
	broken, callbacks, deliveries, answered, killed, upset, hindered, effects, points int
}

func (t *tally) add(w *world) {
	t.points += len(w.trace)
	t.effects += len(w.effects)
	for _, c := range w.calls {
		t.callbacks += len(c.callbacks)
		t.deliveries += c.deliveries
		t.upset += c.upset
		t.hindered += c.hindrances
	}
	for _, e := range w.trace {
		switch e.what {
		case "reply":
			t.answered++
		case "killed":
			t.killed++
		}
	}
}

func (t *tally) String() string {
	var parts []string
	for _, p := range []struct {
		n    int
		what string
	}{
		{t.callbacks, "callbacks"},
		{t.deliveries, "deliveries"},
		{t.answered, "replies"},
		{t.killed, "kills"},
		{t.upset, "disturbed records"},
		{t.hindered, "failed transactions"},
		{t.effects, "effects"},
		{t.points, "points"},
	} {
		parts = append(parts, strconv.Itoa(p.n)+" "+p.what)
	}
	return strings.Join(parts, ", ")
}

// A seed reproduces its run; otherwise a fault could not be examined.
func TestSeedReproducesARun(t *testing.T) {
	for seed := range uint64(200) {
		a, b := play(t, seed, kind{}), play(t, seed, kind{})
		if !slices.Equal(a.trace, b.trace) {
			t.Fatalf("seed %d:\n%s\nand again:\n%s", seed, a.story(), b.story())
		}
	}
}

// A service without one of the things that give the guarantees is caught.
func TestControls(t *testing.T) {
	for name, c := range map[string]control{
		"without the action log": noLog, "without compare-and-set": noCompare,
		"without fences": noFences, "without comparing versions": noVersions,
		"with receipts apart": apart,
	} {
		t.Run(name, func(t *testing.T) {
			var caught string
			played := 0
			find(t, controlSchedules, kind{control: c}, func(w *world) bool {
				played++
				if len(w.wrong) > 0 {
					caught = w.wrong[0]
				}
				if strings.Contains(caught, "panic:") {
					t.Errorf("a panic is not what the control lacks: %s", caught)
				}
				return caught != ""
			})
			if caught == "" {
				t.Fatalf("not caught in %d schedules", controlSchedules)
			}
			t.Logf("caught by schedule %d: %s", played, caught)
		})
	}
}

// controlSchedules is enough for a control: one of the first schedules catches it.
const controlSchedules = 5000

// The same seeds on a real database have the same results.
func TestLedgerIsLikeSQLite(t *testing.T) {
	for seed := range uint64(sqliteSchedules) {
		a, b := play(t, seed, kind{outside: true}), play(t, seed, kind{sqlite: true})
		if !slices.Equal(a.trace, b.trace) {
			t.Fatalf("seed %d on the ledger:\n%s\non SQLite:\n%s", seed, a.story(), b.story())
		}
	}
}
