package proof_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// chaosGateway delivers the callbacks of many callers at a steady rate and
// records every answer. It delivers some callbacks twice at once and some again
// later.
type chaosGateway struct {
	w *chaosWorld
	// Deliveries are due at fixed times. Callers do not wait for a service: an
	// overdue delivery goes out as soon as it can.
	began time.Time
	every time.Duration
	slots atomic.Int64 // taken so far

	mu    sync.Mutex
	calls []*chaosCaller
	late  sync.WaitGroup

	deliveries, answers, writes atomic.Int64
}

// chaosCaller makes one call from one phone.
type chaosCaller struct {
	gateway        *chaosGateway
	session, phone string
	scenes         []scene
	random         *rand.Rand

	mu        sync.Mutex
	callbacks []*chaosCallback
}

// chaosCallback is one text of a call, with any number of deliveries.
type chaosCallback struct {
	n       int
	text    string
	scene   scene
	scenes  []scene // those so far
	first   string  // the answer that went to the phone
	answers []chaosAnswer
}

// chaosAnswer holds the answer to one delivery, and which callback was the
// newest then: a delivery after a newer callback may show that one's screen.
type chaosAnswer struct {
	body   string
	newest int
}

// Odds and times of a gateway's repeats.
const (
	duplicateOdds = 4 // one in so many goes to both instances at once
	lateOdds      = 5 // … is delivered again later
	lateness      = 700 * time.Millisecond
	triesMost     = 2000
	callbacksMost = 40 // of one caller: the call has nine
	tryAgain      = 15 * time.Millisecond
)

// call makes one call from its first screen to its last.
func (g *chaosGateway) call(ctx context.Context, n int) {
	phone, friend := fmt.Sprintf("2547%08d", 11_000_000+n), fmt.Sprintf("2547%08d", 12_000_000+n)
	c := &chaosCaller{
		gateway: g, session: fmt.Sprintf("chaos%d", n), phone: phone, scenes: chaosCall(phone, friend),
		random: rand.New(rand.NewPCG(uint64(n), 0)),
	}
	g.mu.Lock()
	g.calls = append(g.calls, c)
	g.mu.Unlock()
	var typed []string
	for i, n := 0, 0; i < len(c.scenes) && n < callbacksMost; n++ {
		s := c.scenes[i]
		if i > 0 {
			typed = append(typed, s.input)
		}
		body := c.deliver(ctx, &chaosCallback{n: n, text: strings.Join(typed, "*"), scene: s, scenes: c.scenes[:i+1]})
		switch back := asked(c.scenes[:i+1], body); {
		case s.shows.MatchString(body):
			i++
		case back == 0:
			return
		default:
			i = back
		}
	}
}

// deliver sends a callback until one delivery is answered, and returns "" if
// none was.
func (c *chaosCaller) deliver(ctx context.Context, cb *chaosCallback) string {
	c.mu.Lock()
	c.callbacks = append(c.callbacks, cb)
	c.mu.Unlock()
	on := c.random.IntN(2)
	var duplicate sync.WaitGroup
	if c.random.IntN(duplicateOdds) == 0 {
		duplicate.Go(func() { _ = c.once(ctx, cb, 1-on) })
	}
	body := ""
	for try := 0; try < triesMost && body == ""; try++ {
		if to := (on + try) % 2; c.gateway.w.on[to].up() {
			body = c.once(ctx, cb, to)
		}
		if body == "" {
			<-time.After(tryAgain)
		}
	}
	duplicate.Wait()
	c.mu.Lock()
	cb.first = body
	c.mu.Unlock()
	if c.random.IntN(lateOdds) == 0 {
		wait := time.Duration(c.random.Int64N(int64(lateness)))
		c.gateway.late.Go(func() {
			<-time.After(wait)
			_ = c.once(ctx, cb, on)
		})
	}
	return body
}

// once delivers a callback once, and returns "" without an answer.
func (c *chaosCaller) once(ctx context.Context, cb *chaosCallback, on int) string {
	g := c.gateway
	due := g.began.Add(time.Duration(g.slots.Add(1)) * g.every)
	<-time.After(time.Until(due))
	g.deliveries.Add(1)
	writes := len(cb.scene.effects) > 0
	if writes {
		g.writes.Add(1)
	}
	form := url.Values{
		"sessionId": {c.session}, "phoneNumber": {"+" + c.phone}, "serviceCode": {chaosCode}, "networkCode": {"63902"}, "text": {cb.text},
	}
	body, err := g.w.on[on].ask(ctx, form, writes)
	if err != nil {
		return ""
	}
	g.answers.Add(1)
	c.mu.Lock()
	defer c.mu.Unlock()
	cb.answers = append(cb.answers, chaosAnswer{body, c.callbacks[len(c.callbacks)-1].n})
	return body
}
