package payments_test

import (
	"testing"
	"time"

	desk "github.com/paytrace/paytrace/actions/payments"
	"github.com/paytrace/paytrace/wallet/payments"
)

func (w *world) stopped() desk.Stop {
	w.t.Helper()
	s, err := desk.ReadStop(w.t.Context(), w.db)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

// A code that more attempts would make worse stops all payouts, and questions about them.
// Money that is held stays held, and a person lets payouts go on.
func TestCodesStopPayouts(t *testing.T) {
	for name, tell := range map[string]func(w *world, in payments.Intent){
		"by a callback": func(w *world, in payments.Intent) {
			r := callback(in, payments.Failed)
			r.Code, r.Stop = "2001", true
			w.report(r)
		},
		"by the answer": func(w *world, in payments.Intent) {},
	} {
		w := newWorld(t)
		if name == "by the answer" {
			w.provider.pay = payments.Answer{Verdict: payments.Refused, Code: "2001", Stop: true}
		}
		in := w.sent(payments.Withdrawal)
		tell(w, in)
		w.want(in.ID, payments.Ended, 100_000, 0, 0)
		if s := w.stopped(); !s.Stopped() || s.Code != "2001" || s.Payment != in.ID || s.By != "" {
			t.Fatalf("%s: %+v", name, s)
		}
		n, err := w.Name("withdrawal 2")
		if err != nil {
			t.Fatal(err)
		}
		w.startAs(payments.Withdrawal, n)
		if pause := w.run(desk.JobPay, n.ID); pause <= 0 || w.provider.paid != 1 {
			t.Errorf("%s: while payouts are stopped, %d were sent and the next waits %s", name, w.provider.paid, pause)
		}
		w.want(n.ID, payments.Waiting, 100_000, 32_000, 0)
		if err := desk.WriteStop(t.Context(), w.db, desk.Stop{}); err != nil {
			t.Fatal(err)
		}
		w.provider.pay = payments.Answer{Verdict: payments.Accepted, Request: "AG_2"}
		w.run(desk.JobPay, n.ID)
		w.want(n.ID, payments.Pending, 100_000, 32_000, 0)
	}
}

// Nobody asks about a payout while the operator may be locked. The money stays held.
func TestStoppedPayoutsAreNotAskedAbout(t *testing.T) {
	w := newWorld(t)
	in := w.sent(payments.Withdrawal)
	w.provider.told = payments.Report{Outcome: payments.Failed}
	if err := desk.WriteStop(t.Context(), w.db, desk.Stop{At: w.clock.Now(), By: "asha", Reason: "float"}); err != nil {
		t.Fatal(err)
	}
	w.clock.Pass(5 * time.Minute)
	if pause := w.run(desk.JobAsk, in.ID); pause != time.Minute {
		t.Errorf("it waits %s", pause)
	}
	w.want(in.ID, payments.Pending, 100_000, 32_000, 0)
}

// Whoever guesses an address stops nothing.
func TestForgedReportsStopNothing(t *testing.T) {
	w := newWorld(t)
	in := w.sent(payments.Withdrawal)
	r := callback(in, payments.Failed)
	r.Token, r.Stop = "guessed", true
	w.report(r)
	if s := w.stopped(); s.Stopped() {
		t.Errorf("a forged report stopped payouts: %+v", s)
	}
	w.want(in.ID, payments.Pending, 100_000, 32_000, 0)
}

// Callers read that withdrawals are closed, before and after the PIN. Deposits go on.
func TestClosedForCallers(t *testing.T) {
	p := newPhone(t)
	p.want(p.do("set_pin", secretOf("7294")), "done")
	if err := desk.WriteStop(t.Context(), p.db, desk.Stop{At: p.clock.Now(), By: "asha"}); err != nil {
		t.Fatal(err)
	}
	p.want(p.do("quote_withdrawal", money(300)), "closed")
	p.want(p.do("withdraw", money(300), secretOf("1111")), "wrong_pin")
	p.want(p.do("withdraw", money(300), secretOf("7294")), "closed")
	p.want(p.do("check_deposit", money(300)), "ok")
}
