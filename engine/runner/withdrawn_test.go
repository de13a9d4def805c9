package runner_test

import (
	"context"
	"testing"

	"github.com/paytrace/paytrace/engine/runner"
)

// A caller says Yes and takes it back. Redis then has the record from before, and what is
// typed next holds a star: it can't be told which answers these are, so the Yes no longer
// counts and the confirm is shown again.
func TestAYesThatWasTakenBackDoesNotPay(t *testing.T) {
	d := newDesk(t)
	d.keys("1", "1", "500", "1")
	older := d.record()
	d.want(d.type_("1*1*500*1*0"), moneySure)
	d.sessions.Forget()
	if _, ok, err := d.sessions.Save(context.Background(), "ussd:session:s1", "", []byte(older), runner.DefaultTTL); !ok || err != nil {
		t.Fatal(ok, err)
	}
	d.want(d.type_("1*1*500*1*0*1*1"), moneySure)
	d.want(d.type_("1*1*500*1*0*1*1*1"), moneySure) // it may have been the answer to another screen
	d.want(d.type_("1*1*500*1*0*1*1*1*1"), "CON Your PIN\n0:Back 00:Home")
	d.want(d.type_("1*1*500*1*0*1*1*1*1*1234"), paidOnce)
	if d.bank.ran["send"] != 1 {
		t.Errorf("send ran %d times, expected once", d.bank.ran["send"])
	}
}

// Where no Yes can have been taken back, an answer with a star is just wrong.
func TestAStarAfterAYesIsAWrongAnswer(t *testing.T) {
	d := newDesk(t)
	d.keys("1", "1", "500", "1")
	d.want(d.type_("1*1*500*1*12*34"), "CON The PIN has 4 digits.\nYour PIN\n0:Back 00:Home")
}
