package proof_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine"
)

// call is one caller with a phone, and the gateway between.
type call struct {
	*actor
	session, phone string
	// errands are what the caller wants, in order; a payment is the last.
	errands []string
	// slips are wrong PINs still to be typed, noes the consents to be refused.
	slips, noes int
	// blunders are amounts that are none, still to be typed.
	blunders int
	star     bool // the note has a star in it
	want     string

	callbacks  []*callback
	deliveries int
	// upset counts what befell the session's record, hindrances what befell its
	// actions.
	upset, hindrances int
	seen              map[string]bool // screens
}

// callback is one text of a call. It may be delivered any number of times.
type callback struct {
	n      int
	text   string
	expect string // the screen that should be shown
	// deliveries are those that have come in.
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

// Times of a call. A gateway gives up after ten seconds.
const (
	thinking     = 150 * time.Millisecond
	patience     = 6 * time.Second
	lateness     = 2 * time.Second
	maxCallbacks = 24
	maxTries     = 3
)

func (c *call) run() {
	defer c.w.fence()
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

// ask sends a callback until one delivery is answered, and some more often than
// that: at once, and late.
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
		c.w.fence()
		select {
		case reply := <-cb.replies:
			timer.Stop()
			c.wait(time.Millisecond)
			return reply, true
		case <-timer.C:
			c.w.fence()
		}
	}
	return engine.Reply{}, false
}

// mayRepeat: the first callback of a call has an empty text and tells nothing of
// what came before it. One that is repeated after its record was lost begins the
// call anew, and on the menu now in force; that no gateway repeats it while a
// menu is replaced is what the engine has to rely on.
func (c *call) mayRepeat(cb *callback) bool { return cb.text != "" || !c.w.faults.newMenu }

// deliver sends a callback to one of the instances.
func (c *call) deliver(cb *callback, within time.Duration) {
	c.deliveries++
	d := c.w.newActor(c.number + c.deliveries)
	d.call, d.text = c, cb.text
	c.w.done.Go(func() {
		defer c.w.fence()
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

// react is what the caller types at a screen, and the screen that should come.
// c.want is what the caller asks for with it.
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

// choose finds the next errand among the options as they are worded.
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
