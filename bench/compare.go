package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/paytrace/paytrace/engine/secret"
	"github.com/paytrace/paytrace/store/redis"
)

// comparison says which servers to load in turn, and what to print of them.
type comparison struct {
	targets []*target
	// ratios are printed.
	ratios []pair
	// copies are two servers of one program each. How much they differ tells whether
	// the ratios are worth anything.
	copies []pair
}

// pair is a server and the one that it is divided by.
type pair struct{ of, to *target }

// idle is how long a server may work on after its last answer: the notes of a second
// are stored together.
const idle = 2 * time.Second

// compare loads servers in turn, in a new order each round, and prints the medians
// over all rounds.
func (b *bench) compare(ctx context.Context, d *dialogue, c comparison) error {
	client, err := redis.Client(redis.Config{URL: secret.New(b.redis)})
	if err != nil {
		return err
	}
	defer func() { _ = client.Close() }()
	slots := map[*target][]slot{}
	for round := -b.Warm; round < b.Rounds; round++ {
		for _, i := range b.random.Perm(len(c.targets)) {
			t := c.targets[i]
			s, err := b.turn(ctx, t, d, client)
			if err != nil {
				return err
			}
			charge(slots[t], s.began)
			if round >= 0 {
				slots[t] = append(slots[t], s)
			}
		}
	}
	select {
	case <-time.After(idle):
	case <-ctx.Done():
		return ctx.Err()
	}
	for _, t := range c.targets {
		now, err := cpu(t.pid)
		if err != nil {
			return err
		}
		charge(slots[t], now)
	}
	return b.print(d, c, slots)
}

// turn loads one server and counts the commands that Redis got: a server that did
// without would be no comparison.
func (b *bench) turn(ctx context.Context, t *target, d *dialogue, client goredis.UniversalClient) (slot, error) {
	sent, err := commands(ctx, client)
	if err != nil {
		return slot{}, err
	}
	s, err := t.load(d, b.Slot)
	if err != nil {
		return slot{}, err
	}
	more, err := commands(ctx, client)
	s.commands = more - sent
	return s, err
}

// charge adds all that a server has spent until now to its last slot:
// what a server leaves for later belongs to the callbacks that caused it.
func charge(slots []slot, now time.Duration) {
	if n := len(slots); n > 0 {
		slots[n-1].spent = now - slots[n-1].began
	}
}

func (b *bench) print(d *dialogue, c comparison, slots map[*target][]slot) error {
	fmt.Fprintf(b.out, "  %-15s %10s %12s %10s %10s %8s %9s\n", "", "CPU", "callbacks/s", "median", "p99", "p99/med", "to Redis")
	for _, t := range c.targets {
		of := func(figure func(slot) float64) float64 { return b.median(slots[t], figure) }
		fmt.Fprintf(b.out, "  %-15s %7.2f µs %12.0f %7.2f ms %7.2f ms %8.2f %9.2f\n", t.name, of(slot.perCallback), of(slot.perSecond),
			of(func(s slot) float64 { return s.median.Seconds() * 1000 }), of(func(s slot) float64 { return s.p99.Seconds() * 1000 }),
			of(slot.tail), of(slot.toRedis))
	}
	for _, p := range c.ratios {
		fmt.Fprintf(b.out, "  %-32s %s\n", p.of.name+" / "+p.to.name+":", b.ratio(slots[p.of], slots[p.to]))
	}
	var differ []string
	for _, p := range c.copies {
		copies := b.ratio(slots[p.of], slots[p.to])
		fmt.Fprintf(b.out, "  %-32s %s\n", "two copies of "+p.to.name+":", copies)
		if copies.median < 1-apart || copies.median > 1+apart {
			differ = append(differ, p.to.name)
		}
	}
	fmt.Fprintln(b.out)
	if differ != nil {
		return fmt.Errorf("%w by more than %.0f %% (%s: %s)", errVoid, apart*100, d.name, strings.Join(differ, ", "))
	}
	return nil
}

func (b *bench) median(slots []slot, of func(slot) float64) float64 {
	var all []float64
	for _, s := range slots {
		all = append(all, of(s))
	}
	return median(all)
}

// commands is how many round trips for records Redis has seen: each is a GET, or
// a script that runs one, and Redis counts both alike.
func commands(ctx context.Context, client goredis.UniversalClient) (n int, err error) {
	info, err := client.Info(ctx, "commandstats").Result()
	for line := range strings.Lines(info) {
		if _, err := fmt.Sscanf(line, "cmdstat_get:calls=%d,", &n); err == nil {
			break
		}
	}
	return n, err
}

// ratio compares within each round, where both had the same machine.
func (b *bench) ratio(of, to []slot) spread {
	var all []float64
	for i := range of {
		all = append(all, of[i].perCallback()/to[i].perCallback())
	}
	return summarize(all, b.random)
}
