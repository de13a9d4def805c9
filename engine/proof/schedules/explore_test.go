package schedules_test

import (
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"testing"
)

// A tally counts what schedules showed.
type tally struct {
	mu       sync.Mutex
	played   int
	effects  int
	broken   map[string]int
	examples map[string]example
}

type example struct {
	set       *setting
	decisions []int
	cost      int
}

func newTally() *tally { return &tally{broken: map[string]int{}, examples: map[string]example{}} }

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

// random plays n random schedules, shared among the menus.
func random(t *testing.T, n int, change func(*setting)) *tally {
	t.Helper()
	total := newTally()
	var all sync.WaitGroup
	work := make(chan func())
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			for f := range work {
				f()
			}
		})
	}
	each := max(1, n/len(menus()))
	for m, menu := range menus() {
		set, err := newSetting(menu)
		if err != nil {
			t.Fatal(err)
		}
		set.faults = mostFaults
		change(set)
		work <- func() {
			for i := range each {
				rng := rand.New(rand.NewPCG(uint64(m), uint64(i)))
				odds := []float64{0.05, 0.1, 0.2, 0.4}[rng.IntN(4)]
				total.add(play(set, &chooser{rng: rng, odds: odds}))
			}
		}
	}
	close(work)
	all.Wait()
	return total
}

// mostFaults bounds the faults of a schedule.
const mostFaults = 4

// schedules returns how many schedules a test run plays.
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

const (
	defaultSchedules = 4_000
	controlSchedules = 1_000
)

// TestNothingHappensTwice plays random schedules with up to four faults, among them
// typed stars, records that come back, and menus and lists that change in mid-call. In
// none does an action run twice for one callback.
//
// The schedules are harder than the guarantees of today: in one of eleven, an answer is
// taken for a screen that the caller has not seen, a value is not the caller's, or two
// copies of a callback get two answers. The test prints how often.
func TestNothingHappensTwice(t *testing.T) {
	total := random(t, schedules(t), func(*setting) {})
	t.Logf("%d schedules, %d effects, broken: %v", total.played, total.effects, total.broken)
	if e, ok := total.examples["twice"]; ok {
		t.Errorf("twice in %d schedules; for example in the menu %q:\n%s", total.broken["twice"], e.set.menu.name, story(e.set, e.decisions))
	}
	if total.effects < total.played {
		t.Errorf("%d effects in %d schedules: too few to mean anything", total.effects, total.played)
	}
}

// TestWithoutTheLog is the control: without the log of actions, the same schedules run
// actions twice.
func TestWithoutTheLog(t *testing.T) {
	total := random(t, controlSchedules, func(s *setting) { s.control = noLog })
	if total.broken["twice"] == 0 {
		t.Errorf("%d schedules without a log found no action that ran twice; they prove nothing", total.played)
	}
}

// TestDecisionsReproduce shows that the same decisions make the same schedule.
func TestDecisionsReproduce(t *testing.T) {
	set, err := newSetting(menus()[3])
	if err != nil {
		t.Fatal(err)
	}
	set.faults = mostFaults
	w := play(set, &chooser{rng: rand.New(rand.NewPCG(1, 2)), odds: 0.2})
	if one, two := story(set, w.ch.out), story(set, w.ch.out); one != two {
		t.Errorf("one schedule, two stories:\n%s\n\n%s", one, two)
	}
}
