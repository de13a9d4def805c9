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

// duplicates is a bank that calls a function before "send" runs and before it returns
// its result, and that can fence an action which has not run.
type duplicates struct {
	*bank
	before, after func()

	mu     sync.Mutex
	fenced map[string]bool
}

func (b *duplicates) Do(ctx context.Context, c engine.Call) (engine.Outcome, error) {
	if c.Action == "send" && !c.StoredOnly && b.before != nil {
		happen := b.before
		b.before = nil
		happen()
	}
	b.mu.Lock()
	gone := b.fenced[c.ID]
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
		b.fenced[c.ID] = true
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

func newDuplicates(t *testing.T) (*desk, *duplicates) {
	t.Helper()
	d := newDesk(t)
	b := &duplicates{bank: d.bank, fenced: map[string]bool{}}
	d.r.Actions = b
	d.keys("1", "1", "500", "1")
	return d, b
}

const (
	paying   = "1*1*500*1*1234"
	paidOnce = "END Sent KES 500. Ref QX81."
)

// The record is lost while the callback that pays is in progress, and a duplicate
// arrives. Whichever is first, both deliveries get the same bytes, and the caller pays
// once.
func TestDuplicateOfAPaymentWithoutItsRecord(t *testing.T) {
	t.Run("before it paid", func(t *testing.T) {
		d, b := newDuplicates(t)
		var duplicate string
		b.before = func() {
			d.sessions.Forget()
			duplicate = d.type_(paying)
		}
		d.want(d.type_(paying), moneySure)
		d.want(duplicate, moneySure)
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
		d, b := newDuplicates(t)
		var duplicate string
		b.after = func() {
			d.sessions.Forget()
			duplicate = d.type_(paying)
		}
		d.want(d.type_(paying), paidOnce)
		d.want(duplicate, paidOnce)
	})
}

// A callback that has acted saves its state, even if the record was lost or rolled
// back meanwhile.
func TestCallbackThatActedPrevails(t *testing.T) {
	for _, older := range []bool{false, true} {
		d, b := newDuplicates(t)
		before := d.record()
		d.type_("1*1*500*1*9999") // a wrong PIN, so an older record exists
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

// A late copy of an older callback came without a record, and its consent replaced
// the PIN question in the record. The payment that was made with the PIN is still
// found.
func TestPaymentBehindALateCopy(t *testing.T) {
	d, _ := newDuplicates(t)
	d.type_(paying)
	d.sessions.Forget()
	d.want(d.type_("1*1*500*1"), moneySure)
	d.want(d.type_(paying), paidOnce)
}

// An older record came back. What was typed since then is no wrong answer.
func TestOlderRecordIsReplayed(t *testing.T) {
	d, _ := newDuplicates(t)
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

// A late copy of the callback in which the caller said No comes without its record.
// Its reply, the consent again, reaches no phone. What the caller types on the screen
// after the No does not count as a Yes.
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

// An older record came back, and one of the answers since then was wrong. The caller
// saw the refusal and answered it.
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

// A typed star that no screen accepts is one wrong answer, not several.
func TestWrongAnswerWithAStarIsOne(t *testing.T) {
	d := newDesk(t)
	d.keys("1", "1", "500", "1")
	for range 2 {
		d.type_("1*1*500*1*77*88*99")
	}
	d.want(d.type_("1*1*500*1*77*88*99*1234"), "END Sent KES 500. Ref QX81.")
}

// A text without its record is not read on a menu that gives it another meaning: the
// caller chose from the old one.
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
			// One session length later every call in progress began on the new menu.
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
