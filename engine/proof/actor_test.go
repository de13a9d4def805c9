package proof_test

import (
	"context"
	"math/rand/v2"
	"runtime"
	"time"

	"github.com/paytrace/paytrace/engine/runner"
)

// An actor is one of several who act at the same time in a simulated world: a caller,
// a callback that is being answered, a disturber.
//
// Exactly one runs at a time. It hands over by waiting on the bubble's clock and wakes
// at an instant of its own: within a microsecond, the nanosecond of its number. It draws
// from its own random stream. So the order of events depends only on the seed.
type actor struct {
	w      *world
	number int
	random *rand.Rand

	// A callback that is being answered has these: its instance, the start of that
	// instance, its call and its text.
	on   *instance
	life int
	call *call
	text string
}

// maxActors is how many instants a microsecond has.
const maxActors = 1000

func (w *world) newActor(number int) *actor {
	if number >= maxActors {
		panic("more actors than a microsecond has instants")
	}
	return &actor{w: w, number: number, random: rand.New(rand.NewPCG(w.seed, uint64(number)))}
}

// wait hands over for at most that long. Waits of the code under test are whole
// microseconds and keep the actor's own nanosecond.
func (a *actor) wait(most time.Duration) {
	a.w.handOver()
	now := time.Since(a.w.began)
	steps := 1 + a.random.Int64N(int64(most/time.Microsecond))
	next := now.Truncate(time.Microsecond) + time.Duration(steps)*time.Microsecond + time.Duration(a.number)
	<-time.After(next - now)
	a.w.handOver()
}

// odds returns true once in n times.
func (a *actor) odds(n int) bool { return a.random.IntN(n) == 0 }

// Waits at a point are mostly short, to let callbacks overlap, and sometimes long, to
// let one overtake another by several steps.
const (
	shortWait = 4 * time.Millisecond
	longWait  = 120 * time.Millisecond
	longOdds  = 10
	crashOdds = 40
)

// point marks a place between a callback and its reply at which another actor may run
// and the instance may be killed. A killed instance abandons all its callbacks.
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

// An instance is one process of the service.
type instance struct {
	life   int // how often it was started
	runner *runner.Runner
}
