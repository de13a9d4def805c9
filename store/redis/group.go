package redis

import (
	"errors"
	"slices"
	"sync"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

// group sends the commands of several callbacks together while roundTrips are in
// flight: a callback then costs a part of a write and a read instead of both. Until
// then a command is sent at once and alone, so that no command waits for others.
//
// The caller that sends a round trip waits for all its answers, and then wakes the
// first waiting caller to send the next one. No goroutine outlives a command. A
// command does not wait beyond its own deadline (except for slack), since those
// before it have earlier ones. A command with an earlier deadline is sent alone.
type group struct {
	client goredis.UniversalClient

	mu      sync.Mutex
	busy    int       // round trips in flight
	latest  time.Time // the latest deadline so far
	waiting []*member
}

const (
	// roundTrips is how many may be in flight before commands are sent together. A
	// Redis in the same network answers some thousands of commands a second on each.
	roundTrips = 2
	// mostTogether bounds the commands of a round trip. With records of a few hundred
	// bytes they fit into a socket's buffer, so neither side waits for the other to
	// read.
	mostTogether = 64
	// slack is how far the deadlines of concurrent commands may be out of order: each
	// is set a moment before it is compared.
	slack = 5 * time.Millisecond
)

// member is a waiting command.
type member struct {
	ctx *bounded
	cmd goredis.Cmder
	// turn receives once: nil if another caller sent the command, else the commands
	// that this caller has to send, its own first.
	turn chan []*member
}

// errNotSent means that the caller that had to send the command panicked.
var errNotSent = errors.New("the command was not sent")

var members = sync.Pool{New: func() any { return &member{turn: make(chan []*member, 1)} }}

// process sends a command and stores the answer in it.
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

// send sends the commands that have time left. The first has the least, except for
// slack.
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
	// Each command has its own error, unless Redis refused the connection.
	if err == nil || slices.ContainsFunc(all, func(m *member) bool { return m.cmd.Err() != nil }) {
		return
	}
	for _, m := range all {
		m.cmd.SetErr(err)
	}
}

// pass wakes a waiting caller to send the next round trip, or ends this one.
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
