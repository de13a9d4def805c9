package proof_test

import (
	"context"
	"math/rand/v2"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// These variables set the size of the chaos. The default fits between other
// tests; "make soak" sets more.
const (
	chaosSeconds = "PAYTRACE_CHAOS_SECONDS"
	chaosRate    = "PAYTRACE_CHAOS_RATE" // deliveries a second
)

// struck names the variable for how many actions in flight each kind of fault
// must hit. Cuts of Postgres hit about one a second, so this bounds the time.
const (
	struck      = "PAYTRACE_CHAOS_STRUCK"
	usualStruck = 10
)

// A run counts only with this much in it.
const (
	leastWrites = 30 // per cent of the deliveries
	// mostRefused, in per cent, may end with a built-in screen: the backend was
	// cut in each try of an action, or a busy machine left it no time.
	mostRefused = 5
	// mostBack, in per cent, may ask an earlier question than the last: a late copy put
	// what its instance remembered in the place of a lost record.
	mostBack   = 1
	chaosCalls = 64 // at a time
	// longest is the extra time for a busy machine until every kind of fault
	// has struck enough.
	longest = 2 * time.Minute
)

func numberOf(t *testing.T, variable string, otherwise int) int {
	t.Helper()
	s := os.Getenv(variable)
	if s == "" {
		return otherwise
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		t.Fatalf("%s is %q; set it to a number", variable, s)
	}
	return n
}

// TestChaos runs two instances of the shipped program. Every 200 ms one of them
// is killed while both run; Redis is killed and starts empty; Postgres backends
// are cut in the middle of transactions. Nothing is lost or done twice, and no
// answer changes.
func TestChaos(t *testing.T) {
	w := newChaosWorld(t, "paytrace", chaosMenu)
	a := chaos(t, w, chaosRun{seconds: numberOf(t, chaosSeconds, 10), loseRedis: true, hits: numberOf(t, struck, usualStruck)})
	wantKept(t, w, a)
	if a.refused*100 > a.callbacks*mostRefused {
		t.Errorf("%d of %d callbacks were refused, want %d %% at most", a.refused, a.callbacks, mostRefused)
	}
	if a.back*100 > a.callbacks*mostBack {
		t.Errorf("%d of %d callbacks asked an earlier question, want %d %% at most", a.back, a.callbacks, mostBack)
	}
}

// TestChaosStorm kills an instance every 200 ms also while the other one is not
// back. Mostly none runs, and calls take long. The promises hold all the same.
func TestChaosStorm(t *testing.T) {
	w := newChaosWorld(t, "paytrace", chaosMenu)
	wantKept(t, w, chaos(t, w, chaosRun{seconds: numberOf(t, chaosSeconds, 5), loseRedis: true, storm: true}))
}

// wantKept requires that all promises are kept and no secret is stored.
func wantKept(t *testing.T, w *chaosWorld, a *audit) {
	t.Helper()
	for what, list := range map[string][]string{
		"lost": a.lost, "duplicated": a.doubled, "unasked": a.unasked, "different replies": a.different, "wrong screens": a.wrong,
	} {
		if len(list) > 0 {
			t.Errorf("%d %s:\n\t%s\n%s", len(list), what, some(list), w.faultsOf(t, list[0]))
		}
	}
	if a.silent > 0 {
		t.Errorf("%d callbacks were never answered", a.silent)
	}
	wantNoCanary(t, w)
}

// TestChaosControl sees effects twice in the same chaos, without the action
// log. It leaves Redis alone: without stored results a lost record ends every
// call.
func TestChaosControl(t *testing.T) {
	w := newChaosWorld(t, "paytrace-forgetful", chaosMenu)
	a := chaos(t, w, chaosRun{seconds: numberOf(t, chaosSeconds, 5)})
	if len(a.doubled) == 0 {
		t.Fatal("nothing was done twice without the action log: the audit sees nothing")
	}
	t.Logf("caught %d: %s", len(a.doubled), some(a.doubled))
}

// chaosRun says how long the chaos lasts, and what it does.
type chaosRun struct {
	seconds   int
	loseRedis bool
	storm     bool // kills do not wait for the other instance to be back
	hits      int  // every kind of fault must have struck so many actions
}

// chaos makes calls while faults strike, and returns the audit.
func chaos(t *testing.T, w *chaosWorld, run chaosRun) *audit {
	t.Helper()
	least, rate := time.Duration(run.seconds)*time.Second, numberOf(t, chaosRate, 500)
	registerNeighbour(t, w)
	ctx, cancel := context.WithTimeout(t.Context(), least+longest)
	defer cancel()
	cutter, err := pgx.Connect(w.ctx, w.postgres.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cutter.Close(w.ctx) }()
	faults := &chaosFaults{w: w, cutter: cutter, victims: rand.New(rand.NewPCG(1, 2)), chaosRun: run}
	began := time.Now()
	g := &chaosGateway{w: w, began: began, every: time.Second / time.Duration(rate)}
	faults.run(ctx)
	next := make(chan int)
	go func() {
		defer close(next)
		for n := 0; ctx.Err() == nil; n++ {
			select {
			case next <- n:
			case <-ctx.Done():
			}
		}
	}()
	var callers sync.WaitGroup
	for range chaosCalls {
		callers.Go(func() {
			for n := range next {
				g.call(w.ctx, n)
			}
		})
	}
	faults.until(ctx, cancel, least)
	took := time.Since(began)
	sent := g.deliveries.Load()
	faults.running.Wait()
	callers.Wait()
	g.late.Wait()
	a := newAudit(t, w, g.calls)
	writes := 100 * g.writes.Load() / max(1, g.deliveries.Load())
	t.Logf("%d s at %d/s asked for: %.0f s at %d/s reached, %d deliveries, %d answered, %d %% writing, %d calls",
		run.seconds, rate, took.Seconds(), int(float64(sent)/took.Seconds()), g.deliveries.Load(), g.answers.Load(), writes, len(g.calls))
	t.Logf("%d kills struck %d actions in flight, %d losses of Redis %d, %d strikes at Postgres %d transactions",
		faults.kills.times.Load(), faults.kills.hit.Load(), faults.losses.times.Load(), faults.losses.hit.Load(), faults.cuts.times.Load(), faults.cuts.hit.Load())
	t.Log(a)
	if err := faults.failed.Load(); err != nil {
		t.Fatalf("the chaos itself failed: %v", *err)
	}
	if run.hits == 0 {
		return a
	}
	for kind, s := range map[string]*strikes{"kills": &faults.kills, "losses of Redis": &faults.losses, "cuts of Postgres": &faults.cuts} {
		if hit := s.hit.Load(); int(hit) < run.hits {
			t.Errorf("%s struck %d actions in flight, want %d: run longer (%s) or faster (%s)", kind, hit, run.hits, chaosSeconds, chaosRate)
		}
	}
	if writes < leastWrites {
		t.Errorf("%d %% of the deliveries wrote, want %d %%", writes, leastWrites)
	}
	return a
}

// faultsOf returns the log lines about faults in the session that a violation
// begins with.
func (w *chaosWorld) faultsOf(t *testing.T, violation string) string {
	t.Helper()
	session, _, _ := strings.Cut(violation, " ")
	var found []string
	for i := range w.on {
		log, err := os.ReadFile(w.on[i].logFile)
		if err != nil {
			t.Error(err)
		}
		for line := range strings.Lines(string(log)) {
			if strings.Contains(line, `"session":"`+session+`"`) && strings.Contains(line, `"level":"ERROR"`) {
				found = append(found, line)
			}
		}
	}
	return strings.Join(found, "")
}

// registerNeighbour makes the account that all callers look up.
func registerNeighbour(t *testing.T, w *chaosWorld) {
	t.Helper()
	for _, text := range []string{"", "1", "1*0" + neighbour[3:]} {
		form := url.Values{"sessionId": {"neighbour"}, "phoneNumber": {"+" + neighbour}, "serviceCode": {chaosCode}, "text": {text}}
		if body, err := w.on[0].ask(t.Context(), form, false); err != nil {
			t.Fatalf("%v: %s", err, body)
		}
	}
}
