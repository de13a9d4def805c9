package proof_test

import (
	"context"
	"maps"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/sqlite"
)

// A tally counts what schedules showed.
type tally struct {
	mu              sync.Mutex
	played, effects int
	broken          map[string]int
	examples        map[string]example
	once            bool // one broken schedule is enough
}

// An example is a broken schedule with few deviations.
type example struct {
	set       *setting
	decisions []int
	cost      int
}

func newTally() *tally { return &tally{broken: map[string]int{}, examples: map[string]example{}} }

// enough reports whether no more schedules are asked for.
func (t *tally) enough() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.once && len(t.broken) > 0
}

func (t *tally) add(w *world) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.played++
	t.effects += len(w.effects)
	if len(w.wrong) == 0 {
		return
	}
	k := w.kindOf()
	t.broken[k]++
	cost := 0
	for _, v := range w.ch.out {
		if v != 0 {
			cost++
		}
	}
	if e, ok := t.examples[k]; !ok || cost < e.cost {
		t.examples[k] = example{w.set, slices.Clone(w.ch.out), cost}
	}
}

// report fails the test for every kind of broken schedule, with one told in full.
func (t *tally) report(test *testing.T) {
	test.Helper()
	test.Logf("%d schedules, %d effects, broken: %v", t.played, t.effects, t.broken)
	for _, k := range slices.Sorted(maps.Keys(t.examples)) {
		e := t.examples[k]
		test.Errorf("%s, %d times; for example in the menu %q:\n%s", k, t.broken[k], e.set.menu.name, story(e.set, e.decisions))
	}
}

// eachMenu calls play with a setting for each menu, several at once.
func eachMenu(t *testing.T, change func(*setting), play func(set *setting, number int)) {
	t.Helper()
	var all sync.WaitGroup
	work := make(chan func())
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			for f := range work {
				f()
			}
		})
	}
	for number, m := range menus() {
		set, err := newSetting(m)
		if err != nil {
			t.Fatal(err)
		}
		set.faults = mostFaults
		change(set)
		work <- func() { play(set, number) }
	}
	close(work)
	all.Wait()
}

// mostFaults bounds the faults of a random schedule.
const mostFaults = 4

// random plays n random schedules, shared among the menus.
func random(t *testing.T, n int, change func(*setting)) *tally {
	t.Helper()
	total := newTally()
	total.random(t, n, change)
	return total
}

// random adds n random schedules, shared among the menus.
func (t *tally) random(test *testing.T, n int, change func(*setting)) {
	test.Helper()
	each := max(1, n/len(menus()))
	eachMenu(test, change, func(set *setting, number int) {
		for i := range each {
			if t.enough() {
				return
			}
			rng := rand.New(rand.NewPCG(uint64(number), uint64(i)))
			odds := []float64{0.05, 0.1, 0.2, 0.4}[rng.IntN(4)]
			t.add(play(set, &chooser{rng: rng, odds: odds}))
		}
	})
}

// counted returns how many of something a test run does, which a variable may set.
func counted(t *testing.T, name string, otherwise int) int {
	t.Helper()
	s := os.Getenv(name)
	if s == "" {
		return otherwise
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		t.Fatalf("%s is %q; set it to a number", name, s)
	}
	return n
}

// TestSchedules plays random schedules with up to four faults.
func TestSchedules(t *testing.T) {
	random(t, counted(t, "PAYTRACE_SCHEDULES", defaultSchedules), func(*setting) {}).report(t)
}

// TestSchedulesWithMemory plays schedules whose instances remember the sessions that they
// saved, and save before they load.
func TestSchedulesWithMemory(t *testing.T) {
	n := counted(t, "PAYTRACE_SCHEDULES", defaultSchedules)
	random(t, max(1, n/5), func(s *setting) { s.remember = true }).report(t)
}

// TestSchedulesWhileTheKeyChanges plays schedules of which each instance names new calls
// with another identity key.
func TestSchedulesWhileTheKeyChanges(t *testing.T) {
	n := counted(t, "PAYTRACE_SCHEDULES", defaultSchedules)
	random(t, max(1, n/5), func(s *setting) { s.twoKeys, s.remember = true, true }).report(t)
}

// TestSchedulesOfLastInputs plays schedules of a gateway that sends only the last input.
func TestSchedulesOfLastInputs(t *testing.T) {
	n := counted(t, "PAYTRACE_SCHEDULES", defaultSchedules)
	random(t, max(1, n/5), func(s *setting) { s.lastInput = true }).report(t)
}

// TestDeviations plays every schedule with at most one deviation from the plain way, or
// as many as PAYTRACE_DEVIATIONS says. With the race detector it plays a part of them.
func TestDeviations(t *testing.T) {
	n := counted(t, "PAYTRACE_DEVIATIONS", 1)
	total := newTally()
	eachMenu(t, func(*setting) {}, func(set *setting, _ int) { deviate(set, n, deviationsEvery, total.add) })
	total.report(t)
}

// TestSchedulesOnSQLite plays schedules on the real database. Other deliveries run before
// and after its transactions, not inside.
func TestSchedulesOnSQLite(t *testing.T) {
	random(t, storeSchedules, func(s *setting) {
		s.open = func() (store.Store, error) {
			return sqlite.OpenMemory(context.Background(), sqlite.Config{Now: func() time.Time { return now }})
		}
	}).report(t)
}

// TestControls shows that the schedules find what is missing.
func TestControls(t *testing.T) {
	for name, control := range map[string]control{
		"no fence":                      noFence,
		"no snapshot":                   noSnapshot,
		"no rows":                       noRows,
		"a refused star is not logged":  noStars,
		"the other key is not known":    noOtherKey,
		"stars are taken":               starsTaken,
		"only recovery moves the epoch": actsKeepEpoch,
	} {
		t.Run(name, func(t *testing.T) {
			total := newTally()
			total.once = true
			total.random(t, controlSchedules, func(s *setting) { s.control, s.twoKeys = control, control == noOtherKey })
			t.Logf("%d schedules, broken: %v", total.played, total.broken)
			if len(total.broken) == 0 {
				t.Errorf("%d schedules found no fault; they prove nothing", total.played)
			}
		})
	}
}

// controlSchedules is how many schedules a control plays at most. The slowest, without the log of
// stars, is broken by one in some hundred.
const controlSchedules = 2_000

// TestSeedReproduces shows that the same decisions make the same schedule.
func TestSeedReproduces(t *testing.T) {
	set, err := newSetting(menus()[3])
	if err != nil {
		t.Fatal(err)
	}
	set.faults = mostFaults
	rng := rand.New(rand.NewPCG(1, 2))
	w := play(set, &chooser{rng: rng, odds: 0.2})
	if one, two := story(set, w.ch.out), story(set, w.ch.out); one != two {
		t.Errorf("one schedule, two stories:\n%s\n\n%s", one, two)
	}
}
