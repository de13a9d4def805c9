package proof_test

import (
	"slices"
	"strings"

	"github.com/paytrace/paytrace/engine"
)

// judge compares one reply with the guarantees.
//
// While a session's record has no fault, every delivery of a callback shows the same
// bytes, the screen that the menu prescribes. One exception is by design: a delivery
// that arrives after a newer callback of its session shows the newer screen and moves
// nothing.
//
// After a record was lost, rolled back, not readable or not writable, a delivery may
// also
//   - end as expired: a result that the caller went on from can't be found;
//   - end as updated, if the menu was replaced as well;
//   - end as busy: a consent must be asked again but can't be saved, because the record
//     can't be read, or the record changed three times under the callback;
//   - show a screen of this call again, perhaps with a notice above it: a consent or a
//     secret that nobody can prove was shown, or the question of an older record, which
//     reads two inputs as one wrong answer (ADR 0004);
//   - show the question after a consent that was asked again: nobody knows here that
//     the reply to a late callback reached no phone.
//
// While the database fails, an action may end as pending, or as failed if it surely did
// nothing. A reply never says what is not true, no effect happens twice or without a
// request, and no call pays twice.
func (c *call) judge(cb *callback, reply engine.Reply) {
	c.judgeTruth(reply)
	shown := reply.Text
	if reply.End {
		shown += " (end)"
	}
	for _, other := range c.callbacks[cb.n:] {
		if other.bytes == shown {
			return
		}
	}
	newest := c.callbacks[len(c.callbacks)-1]
	switch {
	case cb.bytes == "":
		newest = cb
	case newest == cb || newest.bytes != "":
		if !c.excused(reply) {
			c.w.wrongf("%s: callback %q was answered %q, and now %q", c.session, cb.text, cb.bytes, shown)
		}
		return
	}
	if reply.Screen != newest.expect && !c.excused(reply) {
		c.w.wrongf("%s: callback %q shows %q, expected the screen %s (fault: %v)", c.session, newest.text, shown, newest.expect, reply.Fault)
	}
	// The reply to a late callback without a record reaches no phone.
	if reply.Screen == "(failed)" && (cb == c.callbacks[len(c.callbacks)-1] || c.upset == 0) {
		c.judgeFailed(newest)
	}
	newest.bytes = shown
	c.seen[reply.Screen] = true
	c.seen[newest.expect] = true
}

// excused reports whether the faults of the session allow another reply than the
// menu's.
func (c *call) excused(reply engine.Reply) bool {
	switch reply.Screen {
	case "(failed)", "(pending)":
		return c.hindrances > 0
	case "(busy)":
		return c.hindrances > 0 || c.upset > 0
	case "(expired)":
		return c.upset > 0
	case "(updated)":
		return c.upset > 0 && c.w.faults.newMenu
	}
	return c.upset > 0 && (c.seen[reply.Screen] || reply.Screen == "pin_ask" && c.seen["sure"])
}

// said has the screens that report an effect, and the words before its reference.
var said = map[string]string{"paid": "Ref ", "noted": "Noted ", "enrolled": "Enrolled "}

// judgeTruth checks that the database has what the screen says.
func (c *call) judgeTruth(reply engine.Reply) {
	for _, pin := range []string{rightPIN, wrongPIN} {
		if strings.Contains(reply.Text, pin) {
			c.w.wrongf("%s: a PIN is on the screen: %q", c.session, reply.Text)
		}
	}
	if words, tells := said[reply.Screen]; tells {
		_, ref, _ := strings.Cut(reply.Text, words)
		ref = ref[:min(8, len(ref))]
		if c.w.refs[ref] == "" {
			c.w.wrongf("%s: the screen says %q, but no such effect is committed", c.session, reply.Text)
		}
	}
}

// judgeFailed checks that nothing happened if the screen says so. This is only known
// for a callback that was delivered once: of two deliveries one may act and be killed or
// overtaken, and the other find the database out and say "busy, try again later". The
// menu must not word this as "failed for good".
func (c *call) judgeFailed(cb *callback) {
	if cb.deliveries > 1 {
		return
	}
	for _, action := range []string{"pay", "note", "enrol", "try"} {
		if name := effectName(c.session, cb.text, action); c.w.effects[name] > 0 {
			c.w.wrongf("%s: the screen says that nothing happened, but %s did", c.session, name)
		}
	}
}

// audit checks the whole call: this caller wanted to pay once.
func (c *call) audit() {
	var paid []string
	for name := range c.w.effects {
		if strings.HasPrefix(name, c.session+"|") && strings.HasSuffix(name, "|pay") {
			paid = append(paid, name)
		}
	}
	if slices.Sort(paid); len(paid) > 1 {
		c.w.wrongf("%s paid %d times: %v", c.session, len(paid), paid)
	}
}
