package proof_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine"
)

// A call is one caller with a phone, together with the gateway.
type call struct {
	*actor
	session, phone string
	// errands lists what the caller wants, in order. The last is a payment.
	errands []string
	// slips counts the wrong PINs still to type, noes the consents still to refuse.
	slips, noes int
	// blunders counts the invalid amounts still to type.
	blunders int
	star     bool // the note contains a star
	want     string

	callbacks  []*callback
	deliveries int
	// upset counts the faults of the session's record, hindrances those of its actions.
	upset, hindrances int
	seen              map[string]bool // screens
}

// A callback is one text of a call. It may be delivered any number of times.
type callback struct {
	n      int
	text   string
	expect string // the screen that should be shown
	// deliveries counts those that have arrived.
	deliveries int
	bytes      string // what was shown
	replies    chan engine.Reply
}

func (w *world) newCall(i int) *call {
	c := &call{actor: w.newActor(10 + callNumbers*i), session: fmt.Sprintf("S%d", i), phone: fmt.Sprintf("25471100000%d", i), seen: map[string]bool{}}
	for _, errand := range []string{"Note", "Enrol", "Note"} {
		if c.odds(4) {
			c.errands = append(c.errands, errand)
		}
	}
	c.errands = append(c.errands, "Pay")
	if c.odds(4) {
		c.noes = 1
		c.errands = append(c.errands, "Pay")
	}
	if c.odds(3) {
		c.slips = 1
	}
	c.star = c.odds(3)
	if c.odds(3) {
		c.blunders = 1
	}
	return c
}

func (c *call) key() string { return "ussd:session:" + c.session }

func (c *call) disturbed(how string) {
	c.upset++
	c.w.note(c.actor, "disturbed", how)
}

func (c *call) hindered(how string) {
	c.hindrances++
	c.w.note(c.actor, "hindered", how)
}

// These are the times of a call. A gateway gives up after ten seconds.
const (
	thinking     = 150 * time.Millisecond
	patience     = 6 * time.Second
	lateness     = 2 * time.Second
	maxCallbacks = 24
	maxTries     = 3
)

func (c *call) run() {
	defer c.w.handOver()
	var typed []string
	expect := "main"
	for range maxCallbacks {
		c.wait(thinking)
		reply, ok := c.ask(strings.Join(typed, "*"), expect)
		if !ok || reply.End {
			return
		}
		var input string
		if input, expect, ok = c.react(reply); !ok {
			return
		}
		typed = append(typed, input)
		if c.want != "" {
			c.w.asked[effectName(c.session, strings.Join(typed, "*"), c.want)] = true
		}
	}
}

// ask sends a callback until one delivery is answered. Sometimes it sends more, at once
// and late.
func (c *call) ask(text, expect string) (engine.Reply, bool) {
	cb := &callback{n: len(c.callbacks), text: text, expect: expect, replies: make(chan engine.Reply, 4*maxTries)}
	c.callbacks = append(c.callbacks, cb)
	for range maxTries {
		c.deliver(cb, shortWait)
		if c.odds(4) && c.mayRepeat(cb) {
			c.deliver(cb, shortWait)
		}
		if c.odds(5) && c.mayRepeat(cb) {
			c.deliver(cb, lateness)
		}
		timer := time.NewTimer(patience)
		c.w.handOver()
		select {
		case reply := <-cb.replies:
			timer.Stop()
			c.wait(time.Millisecond)
			return reply, true
		case <-timer.C:
			c.w.handOver()
		}
	}
	return engine.Reply{}, false
}

// mayRepeat reports whether the gateway may repeat a callback. The first callback of a
// call has an empty text. Repeated after its record was lost, it begins the call again,
// on the menu now in force. The engine relies on gateways not to repeat it while a menu
// is replaced.
func (c *call) mayRepeat(cb *callback) bool { return cb.text != "" || !c.w.faults.newMenu }

// deliver sends a callback to one of the instances.
func (c *call) deliver(cb *callback, within time.Duration) {
	c.deliveries++
	d := c.w.newActor(c.number + c.deliveries)
	d.call, d.text = c, cb.text
	c.w.done.Go(func() {
		defer c.w.handOver()
		d.wait(within)
		d.on = c.w.on[d.random.IntN(len(c.w.on))]
		d.life = d.on.life
		c.w.note(d, "callback", cb.text)
		cb.deliveries++
		reply := d.on.runner.Handle(d.in(context.Background()), engine.Request{
			Provider: "test", Session: c.session, Caller: c.phone, Service: serviceCode, Text: cb.text,
		})
		d.point("reply")
		c.w.note(d, reply.Screen, reply.Text)
		c.judge(cb, reply)
		if c.w.faults.replies && d.odds(6) {
			c.w.note(d, "reply lost", "")
			return
		}
		cb.replies <- reply
	})
}

var optionLine = regexp.MustCompile(`(?m)^(\d)\. (\w+)$`)

// react returns what the caller types on a screen and the screen that should follow.
// It sets c.want to the effect that the caller asks for.
func (c *call) react(reply engine.Reply) (input, next string, ok bool) {
	c.want = ""
	switch reply.Screen {
	case "main":
		return c.choose(reply.Text)
	case "amount_ask":
		if c.blunders > 0 {
			c.blunders--
			return "5000000", "amount_ask", true
		}
		return "500", "sure", true
	case "sure":
		if c.noes > 0 {
			c.noes--
			return "2", "main", true
		}
		return "1", "pin_ask", true
	case "pin_ask":
		if c.slips > 0 {
			c.slips--
			c.want = "try"
			return wrongPIN, "pin_ask", true
		}
		c.want = "pay"
		return rightPIN, "paid", true
	case "note_ask":
		c.want = "note"
		if c.star {
			return "a*b", "noted", true
		}
		return "hello", "noted", true
	case "noted", "enrolled":
		return "1", "main", true
	}
	return "", "", false
}

// choose finds the next errand among the options by their words.
func (c *call) choose(text string) (input, next string, ok bool) {
	if len(c.errands) == 0 {
		return "", "", false
	}
	errand := c.errands[0]
	c.errands = c.errands[1:]
	for _, m := range optionLine.FindAllStringSubmatch(text, -1) {
		if m[2] != errand {
			continue
		}
		switch errand {
		case "Enrol":
			c.want = "enrol"
			return m[1], "enrolled", true
		case "Note":
			return m[1], "note_ask", true
		}
		return m[1], "amount_ask", true
	}
	return "", "", false
}
