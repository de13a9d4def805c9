package proof_test

import (
	"context"
	"math/rand/v2"
	"runtime"
	"time"

	"github.com/paytrace/paytrace/engine/runner"
)

// actor is one of those who act at once in a simulated world: a caller, a
// callback that is being answered, a disturber.
//
// Exactly one runs at a time. Each hands over by waiting on the bubble's clock
// and wakes at an instant that is its own: within a microsecond, the nanosecond
// of its number. Each draws from a random stream of its own. So the order of
// all that happens depends on the seed alone.
type actor struct {
	w      *world
	number int
	random *rand.Rand

	// Of a callback that is being answered: where, since which start of that
	// instance, and for whom.
	on   *instance
	life int
	call *call
	text string
}

// maxActors is how many wake-ups fit into a microsecond.
const maxActors = 1000

func (w *world) newActor(number int) *actor {
	if number >= maxActors {
		panic("more actors than a microsecond has wake-ups")
	}
	return &actor{w: w, number: number, random: rand.New(rand.NewPCG(w.seed, uint64(number)))}
}

// wait hands over for up to most. Waits of the code under test are whole
// microseconds and keep the actor's own nanosecond.
func (a *actor) wait(most time.Duration) {
	a.w.fence()
	now := time.Since(a.w.began)
	steps := 1 + a.random.Int64N(int64(most/time.Microsecond))
	next := now.Truncate(time.Microsecond) + time.Duration(steps)*time.Microsecond + time.Duration(a.number)
	<-time.After(next - now)
	a.w.fence()
}

// odds is true once in n.
func (a *actor) odds(n int) bool { return a.random.IntN(n) == 0 }

// Waits at a point are mostly short, so that callbacks overlap, and now and then
// long, so that one overtakes another by several steps.
const (
	shortWait = 4 * time.Millisecond
	longWait  = 120 * time.Millisecond
	longOdds  = 10
	crashOdds = 40
)

// point is a place between a callback's receipt and its reply at which another
// actor may run, and at which the instance may be killed. A killed instance
// abandons all its callbacks where they stand.
func (a *actor) point(label string) {
	most := shortWait
	if a.odds(longOdds) {
		most = longWait
	}
	a.wait(most)
	if a.life != a.on.life {
		a.w.note(a, "dead at "+label, "")
		runtime.Goexit()
	}
	a.w.note(a, label, "")
	if a.w.faults.crash && a.odds(crashOdds) {
		a.w.start(a.on)
		a.w.note(a, "killed", "")
		runtime.Goexit()
	}
}

type actorKey struct{}

func (a *actor) in(ctx context.Context) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

func actorOf(ctx context.Context) *actor { return ctx.Value(actorKey{}).(*actor) }

// instance is one process of the service.
type instance struct {
	life   int // how often it was started
	runner *runner.Runner
}
