package runner_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/runner"
)

// A lastDesk is a desk behind a gateway that sends only the last input.
type lastDesk struct {
	*desk
	counts bool
	n      int
}

func newLastDesk(t *testing.T, counts bool) *lastDesk {
	d := &lastDesk{desk: newDesk(t), counts: counts}
	d.req.LastInput = true
	return d
}

// instance returns another instance of the service.
func (d *lastDesk) instance() *runner.Runner {
	return &runner.Runner{
		Sessions: d.r.Sessions, Programs: d.r.Programs, Actions: d.r.Actions, Identity: d.r.Identity, TTL: d.r.TTL, Now: d.r.Now,
	}
}

// dial begins a call with a code, and says which answer comes next.
func (d *lastDesk) dial(code string) string {
	d.n = 0
	return d.send(d.first(code))
}

func (d *lastDesk) first(code string) engine.Request {
	d.n++
	req := d.req
	req.First, req.Service, req.Text, req.Sequence = true, code, "", d.sequence()
	return req
}

// next returns the callback of an answer. Later callbacks have no service code.
func (d *lastDesk) next(input string) engine.Request {
	d.n++
	req := d.req
	req.Service, req.Text, req.Sequence = "", input, d.sequence()
	return req
}

func (d *lastDesk) sequence() int {
	if d.counts {
		return d.n
	}
	return 0
}

func (d *lastDesk) send(req engine.Request) string { return shownBy(d.r, req) }

func shownBy(r *runner.Runner, req engine.Request) string {
	reply := r.Handle(context.Background(), req)
	if reply.End {
		return "END " + reply.Text
	}
	return "CON " + reply.Text
}

func (d *lastDesk) answer(inputs ...string) (screen string) {
	for _, in := range inputs {
		screen = d.send(d.next(in))
	}
	return screen
}

const (
	sureScreen = "CON Send KES 500?\n1. Yes\n2. No\n0:Back 00:Home"
	pinScreen  = "CON Your PIN\n0:Back 00:Home"
	sentScreen = "END Sent KES 500. Ref QX81."
	busyScreen = "END The service is busy. Please try again later."
	goneScreen = "END Your session has expired. Please dial again."
)

func TestLastInput(t *testing.T) {
	for _, counts := range []bool{true, false} {
		d := newLastDesk(t, counts)
		d.want(d.dial("*384*9#"), "CON Choose language\n1. English\n2. Kiswahili")
		d.want(d.answer("1", "1"), "CON How much?\n0:Back 00:Home")
		d.want(d.answer("5*0"), "CON Not a valid amount.\nHow much?\n0:Back 00:Home")
		d.want(d.answer("500"), sureScreen)
		d.want(d.answer("1"), pinScreen)
		d.want(d.answer("4321"), "CON Wrong PIN.\nYour PIN\n0:Back 00:Home")
		if rec := d.record(); strings.Contains(rec, "4321") || strings.Contains(rec, "5*0") {
			t.Errorf("the record holds what was typed: %s", rec)
		}
		d.want(d.answer("1234"), sentScreen)
		if d.bank.ran["send"] != 2 || len(d.bank.sms) != 1 {
			t.Errorf("send ran %d times, want 2 (one wrong PIN); %d messages, want 1", d.bank.ran["send"], len(d.bank.sms))
		}
	}
}

// What stands behind the code is typed ahead, up to the first screen that must be seen.
func TestLastInputTypedAhead(t *testing.T) {
	d := newLastDesk(t, true)
	d.want(d.dial("*384*9*1*1*500*1#"), sureScreen)
	d.want(d.answer("1"), pinScreen)
	d.req.Session = "s2"
	d.want(d.dial("*999#"), "END This code is not in use. Please check it and dial again.")
}

// Where the gateway marks no first callback, a code that a menu has begins a call, and no
// other text does.
func TestLastInputUnmarked(t *testing.T) {
	d := newLastDesk(t, false)
	d.req.MayBegin = true
	d.want(d.answer("1"), goneScreen)
	d.want(d.answer("384*9"), "CON Choose language\n1. English\n2. Kiswahili")
	d.want(d.answer("1", "1", "384*9"), "CON Not a valid amount.\nHow much?\n0:Back 00:Home")
	d.req.Session = "s2"
	d.want(d.answer("384*9*1*1*500"), sureScreen)
}

func TestLastInputRepeats(t *testing.T) {
	d := newLastDesk(t, true)
	first := d.first("*384*9#")
	language := d.send(first)
	d.want(d.send(first), language)
	d.answer("1", "1", "500", "1")
	paid := d.next("1234")
	for range 3 {
		d.want(d.send(paid), sentScreen)
	}
	d.want(d.send(first), sentScreen) // late: nothing moves
	if d.bank.ran["send"] != 1 || len(d.bank.sms) != 1 {
		t.Errorf("send ran %d times, %d messages; want 1 of each", d.bank.ran["send"], len(d.bank.sms))
	}
}

// A number that is left out belongs to an answer to a screen that the record does not
// know. The same screen is shown, once more after the next answer, and then one counts. A
// Yes does not count any more.
func TestLastInputWithAGap(t *testing.T) {
	for _, yes := range []bool{false, true} {
		d := newLastDesk(t, true)
		d.dial("*384*9#")
		d.answer("1", "1", "500")
		if yes {
			d.want(d.answer("1"), pinScreen)
		}
		d.n++
		d.want(d.answer("1"), sureScreen)
		d.want(d.answer("1"), sureScreen)
		d.want(d.answer("1"), pinScreen)
	}
}

func TestLastInputWithoutItsRecord(t *testing.T) {
	d := newLastDesk(t, true)
	d.dial("*384*9#")
	d.answer("1", "1")
	d.sessions.Forget()
	d.want(d.answer("500"), goneScreen)
	d.dial("*384*9#")
	d.r.Sessions = brokenSessions{d.sessions}
	d.want(d.answer("1"), busyScreen)
}

// A screen that could not be saved ends the call, and what an action has done is shown.
func TestLastInputThatIsNotSaved(t *testing.T) {
	d := newLastDesk(t, false)
	flaky := &flakySessions{Sessions: d.sessions}
	d.r.Sessions = flaky
	d.dial("*384*9#")
	d.answer("1", "1")
	flaky.down = true
	d.want(d.answer("500"), busyScreen)
	flaky.down = false
	d.want(d.answer("500", "1"), pinScreen)
	flaky.down = true
	d.want(d.answer("1234"), sentScreen)
	flaky.down = false
	// The gateway asks again: the row has the result.
	d.want(d.answer("1234"), sentScreen)
	if d.bank.ran["send"] != 1 {
		t.Errorf("send ran %d times, want 1", d.bank.ran["send"])
	}
}

// heldSessions lets the first deliveries load the record before one of them saves.
type heldSessions struct {
	runner.Sessions
	loads sync.WaitGroup
}

func (h *heldSessions) Load(ctx context.Context, id string) ([]byte, error) {
	b, err := h.Sessions.Load(ctx, id)
	h.loads.Done()
	h.loads.Wait()
	return b, err
}

// Two instances that get one answer at once take it once, although nothing numbers it.
func TestLastInputInFlightElsewhere(t *testing.T) {
	for _, keys := range [][]string{{"1", "1", "500", "1"}, {"1", "1", "500"}, {"1"}} {
		d := newLastDesk(t, false)
		d.dial("*384*9#")
		d.answer(keys...)
		both := &heldSessions{Sessions: d.sessions}
		both.loads.Add(2)
		d.r.Sessions = both
		other := d.instance()
		req := d.next(map[int]string{4: "1234", 3: "1", 1: "1"}[len(keys)])
		got := make([]string, 2)
		var wg sync.WaitGroup
		for i, r := range []*runner.Runner{d.r, other} {
			wg.Go(func() { got[i] = shownBy(r, req) })
		}
		wg.Wait()
		d.want(got[0], got[1])
		want := map[int]string{4: sentScreen, 3: pinScreen, 1: "CON How much?\n0:Back 00:Home"}[len(keys)]
		d.want(got[0], want)
		if d.bank.ran["send"] > 1 || len(d.bank.sms) > 1 {
			t.Errorf("send ran %d times, %d messages", d.bank.ran["send"], len(d.bank.sms))
		}
	}
}

// A gateway may give an ID to the next call of the same caller, as one that names sessions
// by the caller's number does.
func TestLastInputReusedIDs(t *testing.T) {
	d := newLastDesk(t, false)
	d.req.ReusesIDs = true
	for call := 1; call <= 3; call++ {
		d.now = d.now.Add(time.Minute)
		if call == 3 {
			d.now = d.now.Add(24 * time.Hour) // the record is gone by then
		}
		d.dial("*384*9#")
		d.want(d.answer("1", "1", "500", "1"), pinScreen)
		d.want(d.answer("1234"), sentScreen)
		if d.bank.ran["send"] != call || len(d.bank.sms) != call {
			t.Errorf("call %d: send ran %d times, %d messages", call, d.bank.ran["send"], len(d.bank.sms))
		}
	}
}

// An older record comes back after a payment, and the callbacks are counted: some are
// missing. The call ends, so that the caller is not shown a screen from before the
// payment. Where nothing was paid, that screen is shown once more.
func TestLastInputBehindAPayment(t *testing.T) {
	for paid, want := range map[bool]string{true: "END Your session has expired. Please dial again.", false: "CON How much?\n0:Back 00:Home"} {
		d := newLastDesk(t, true)
		d.dial("*384*9#")
		d.answer("1", "1")
		older := d.record()
		d.answer("500", "1")
		if paid {
			d.want(d.answer("1234"), sentScreen)
		}
		d.sessions.Forget()
		if _, ok, err := d.sessions.Save(context.Background(), "ussd:session:s1", "", []byte(older), runner.DefaultTTL); !ok || err != nil {
			t.Fatal(ok, err)
		}
		d.want(d.answer("1"), want)
	}
}

// A first callback in the middle of a call may be a late copy. Its screen is shown once
// more, so no answer counts for a screen that its caller did not see.
func TestLastInputDialledInTheMiddle(t *testing.T) {
	d := newLastDesk(t, false)
	d.req.ReusesIDs = true
	first := d.first("*384*9#")
	language := d.send(first)
	d.want(d.send(first), language)
	d.answer("1", "1", "500")
	d.want(d.send(first), language)
	d.want(d.answer("1"), language)
	d.want(d.answer("1", "1"), "CON How much?\n0:Back 00:Home")
}

func TestLastInputOfAnotherCaller(t *testing.T) {
	d := newLastDesk(t, true)
	d.dial("*384*9#")
	req := d.next("1")
	req.Caller = "254722000222"
	d.want(d.send(req), goneScreen)
}

// unsteady is a store of records of which some operations fail, before or after they are
// done.
type unsteady struct {
	runner.Sessions
	next func() int
}

func (u *unsteady) Load(ctx context.Context, id string) ([]byte, error) {
	if u.next() == 0 {
		return nil, errors.New("no answer")
	}
	return u.Sessions.Load(ctx, id)
}

func (u *unsteady) Save(ctx context.Context, id, expect string, next []byte, ttl time.Duration) ([]byte, bool, error) {
	switch u.next() {
	case 0:
		return nil, false, errors.New("no answer")
	case 1:
		_, _, _ = u.Sessions.Save(ctx, id, expect, next, ttl)
		return nil, false, errors.New("no answer")
	}
	return u.Sessions.Save(ctx, id, expect, next, ttl)
}

// Whatever is repeated, comes late or fails: an action runs once for its place, the caller
// sees the screens of an undisturbed call until one says END, and nothing secret is stored.
func TestLastInputInChaos(t *testing.T) {
	undisturbed := func(inputs []string) (screens []string) {
		d := newLastDesk(t, true)
		screens = append(screens, d.dial("*384*9#"))
		for _, in := range inputs {
			screens = append(screens, d.answer(in))
		}
		return screens
	}
	rapid.Check(t, func(rt *rapid.T) {
		inputs := append([]string{"1"}, rapid.SliceOfN(rapid.SampledFrom([]string{"1", "2", "500", "1234", "4321", "0", "9*9"}), 0, 9).Draw(rt, "inputs")...)
		pays := rapid.Bool().Draw(rt, "pays")
		if pays {
			inputs = []string{"1", "1", "500", "1", "4321", "1234"}
		}
		want := undisturbed(inputs)
		d := newLastDesk(t, true)
		faults := rapid.Bool().Draw(rt, "faults")
		store := &unsteady{Sessions: d.sessions, next: func() int {
			if !faults {
				return 9
			}
			return rapid.IntRange(0, 9).Draw(rt, "fault")
		}}
		d.r.Sessions = store
		instances := []*runner.Runner{d.r, d.instance()}
		sent := []engine.Request{d.first("*384*9#")}
		for _, in := range inputs {
			sent = append(sent, d.next(in))
		}
		for i, req := range sent {
			got := ""
			for range rapid.IntRange(1, 3).Draw(rt, "deliveries") {
				one := instances[rapid.IntRange(0, 1).Draw(rt, "instance")]
				if late := rapid.IntRange(0, 4*len(sent)).Draw(rt, "late"); late < i {
					shownBy(one, sent[late])
				}
				got = shownBy(one, req)
				if got != want[i] && !(faults && (strings.HasPrefix(got, "END ") || got == want[max(0, i-1)])) {
					rt.Fatalf("callback %d (%q) shows\n%q, want\n%q", i, req.Text, got, want[i])
				}
			}
			if strings.HasPrefix(got, "END ") || got != want[i] {
				break // the gateway has ended the call, or asks once more
			}
		}
		if runs := d.bank.ran["send"]; runs > count(want, "Sent")+count(want, "Wrong PIN")+count(want, "Too many tries") {
			rt.Fatalf("send ran %d times on the screens %q", runs, want)
		}
		if rec := d.record(); pays && (strings.Contains(rec, "1234") || strings.Contains(rec, "4321")) {
			rt.Fatalf("the record holds a PIN: %s", rec)
		}
	})
}

func count(screens []string, part string) (n int) {
	for _, s := range slices.Compact(screens) {
		if strings.Contains(s, part) {
			n++
		}
	}
	return n
}
