package runner_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/runner"
)

// twins is a bank whose "send" lets something happen before it runs and before
// its result is told, and which can withdraw what has not run.
type twins struct {
	*bank
	before, after func()

	mu        sync.Mutex
	withdrawn map[string]bool
}

func (b *twins) Do(ctx context.Context, c engine.Call) (engine.Outcome, error) {
	if c.Action == "send" && !c.StoredOnly && b.before != nil {
		happen := b.before
		b.before = nil
		happen()
	}
	b.mu.Lock()
	gone := b.withdrawn[c.ID]
	b.mu.Unlock()
	if gone {
		return engine.Outcome{}, engine.ErrFenced
	}
	if c.Action == engine.CallFence {
		out, err := b.bank.Do(ctx, c)
		if err == nil {
			return out, nil
		}
		b.mu.Lock()
		b.withdrawn[c.ID] = true
		b.mu.Unlock()
		return engine.Outcome{}, engine.ErrFenced
	}
	out, err := b.bank.Do(ctx, c)
	if c.Action == "send" && !c.StoredOnly && b.after != nil {
		happen := b.after
		b.after = nil
		happen()
	}
	return out, err
}

func newTwins(t *testing.T) (*desk, *twins) {
	t.Helper()
	d := newDesk(t)
	b := &twins{bank: d.bank, withdrawn: map[string]bool{}}
	d.r.Actions = b
	d.keys("1", "1", "500", "1")
	return d, b
}

const (
	paying   = "1*1*500*1*1234"
	paidOnce = "END Sent KES 500. Ref QX81."
)

// The record is lost while the callback that pays is under way, and a twin of it
// comes by. Whoever is first, both deliveries get the same bytes, and the caller
// pays once.
func TestTwinOfAPaymentWithoutItsRecord(t *testing.T) {
	t.Run("before it paid", func(t *testing.T) {
		d, b := newTwins(t)
		var twin string
		b.before = func() {
			d.sessions.Forget()
			twin = d.type_(paying)
		}
		d.want(d.type_(paying), moneySure)
		d.want(twin, moneySure)
		d.want(d.type_(paying), moneySure)
		d.want(d.type_(paying+"*1"), "CON Your PIN\n0:Back 00:Home")
		d.want(d.type_(paying+"*1*1234"), paidOnce)
		d.sessions.Forget()
		d.want(d.type_(paying+"*1*1234"), paidOnce)
		if d.bank.ran["send"] != 1 {
			t.Errorf("send ran %d times, want 1", d.bank.ran["send"])
		}
	})
	t.Run("after it paid", func(t *testing.T) {
		d, b := newTwins(t)
		var twin string
		b.after = func() {
			d.sessions.Forget()
			twin = d.type_(paying)
		}
		d.want(d.type_(paying), paidOnce)
		d.want(twin, paidOnce)
	})
}

// A callback that has acted keeps what it knows, though its record was lost or
// brought back as it was before.
func TestWhoActedPrevails(t *testing.T) {
	for _, older := range []bool{false, true} {
		d, b := newTwins(t)
		before := d.record()
		d.type_("1*1*500*1*9999") // a wrong PIN, so that there is something to fall behind
		b.after = func() {
			d.sessions.Forget()
			if older {
				if _, ok, err := d.sessions.Save(context.Background(), "ussd:session:s1", "", []byte(before), runner.DefaultTTL); !ok || err != nil {
					t.Error(ok, err)
				}
			}
		}
		d.want(d.type_("1*1*500*1*9999*1234"), paidOnce)
		if !strings.Contains(d.record(), `"end":true`) {
			t.Errorf("older record %v: kept as %s", older, d.record())
		}
	}
}

// A late copy of an older callback, come without a record, has put a consent in
// place of the PIN that the caller was asked. The payment that was made with that
// PIN is found all the same.
func TestPaymentBehindALateCopy(t *testing.T) {
	d, _ := newTwins(t)
	d.type_(paying)
	d.sessions.Forget()
	d.want(d.type_("1*1*500*1"), moneySure)
	d.want(d.type_(paying), paidOnce)
}

// An older record came back. What was typed since is no wrong answer.
func TestOlderRecordIsCaughtUp(t *testing.T) {
	d, _ := newTwins(t)
	before := d.record()
	d.type_(paying)
	d.sessions.Forget()
	if _, ok, err := d.sessions.Save(context.Background(), "ussd:session:s1", "", []byte(before), runner.DefaultTTL); !ok || err != nil {
		t.Fatal(ok, err)
	}
	d.want(d.type_(paying+"*1"), paidOnce)
	if d.bank.ran["send"] != 1 {
		t.Errorf("send ran %d times, want 1", d.bank.ran["send"])
	}
}

// A late copy of the callback in which the caller said No comes without its
// record, and is answered by the consent again, which nobody sees. What is typed at
// the screen behind the No is no Yes.
func TestLateCopyGivesNoConsent(t *testing.T) {
	for _, remembers := range []bool{false, true} {
		d := newDesk(t)
		d.r.Programs = catalogOf(t, "money.yaml", strings.Replace(money, "confirm: -> pin_ask\n", "confirm: -> set_pin(newpin)\n    when: {done: none_yet}\n", 1))
		if remembers {
			d.r.Recent = runner.NewRecent(8)
		}
		main := d.keys("1", "1", "500", "2")
		d.sessions.Forget()
		late, next := moneySure, moneySure
		if remembers {
			late, next = main, "CON How much?\n0:Back 00:Home"
		}
		d.want(d.type_("1*1*500*2"), late)
		d.want(d.type_("1*1*500*2*1"), next)
		if d.bank.ran["set_pin"] != 0 {
			t.Errorf("set_pin ran %d times", d.bank.ran["set_pin"])
		}
	}
}

// An older record came back, and one of the answers since was wrong. The caller
// has seen the refusal, and answered that.
func TestOlderRecordWithAWrongAnswerSince(t *testing.T) {
	for _, seen := range []string{"1", "1*1"} {
		t.Run(seen, func(t *testing.T) {
			d := newDesk(t)
			d.type_("")
			for at := range len(seen) + 1 {
				if at == len(seen) || seen[at] == '*' {
					d.type_(seen[:at])
				}
			}
			d.want(d.type_("1*1*5*500"), moneySure)
			d.want(d.type_("1*1*5*500*1"), "CON Your PIN\n0:Back 00:Home")
		})
	}
}

// A star typed where no screen takes it is one wrong answer, not several.
func TestWrongAnswerWithAStarIsOne(t *testing.T) {
	d := newDesk(t)
	d.keys("1", "1", "500", "1")
	for range 2 {
		d.type_("1*1*500*1*77*88*99")
	}
	d.want(d.type_("1*1*500*1*77*88*99*1234"), "END Sent KES 500. Ref QX81.")
}

// A text whose record is lost is not read on a menu that means something else by
// it: the caller chose from the old one.
func TestLostRecordAndANewMenu(t *testing.T) {
	const updated = "END The service was updated. Please dial again."
	renumbered := strings.NewReplacer("1: Send ->", "2: Send ->", "2: Payments ->", "1: Payments ->").Replace(money)
	reworded := strings.Replace(money, "say: New PIN", "say: Your new PIN", 1)
	for _, test := range []struct {
		name, menu string
		down       bool
		text, want string
	}{
		{"lost, keys moved", renumbered, false, "1*1*500", updated},
		{"down, keys moved", renumbered, true, "1*1*500", updated},
		{"down, the first screen differs", strings.Replace(money, "Choose language", "Pick a language", 1), true, "", updated},
		{"lost, other words elsewhere", reworded, false, "1*1*500", moneySure},
		{"lost, other words here", strings.Replace(money, "Send {amount}?", "Send {amount} now?", 1), false, "1*1*500", updated},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newDesk(t)
			catalog := d.r.Programs.(*runner.Catalog)
			catalog.Now = d.r.Now
			d.keys("1", "1")
			if err := catalog.Put(compiled(t, "money.yaml", test.menu)); err != nil {
				t.Fatal(err)
			}
			d.sessions.Forget()
			if test.down {
				d.r.Sessions = broken{d.sessions}
			}
			d.want(d.type_(test.text), test.want)
			// A session's length later all that is under way began on the new menu.
			d.now = d.now.Add(5*time.Minute + time.Second)
			if got := d.type_(test.text); got == updated {
				t.Errorf("a session's length later: %q", got)
			}
		})
	}
}

// broken sessions answer nothing.
type broken struct{ runner.Sessions }

func (broken) Load(context.Context, string) ([]byte, error) { return nil, context.DeadlineExceeded }
