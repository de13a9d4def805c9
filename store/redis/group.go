package redis

import (
	"errors"
	"slices"
	"sync"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

// group sends commands of many callbacks together once there are more of them
// than round trips under way: then a callback costs a part of a write and a read
// instead of both. Up to that a command is sent at once and alone, so that nobody
// waits for company.
//
// Whoever leads a round trip waits for the answers of all in it, and then hands
// the lead to the first one that has come in the meantime. No goroutine outlives
// a command, and no one waits beyond its own deadline (but for slack): those in
// front of it have earlier ones. One that has less time than they goes alone.
type group struct {
	client goredis.UniversalClient

	mu      sync.Mutex
	busy    int       // round trips under way
	latest  time.Time // the last of all deadlines so far
	waiting []*member
}

const (
	// roundTrips is how many are under way before commands are sent together. A
	// Redis in the same network takes some thousands of commands a second on each.
	roundTrips = 2
	// mostTogether bounds a round trip: with records of a few hundred bytes it is
	// less than a socket's buffer, so that neither side waits for the other to read.
	mostTogether = 64
	// slack is how much the deadlines of commands that come at once may be out of
	// order: each is set a moment before it is compared.
	slack = 5 * time.Millisecond
)

// member is a command that waits.
type member struct {
	ctx *bounded
	cmd goredis.Cmder
	// turn is told once: nil when the command was sent by another, and else those
	// that this one has to send, itself the first.
	turn chan []*member
}

// errNotSent: who was to send a command panicked.
var errNotSent = errors.New("the command was not sent")

var members = sync.Pool{New: func() any { return &member{turn: make(chan []*member, 1)} }}

// process sends a command; what came of it is in the command.
func (g *group) process(ctx *bounded, cmd goredis.Cmder) error {
	g.mu.Lock()
	if ctx.at.Before(g.latest.Add(-slack)) {
		g.mu.Unlock()
		within, cancel := ctx.timed()
		defer cancel()
		return g.client.Process(within, cmd)
	}
	if ctx.at.After(g.latest) {
		g.latest = ctx.at
	}
	if g.busy < roundTrips {
		g.busy++
		g.mu.Unlock()
		defer g.pass()
		return g.client.Process(ctx, cmd)
	}
	m := members.Get().(*member)
	m.ctx, m.cmd = ctx, cmd
	g.waiting = append(g.waiting, m)
	g.mu.Unlock()
	if all := <-m.turn; all != nil {
		g.together(all)
	}
	m.ctx, m.cmd = nil, nil
	members.Put(m)
	return cmd.Err()
}

// together sends the commands of all in one round trip.
func (g *group) together(all []*member) {
	sent := false
	defer func() {
		for _, m := range all[1:] {
			if !sent {
				m.cmd.SetErr(errNotSent)
			}
			m.turn <- nil
		}
		g.pass()
	}()
	g.send(all)
	sent = true
}

// send sends the commands of those that have time left. The first has the least,
// but for slack.
func (g *group) send(all []*member) {
	for all[0].ctx.Err() != nil {
		all[0].cmd.SetErr(all[0].ctx.Err())
		if all = all[1:]; len(all) == 0 {
			return
		}
	}
	within, cancel := all[0].ctx.timed()
	defer cancel()
	if len(all) == 1 {
		_ = g.client.Process(within, all[0].cmd)
		return
	}
	pipeline := g.client.Pipeline()
	for _, m := range all {
		_ = pipeline.Process(within, m.cmd)
	}
	_, err := pipeline.Exec(within)
	// Each command has its own error, but for what Redis refused the connection with.
	if err == nil || slices.ContainsFunc(all, func(m *member) bool { return m.cmd.Err() != nil }) {
		return
	}
	for _, m := range all {
		m.cmd.SetErr(err)
	}
}

// pass hands a round trip on to those that wait, or gives it back.
func (g *group) pass() {
	g.mu.Lock()
	n := min(len(g.waiting), mostTogether)
	if n == 0 {
		g.busy--
		g.mu.Unlock()
		return
	}
	all := make([]*member, n)
	copy(all, g.waiting)
	rest := copy(g.waiting, g.waiting[n:])
	clear(g.waiting[rest:])
	g.waiting = g.waiting[:rest]
	g.mu.Unlock()
	all[0].turn <- all
}
