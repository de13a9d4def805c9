package runner_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/runner"
)

// duplicates is a bank that calls a function before "send" is asked for and before its
// result is returned.
type duplicates struct {
	*bank
	before, after func()
}

func (b *duplicates) Act(ctx context.Context, c engine.Call, at *runner.Place) (engine.Outcome, error) {
	call := func(happen *func()) {
		if f := *happen; c.Action == "send" && f != nil {
			*happen = nil
			f()
		}
	}
	call(&b.before)
	out, err := b.bank.Act(ctx, c, at)
	call(&b.after)
	return out, err
}

func newDuplicates(t *testing.T) (*desk, *duplicates) {
	t.Helper()
	d := newDesk(t)
	b := &duplicates{bank: d.bank}
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
		d.want(d.type_(paying+"*1"), moneySure) // a Yes to what may have been another screen
		d.want(d.type_(paying+"*1*1"), "CON Your PIN\n0:Back 00:Home")
		d.want(d.type_(paying+"*1*1*1234"), paidOnce)
		d.sessions.Forget()
		d.want(d.type_(paying+"*1*1*1234"), paidOnce)
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

// A late copy of an older callback comes without a record: it shows what the row has for
// its text, and the payment that was made since is still found.
func TestPaymentBehindALateCopy(t *testing.T) {
	d, _ := newDuplicates(t)
	d.type_(paying)
	d.sessions.Forget()
	d.want(d.type_("1*1*500*1"), "CON Your PIN\n0:Back 00:Home")
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

// A copy of the callback in which the caller said No comes without its record. What the
// caller types on the screen after the No does not count as a Yes.
func TestLateCopyGivesNoConsent(t *testing.T) {
	for _, remembers := range []bool{false, true} {
		d := newDesk(t)
		d.r.Programs = catalogOf(t, "money.yaml", strings.Replace(money, "confirm: -> pin_ask\n", "confirm: -> set_pin(newpin)\n    when: {done: none_yet}\n", 1))
		if remembers {
			d.r.Recent = runner.NewRecent(8)
		}
		main := d.keys("1", "1", "500", "2")
		d.sessions.Forget()
		d.want(d.type_("1*1*500*2"), main)
		d.want(d.type_("1*1*500*2*1"), "CON How much?\n0:Back 00:Home")
		if d.bank.ran["set_pin"] != 0 {
			t.Errorf("set_pin ran %d times", d.bank.ran["set_pin"])
		}
	}
}

// A typed star that no screen accepts is one wrong answer, not several.
func TestWrongAnswerWithAStarIsOne(t *testing.T) {
	d := newDesk(t)
	d.keys("1", "1", "500", "1")
	for range 2 {
		d.type_("1*1*500*1*77*88*99")
	}
	// The star may have stood between answers, so the question is asked once more.
	d.want(d.type_("1*1*500*1*77*88*99*1234"), "CON The PIN has 4 digits.\nYour PIN\n0:Back 00:Home")
	d.want(d.type_("1*1*500*1*77*88*99*1234*1234"), "END Sent KES 500. Ref QX81.")
}

// A call without its record goes on with its own version if the database knows of the
// call. A text alone is not read on another version: the caller chose from the old one.
func TestLostRecordAndANewMenu(t *testing.T) {
	const updated = "END The service was updated. Please dial again."
	renumbered := strings.NewReplacer("1: Send ->", "2: Send ->", "2: Payments ->", "1: Payments ->").Replace(money)
	reworded := strings.Replace(money, "say: New PIN", "say: Your new PIN", 1)
	for _, test := range []struct {
		name, menu string
		down       bool
		text, want string
	}{
		{"lost", renumbered, false, "1*1*500", moneySure},
		{"down", renumbered, true, "1*1*500", moneySure},
		{"down, from the start", reworded, true, "", "CON Choose language\n1. English\n2. Kiswahili"},
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
