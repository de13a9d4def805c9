package payments_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	desk "github.com/paytrace/paytrace/actions/payments"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet/ledger"
	"github.com/paytrace/paytrace/wallet/payments"
)

// onlyCase returns the one open case.
func (w *world) onlyCase() store.Case {
	w.t.Helper()
	cases, err := w.db.OpenCases(w.t.Context(), 10)
	if err != nil || len(cases) != 1 {
		w.t.Fatalf("open cases: %+v, %v", cases, err)
	}
	return cases[0]
}

// never is a limit above which no case is.
const never = int64(1) << 40

// balances lists accounts with what they have, and audits the ledger.
func (w *world) balances() string {
	w.t.Helper()
	if _, err := w.db.AuditLedger(w.t.Context()); err != nil {
		w.t.Error(err)
	}
	unbalanced, err := w.db.UnbalancedPayments(w.t.Context(), time.Unix(0, 0), 10)
	if err != nil || len(unbalanced) > 0 {
		w.t.Errorf("payments and the ledger: %+v, %v", unbalanced, err)
	}
	var all []string
	for _, code := range []string{ledger.CallerCode(workerID), ledger.SuspenseCode, "clearing:mpesa:in", "clearing:mpesa:out", "fee:losses"} {
		a, err := w.db.LedgerAccount(w.t.Context(), code)
		if err != nil {
			w.t.Fatal(err)
		}
		all = append(all, fmt.Sprint(a.Posted))
		if a.Held != 0 {
			all = append(all, fmt.Sprint("held ", a.Held))
		}
	}
	return strings.Join(all, " ")
}

// stuck is a withdrawal or deposit that the provider said nothing about for a day.
func (w *world) stuck(kind payments.Kind) payments.Intent {
	w.t.Helper()
	w.provider.pay, w.provider.push = payments.Answer{Verdict: payments.Unknown}, payments.Answer{Verdict: payments.Unknown}
	w.provider.told = payments.Report{Outcome: payments.Unsaid}
	in := w.start(kind)
	job := desk.JobPay
	if kind == payments.Deposit {
		job = desk.JobPush
		w.clock.Pass(time.Minute)
	}
	w.run(job, in.ID)
	w.clock.Pass(25 * time.Hour)
	w.run(desk.JobAsk, in.ID)
	return w.intent(in.ID)
}

// Each choice moves the money where it says. The worker has KES 1,000 at first, and a
// withdrawal is of KES 300 with a fee of KES 20.
func TestDecide(t *testing.T) {
	for name, c := range map[string]struct {
		happen  func(w *world)
		verdict desk.Verdict
		// before and after are the worker's account, suspense, what came in, what went
		// out, and losses.
		before, after string
	}{
		"a withdrawal was paid": {
			func(w *world) { w.stuck(payments.Withdrawal) },
			desk.Verdict{Choice: desk.ChoosePaid, Receipt: "OUT1"},
			"100000 held 32000 0 -100000 0 0", "68000 0 -100000 30000 0",
		},
		"a withdrawal was not paid": {
			func(w *world) { w.stuck(payments.Withdrawal) },
			desk.Verdict{Choice: desk.ChooseNotPaid},
			"100000 held 32000 0 -100000 0 0", "100000 0 -100000 0 0",
		},
		"a deposit was paid": {
			func(w *world) { w.stuck(payments.Deposit) },
			desk.Verdict{Choice: desk.ChoosePaid, Receipt: "IN1"},
			"100000 0 -100000 0 0", "130000 0 -130000 0 0",
		},
		"a payment to an unknown account has an owner": {
			func(w *world) {
				w.report(payments.Report{Source: payments.FromConfirmation, Kind: payments.Deposit, Outcome: payments.Paid, Account: "NW-1", Amount: 500, Receipt: "IN1"})
			},
			desk.Verdict{Choice: desk.ChooseCredit, Worker: "nw 9c7a7a9d"},
			"100000 500 -100500 0 0", "100500 0 -100500 0 0",
		},
		"a payment to an unknown account goes back": {
			func(w *world) {
				w.report(payments.Report{Source: payments.FromConfirmation, Kind: payments.Deposit, Outcome: payments.Paid, Account: "NW-1", Amount: 500, Receipt: "IN1"})
			},
			desk.Verdict{Choice: desk.ChooseReturned, Receipt: "BACK1"},
			"100000 500 -100500 0 0", "100000 0 -100000 0 0",
		},
		"a deposit of another amount": {
			func(w *world) {
				in := w.start(payments.Deposit)
				w.clock.Pass(time.Minute)
				w.run(desk.JobPush, in.ID)
				w.report(payments.Report{Source: payments.FromCallback, Kind: payments.Deposit, Intent: in.ID, Token: in.Token, Outcome: payments.Paid, Amount: 700, Receipt: "IN1"})
			},
			desk.Verdict{Choice: desk.ChooseCredit},
			"100000 700 -100700 0 0", "100700 0 -100700 0 0",
		},
		"a withdrawal of less": {
			func(w *world) {
				in := w.start(payments.Withdrawal)
				w.run(desk.JobPay, in.ID)
				w.report(payments.Report{Source: payments.FromCallback, Kind: payments.Withdrawal, Intent: in.ID, Token: in.Token, Outcome: payments.Paid, Amount: 29_000, Receipt: "OUT1"})
			},
			desk.Verdict{Choice: desk.ChoosePaid},
			"100000 held 32000 0 -100000 0 0", "69000 0 -100000 29000 0",
		},
		"a withdrawal of more": {
			func(w *world) {
				in := w.start(payments.Withdrawal)
				w.run(desk.JobPay, in.ID)
				w.report(payments.Report{Source: payments.FromCallback, Kind: payments.Withdrawal, Intent: in.ID, Token: in.Token, Outcome: payments.Paid, Amount: 31_000, Receipt: "OUT1"})
			},
			desk.Verdict{Choice: desk.ChoosePaid},
			"100000 held 32000 0 -100000 0 0", "68000 0 -100000 31000 -1000",
		},
		"a loss is taken back":  {loss, desk.Verdict{Choice: desk.ChooseTakeBack}, "100000 -30000 -100000 30000 0", "70000 0 -100000 30000 0"},
		"a loss is written off": {loss, desk.Verdict{Choice: desk.ChooseWriteOff}, "100000 -30000 -100000 30000 0", "100000 0 -100000 30000 -30000"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			c.happen(w)
			if got := w.balances(); got != c.before {
				t.Fatalf("before: %s, want %s", got, c.before)
			}
			one := w.onlyCase()
			c.verdict.Case, c.verdict.Actor, c.verdict.Reason = one.ID, "amina", "seen on the portal"
			decided, err := w.Decide(t.Context(), c.verdict, never)
			if err != nil || !decided.Done {
				t.Fatalf("%+v, %v", decided, err)
			}
			if got := w.balances(); got != c.after {
				t.Errorf("after: %s, want %s", got, c.after)
			}
			if cases, err := w.db.OpenCases(t.Context(), 10); err != nil || len(cases) != 0 {
				t.Errorf("open cases: %+v, %v", cases, err)
			}
			if open, err := w.db.OpenPayments(t.Context(), w.clock.Now().Add(time.Hour), 10); err != nil || len(open) != 0 {
				t.Errorf("open payments: %q, %v", open, err)
			}
			audit, err := w.db.Audit(t.Context(), 10)
			if err != nil || len(audit) != 1 || audit[0].Actor != "amina" || audit[0].Subject != one.ID {
				t.Errorf("audit: %+v, %v", audit, err)
			}
			if _, err := w.Decide(t.Context(), c.verdict, never); !errors.Is(err, desk.ErrVerdict) {
				t.Errorf("a second decision: %v", err)
			}
		})
	}
}

// loss pays a withdrawal out that had failed before.
func loss(w *world) {
	in := w.start(payments.Withdrawal)
	w.run(desk.JobPay, in.ID)
	w.report(payments.Report{Source: payments.FromCallback, Kind: payments.Withdrawal, Intent: in.ID, Token: in.Token, Outcome: payments.Failed, Code: "2040"})
	w.report(payments.Report{Source: payments.FromCallback, Kind: payments.Withdrawal, Intent: in.ID, Token: in.Token, Outcome: payments.Paid, Amount: 30_000, Receipt: "OUT1"})
}

// Above the limit nothing moves until two persons have decided alike.
func TestDecideByTwo(t *testing.T) {
	w := newWorld(t)
	in := w.stuck(payments.Withdrawal)
	one := w.onlyCase()
	decide := func(actor string, choice desk.Choice, receipt string) (desk.Decided, error) {
		return w.Decide(t.Context(), desk.Verdict{Case: one.ID, Actor: actor, Choice: choice, Receipt: receipt, Reason: actor + " says so"}, in.Amount-1)
	}
	for _, step := range []struct {
		actor   string
		choice  desk.Choice
		receipt string
		done    bool
		err     error
	}{
		{"amina", desk.ChoosePaid, "OUT1", false, nil},
		{"amina", desk.ChoosePaid, "OUT1", false, nil},
		{"amina", desk.ChooseNotPaid, "", false, store.ErrDecided},
		{"brian", desk.ChooseNotPaid, "", false, nil},
		{"carol", desk.ChoosePaid, "OUT2", false, nil},
		{"david", desk.ChoosePaid, "OUT1", true, nil},
	} {
		decided, err := decide(step.actor, step.choice, step.receipt)
		if !errors.Is(err, step.err) || decided.Done != step.done {
			t.Errorf("%+v: %+v, %v", step, decided, err)
		}
		if got := w.intent(in.ID).State == payments.Succeeded; got != step.done {
			t.Errorf("%+v: the withdrawal is %s", step, w.intent(in.ID).State)
		}
	}
	if got := w.intent(in.ID); got.Receipt != "OUT1" {
		t.Errorf("the receipt is %q", got.Receipt)
	}
	audit, err := w.db.Audit(t.Context(), 10)
	if err != nil || len(audit) != 5 {
		t.Errorf("%d lines of the audit, %v", len(audit), err)
	}
}

// What does not fit a case moves nothing, and leaves nothing.
func TestDecideRefuses(t *testing.T) {
	w := newWorld(t)
	w.stuck(payments.Withdrawal)
	one, before := w.onlyCase(), w.balances()
	for want, v := range map[string]desk.Verdict{
		"expected one of":             {Choice: desk.ChooseCredit},
		"needs the receipt":           {Choice: desk.ChoosePaid},
		"FIRST is booked already":     {Choice: desk.ChoosePaid, Receipt: "FIRST"},
		`"not-paid" takes no receipt`: {Choice: desk.ChooseNotPaid, Receipt: "OUT1"},
		`"not-paid" takes no worker`:  {Choice: desk.ChooseNotPaid, Worker: workerID},
	} {
		v.Case, v.Actor, v.Reason = one.ID, "amina", "a reason"
		if _, err := w.Decide(t.Context(), v, never); !errors.Is(err, desk.ErrVerdict) || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", v, err, want)
		}
	}
	if _, err := w.Decide(t.Context(), desk.Verdict{Case: one.ID, Actor: "amina", Choice: desk.ChooseNotPaid}, never); !errors.Is(err, desk.ErrVerdict) {
		t.Errorf("without a reason: %v", err)
	}
	if _, err := w.Decide(t.Context(), desk.Verdict{Case: "none"}, never); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a case that does not exist: %v", err)
	}
	f, err := desk.ReadFile(t.Context(), w.db, one.ID)
	if err != nil || len(f.Decisions) != 0 || f.Payment.State != payments.Review || len(f.Transfers) != 2 || w.balances() != before {
		t.Errorf("%+v, %v", f, err)
	}
}

// An answer that comes after all closes the case of a payment without one.
func TestAnswerClosesItsCase(t *testing.T) {
	w := newWorld(t)
	in := w.stuck(payments.Withdrawal)
	w.onlyCase()
	w.report(payments.Report{Source: payments.FromQuery, Kind: payments.Withdrawal, Intent: in.ID, Outcome: payments.Paid, Amount: in.Amount, Receipt: "OUT1"})
	if cases, err := w.db.OpenCases(t.Context(), 10); err != nil || len(cases) != 0 {
		t.Errorf("open cases: %+v, %v", cases, err)
	}
}

// A person can take a payment up before the day is over, once, and only one that was sent.
func TestTakeUp(t *testing.T) {
	w := newWorld(t)
	in := w.start(payments.Withdrawal)
	if err := w.TakeUp(t.Context(), in.ID, "amina"); !errors.Is(err, desk.ErrVerdict) {
		t.Errorf("a payment that was not sent: %v", err)
	}
	w.run(desk.JobPay, in.ID)
	if err := w.TakeUp(t.Context(), in.ID, "amina"); err != nil {
		t.Fatal(err)
	}
	if got := w.onlyCase(); got.Kind != desk.CaseNoAnswer || got.Payment != in.ID || w.intent(in.ID).State != payments.Review {
		t.Errorf("%+v, %s", got, w.intent(in.ID).State)
	}
	if err := w.TakeUp(t.Context(), in.ID, "amina"); !errors.Is(err, desk.ErrVerdict) {
		t.Errorf("a second time: %v", err)
	}
}
