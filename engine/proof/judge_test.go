package proof_test

import (
	"slices"
	"strings"

	"github.com/paytrace/paytrace/engine"
)

// judge holds one reply against the promises.
//
// While nothing befalls a session's record, every delivery of a callback shows
// the same bytes, and these are the screen that the menu says. One exception is
// by design: a delivery that comes after a newer callback of the session was
// taken up shows the newer screen and moves nothing.
//
// Once a record was lost, rolled back, or could not be read or written, a
// delivery may also
//   - end as expired: a result that the caller went on from can't be told;
//   - end as updated, if the menu was replaced as well;
//   - end as busy, where a consent can neither be shown to have been asked for
//     nor be kept, since the record can't be read, or where the record was
//     changed three times under the callback;
//   - show a screen of this call again, also with a notice above it: a consent
//     or a secret that can't be shown to have been asked, or the question of an
//     older record, which takes two inputs for one wrong answer (ADR 0004);
//   - show the question behind a consent that was asked again: that a late
//     callback's reply reached nobody is not known here.
//
// While the database fails, an action may end as pending, or as failed if it
// surely did nothing. In no case may a reply say what is not so, an effect
// happen twice or unasked, or a second payment be made in one call.
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
	// A late callback that came without a record speaks for itself, to nobody.
	if reply.Screen == "(failed)" && (cb == c.callbacks[len(c.callbacks)-1] || c.upset == 0) {
		c.judgeFailed(newest)
	}
	newest.bytes = shown
	c.seen[reply.Screen] = true
	c.seen[newest.expect] = true
}

// excused reports whether what befell the session allows another reply than the
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

// said are the screens that tell of an effect, and the words before its
// reference.
var said = map[string]string{"paid": "Ref ", "noted": "Noted ", "enrolled": "Enrolled "}

// judgeTruth: what a screen says is so, in the database, by then.
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
			c.w.wrongf("%s: %q is said, and no such effect is committed", c.session, reply.Text)
		}
	}
}

// judgeFailed: a caller who is told that nothing happened is told the truth.
// Only of a callback that was delivered once can that be known: of two, one may
// act and be killed or overtaken, and the other find the database out and say
// "busy, try again later" of both. The database could not be asked; that the
// words are no "failed for good" is the menu's care.
func (c *call) judgeFailed(cb *callback) {
	if cb.deliveries > 1 {
		return
	}
	for _, action := range []string{"pay", "note", "enrol", "try"} {
		if name := effectName(c.session, cb.text, action); c.w.effects[name] > 0 {
			c.w.wrongf("%s: the caller is told that nothing happened, but %s did", c.session, name)
		}
	}
}

// audit looks at the call as a whole: this caller wanted to pay once.
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
