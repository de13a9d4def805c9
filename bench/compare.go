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

// A server may work on for leftover after its last answer: the notes of a second are
// stored together. For idle after that, it shows what it spends without load.
const (
	leftover = 2 * time.Second
	idle     = 5 * time.Second
)

// compare loads servers in turn, in a new order each round, and prints the medians
// over all rounds.
func (b *bench) compare(ctx context.Context, d *dialogue, c comparison) error {
	client, err := redis.Client(redis.Config{URL: secret.New(b.redis)})
	if err != nil {
		return err
	}
	defer func() { _ = client.Close() }()
	m := measured{slots: map[*target][]slot{}, idle: map[*target]float64{}}
	for round := -b.Warm; round < b.Rounds; round++ {
		for _, i := range b.random.Perm(len(c.targets)) {
			t := c.targets[i]
			s, err := b.turn(ctx, t, d, client)
			if err != nil {
				return err
			}
			m.charge(t, s.start)
			if round >= 0 {
				m.slots[t] = append(m.slots[t], s)
			}
		}
	}
	if err := m.quiet(ctx, c.targets); err != nil {
		return err
	}
	return b.print(d, c, m)
}

// measured has the slots of each server, and the CPU time that it spends without load,
// of each second.
type measured struct {
	slots map[*target][]slot
	idle  map[*target]float64
}

// charge adds all that a server has spent until now to its last slot: what a server
// leaves for later belongs to the callbacks that caused it.
func (m *measured) charge(t *target, now reading) {
	if n := len(m.slots[t]); n > 0 {
		s := &m.slots[t][n-1]
		s.spent, s.alone = now.cpu-s.start.cpu, now.at.Sub(s.start.at)-s.took
	}
}

// quiet charges the last slots, and measures all servers without load.
func (m *measured) quiet(ctx context.Context, targets []*target) error {
	var before []reading
	for _, wait := range []time.Duration{leftover, idle} {
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return ctx.Err()
		}
		for i, t := range targets {
			now, err := t.read()
			switch {
			case err != nil:
				return err
			case wait == leftover:
				m.charge(t, now)
				before = append(before, now)
			default:
				m.idle[t] = (now.cpu - before[i].cpu).Seconds() / now.at.Sub(before[i].at).Seconds()
			}
		}
	}
	return nil
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

func (b *bench) print(d *dialogue, c comparison, m measured) error {
	fmt.Fprintf(b.out, "  %-15s %10s %12s %10s %10s %8s %9s %10s\n", "", "CPU", "callbacks/s", "median", "p99", "p99/med", "to Redis", "idle")
	for _, t := range c.targets {
		of := func(figure func(slot) float64) float64 { return b.median(m.slots[t], figure) }
		fmt.Fprintf(b.out, "  %-15s %7.2f µs %12.0f %7.2f ms %7.2f ms %8.2f %9.2f %5.1f ms/s\n", t.name,
			of(func(s slot) float64 { return s.perCallback(m.idle[t]) }), of(slot.perSecond),
			of(func(s slot) float64 { return s.median.Seconds() * 1000 }), of(func(s slot) float64 { return s.p99.Seconds() * 1000 }),
			of(slot.tail), of(slot.toRedis), m.idle[t]*1000)
	}
	for _, p := range c.ratios {
		fmt.Fprintf(b.out, "  %-32s %s\n", p.of.name+" / "+p.to.name+":", b.ratio(m, p))
	}
	var differ []string
	for _, p := range c.copies {
		copies := b.ratio(m, p)
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
func (b *bench) ratio(m measured, p pair) spread {
	var all []float64
	for i := range m.slots[p.of] {
		all = append(all, m.slots[p.of][i].perCallback(m.idle[p.of])/m.slots[p.to][i].perCallback(m.idle[p.to]))
	}
	return summarize(all, b.random)
}
