package proof_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
)

// The pace of the faults. Every 200 ms an instance is killed, if both run: on
// two busy cores one is back after 0.2 to 0.4 s. A cut connection costs as much
// as many actions, so cuts are rarer.
const (
	killEvery  = 200 * time.Millisecond
	loseEvery  = 1500 * time.Millisecond
	cutEvery   = 800 * time.Millisecond
	aimFor     = 100 * time.Millisecond // how long a strike waits for something to hit
	aimEvery   = time.Millisecond
	mostCut    = 1 // backends per strike: a second one would mostly be a retry of the first
	cutTimeout = 5 * time.Second
)

// strikes counts how often a kind of fault struck, and how many actions it hit
// in flight.
type strikes struct{ times, hit atomic.Int64 }

// chaosFaults strike until ctx ends.
type chaosFaults struct {
	chaosRun
	w                   *chaosWorld
	kills, losses, cuts strikes
	running             sync.WaitGroup
	failed              atomic.Pointer[error]
	victims             *rand.Rand // of killInstance alone
	cutter              *pgx.Conn  // of cutPostgres alone
}

func (f *chaosFaults) run(ctx context.Context) {
	kinds := map[time.Duration]func(context.Context) error{killEvery: f.killInstance, cutEvery: f.cutPostgres}
	if f.loseRedis {
		kinds[loseEvery] = f.killRedis
	}
	for every, strike := range kinds {
		f.running.Go(func() {
			tick := time.NewTicker(every)
			defer tick.Stop()
			for {
				select {
				case <-ctx.Done():
					return
				case <-tick.C:
				}
				if err := strike(ctx); err != nil && ctx.Err() == nil {
					f.failed.CompareAndSwap(nil, &err)
					return
				}
			}
		})
	}
}

// aim waits a short time for actions in flight.
func aim(ctx context.Context, busy func() int) {
	deadline := time.NewTimer(aimFor)
	defer deadline.Stop()
	tick := time.NewTicker(aimEvery)
	defer tick.Stop()
	for busy() == 0 {
		select {
		case <-ctx.Done():
			return
		case <-deadline.C:
			return
		case <-tick.C:
		}
	}
}

// killInstance kills one instance while both run, in a storm also the last one.
// It starts it again in parallel to the next strike. Some live long enough to
// start their jobs, most do not.
func (f *chaosFaults) killInstance(ctx context.Context) error {
	victim := f.victims.IntN(len(f.w.on))
	p, other := f.w.on[victim], f.w.on[1-victim]
	if f.storm && !p.up() {
		p, other = other, p
	}
	if !p.up() || !f.storm && !other.up() {
		return nil
	}
	aim(ctx, p.busy)
	f.kills.times.Add(1)
	f.kills.hit.Add(int64(p.kill()))
	f.running.Go(func() {
		// Also after the last strike: repeated callbacks need an answer.
		if err := f.w.start(p); err != nil {
			f.failed.CompareAndSwap(nil, &err)
		}
	})
	return nil
}

// killRedis kills Redis and starts it again, empty.
func (f *chaosFaults) killRedis(ctx context.Context) error {
	aim(ctx, f.w.busy)
	f.losses.times.Add(1)
	f.losses.hit.Add(int64(f.w.busy()))
	if err := f.w.redis.Kill(); err != nil {
		return err
	}
	return f.w.redis.Start(f.w.ctx)
}

// cut ends backends that are inside an action's transaction.
const cut = `SELECT count(pg_terminate_backend(pid)) FROM (
	SELECT pid FROM pg_stat_activity
	WHERE application_name = 'paytrace' AND xact_start IS NOT NULL AND pid <> pg_backend_pid() LIMIT $1) AS struck`

// cutPostgres looks for a transaction to cut while actions are in flight, and
// only then: a look takes server time from the callbacks.
func (f *chaosFaults) cutPostgres(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cutTimeout)
	defer cancel()
	hit := 0
	for until := time.Now().Add(aimFor); hit == 0 && time.Now().Before(until); {
		aim(ctx, f.w.busy)
		if err := f.cutter.QueryRow(ctx, cut, mostCut).Scan(&hit); err != nil {
			return err
		}
		<-time.After(aimEvery)
	}
	f.cuts.times.Add(1)
	f.cuts.hit.Add(int64(hit))
	return nil
}

// until waits until the time is over and, if that counts, every kind of fault
// has struck enough.
func (f *chaosFaults) until(ctx context.Context, stop func(), least time.Duration) {
	defer stop()
	began := time.Now()
	tick := time.NewTicker(killEvery)
	defer tick.Stop()
	for {
		enough := min(f.kills.hit.Load(), f.losses.hit.Load(), f.cuts.hit.Load()) >= int64(f.hits)
		if time.Since(began) >= least && (enough || f.hits == 0) || f.failed.Load() != nil {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
