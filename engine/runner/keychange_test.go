package runner_test

import (
	"testing"

	"github.com/paytrace/paytrace/engine/runner"
)

var (
	firstKey  = []byte("0123456789abcdef0123456789abcdef")
	secondKey = []byte("fedcba9876543210fedcba9876543210")
)

// whileTheKeyChanges returns another instance on the same stores. The desk's own one
// still names new calls with the first key, the other one with the second.
func (d *desk) whileTheKeyChanges() *runner.Runner {
	d.r.Identity = runner.NewIdentities(firstKey, secondKey)
	return &runner.Runner{
		Sessions: d.r.Sessions, Programs: d.r.Programs, Actions: d.r.Actions,
		Identity: runner.NewIdentities(secondKey, firstKey), TTL: d.r.TTL, Now: d.r.Now,
	}
}

// on runs f with another instance at the desk.
func (d *desk) on(r *runner.Runner, f func()) {
	was := d.r
	defer func() { d.r = was }()
	d.r = r
	f()
}

// A call that began under one key goes on at instances that have another order of the
// keys, with its record and without, and pays once.
func TestCallGoesOnWhileTheKeyChanges(t *testing.T) {
	d := newDesk(t)
	d.keys("1", "1", "500", "1") // one key is valid
	second := d.whileTheKeyChanges()
	d.on(second, func() { d.want(d.type_(paying), paidOnce) })
	d.want(d.type_(paying), paidOnce)
	d.sessions.Forget()
	d.on(second, func() { d.want(d.type_(paying), paidOnce) })
	d.sessions.Forget()
	d.want(d.type_(paying), paidOnce)
	if d.bank.ran["send"] != 1 || len(d.bank.sms) != 1 {
		t.Errorf("send ran %d times with %d messages, want 1 and 1", d.bank.ran["send"], len(d.bank.sms))
	}
	// Once no call of the first key is awaited, the second is the only one.
	second.Identity = runner.NewIdentity(secondKey)
	d.req.Session = "s2"
	d.keys("1", "1", "500", "1")
	d.on(second, func() { d.want(d.type_(paying), "END Your session has expired. Please dial again.") })
}

// Duplicates arrive at two instances that would name the call with different keys, and
// nothing of the call is stored yet. One of them pays.
func TestDuplicatesWhileTheKeyChanges(t *testing.T) {
	for _, first := range []bool{true, false} {
		d, b := newDuplicates(t)
		second := d.whileTheKeyChanges()
		one, other := d.r, second
		if !first {
			one, other = other, one
		}
		one.Actions, other.Actions = b, b
		d.sessions.Forget()
		d.on(one, func() { d.want(d.type_("1*1*500*1"), "CON Send KES 500?\n1. Yes\n2. No\n0:Back 00:Home") })
		d.want(d.type_("1*1*500*1*1"), "CON Send KES 500?\n1. Yes\n2. No\n0:Back 00:Home")
		d.want(d.type_("1*1*500*1*1*1"), "CON Your PIN\n0:Back 00:Home")
		record := d.record()
		var duplicate string
		b.before = func() {
			d.sessions.Forget()
			d.on(other, func() { duplicate = d.type_("1*1*500*1*1*1*1234") })
		}
		d.on(one, func() { d.type_("1*1*500*1*1*1*1234") })
		if n := d.bank.ran["send"]; n > 1 {
			t.Errorf("send ran %d times; the record was %s, the duplicate got %q", n, record, duplicate)
		}
	}
}

// What runs as a call begins runs once, whichever key each delivery would name it with.
func TestDialWhileTheKeyChanges(t *testing.T) {
	d := newDesk(t)
	d.r.Programs = catalogOf(t, "cities.yaml", `
ussd: 1
service: Cities
dial: "*384*9#"
start: hello
screens:
  hello: {sms: {to: caller, say: Hello.}, go: main}
  main: {say: Main, menu: {1: Thika -> thika}}
  thika: {end: Thika.}
`)
	second := d.whileTheKeyChanges()
	d.want(d.type_(""), "CON Main\n1. Thika")
	d.sessions.Forget()
	d.on(second, func() { d.want(d.type_(""), "CON Main\n1. Thika") })
	d.sessions.Forget()
	d.on(second, func() { d.want(d.type_("1"), "END Thika.") })
	d.sessions.Forget()
	d.want(d.type_("1"), "END Thika.")
	if len(d.bank.sms) != 1 {
		t.Errorf("%d messages, want 1", len(d.bank.sms))
	}
}

// Instances with the keys in different orders find the same call to resume.
func TestResumeWhileTheKeyChanges(t *testing.T) {
	const ask, menu = "CON Continue where you stopped?\n1. Yes\n2. No", "CON Choose language\n1. English\n2. Kiswahili"
	d := newDesk(t)
	d.keys("1", "1", "500", "1")
	second := d.whileTheKeyChanges()
	d.req.Session = "s2"
	d.on(second, func() {
		d.want(d.type_(""), ask)
		d.type_("1")
		d.type_("1*1")
		d.want(d.type_("1*1*1234"), paidOnce)
	})
	d.req.Session = "s3"
	d.want(d.type_(""), menu) // the call has ended, by the note of either key
}
