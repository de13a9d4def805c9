package payments_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	desk "github.com/paytrace/paytrace/actions/payments"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/sqlite"
	"github.com/paytrace/paytrace/store/storetest"
	"github.com/paytrace/paytrace/wallet/ledger"
	"github.com/paytrace/paytrace/wallet/payments"
)

// provider answers what a test has set, and counts what it was asked to do.
type provider struct {
	push, pay    payments.Answer
	told         payments.Report
	pushed, paid int
	// during runs while a request is answered, as a callback that is faster.
	during func(in payments.Intent)
}

func (p *provider) Name() string { return "mpesa" }

func (p *provider) Push(_ context.Context, in payments.Intent) payments.Answer {
	p.pushed++
	if p.during != nil {
		p.during(in)
	}
	return p.push
}

func (p *provider) Pay(_ context.Context, in payments.Intent) payments.Answer {
	p.paid++
	if p.during != nil {
		p.during(in)
	}
	return p.pay
}

func (p *provider) Ask(context.Context, payments.Intent) payments.Report { return p.told }

func (p *provider) Explain(_ payments.Kind, code, lang string) string {
	if code == "" {
		return ""
	}
	return code + " in " + lang
}

// world is a desk on a database of its own, with one worker who has KES 1,000.
type world struct {
	*desk.Desk
	t        *testing.T
	db       store.Store
	clock    *storetest.Clock
	provider *provider
	worker   store.Worker
}

const workerID = "NW-9C7A7A9D"

func newWorld(t *testing.T) *world {
	t.Helper()
	clock := storetest.NewClock(time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC))
	db, err := sqlite.OpenMemory(t.Context(), sqlite.Config{Now: clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	fees, err := payments.ParseFees("2026-01-01: 70000=20", time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, db: db, clock: clock, provider: &provider{
		push: payments.Answer{Verdict: payments.Accepted, Request: "ws_1"}, pay: payments.Answer{Verdict: payments.Accepted, Request: "AG_1"},
	}}
	w.Desk = desk.New(desk.Desk{
		Store: db, Provider: w.provider, Fees: fees, Now: clock.Now,
		Message: func(ctx context.Context, tx store.Tx, m store.Message) error {
			m.Status = "queued"
			return tx.AddMessage(ctx, m)
		},
	})
	w.worker = store.Worker{WorkerID: workerID, Phone: "254711000001", PublicKey: "G1", SealedSecret: "x", CreatedAt: clock.Now()}
	w.in(func(ctx context.Context, tx store.Tx) error { return tx.AddWorker(ctx, w.worker) })
	w.report(payments.Report{Source: payments.FromConfirmation, Kind: payments.Deposit, Outcome: payments.Paid, Account: workerID, Amount: 100_000, Receipt: "FIRST"})
	return w
}

func (w *world) in(fn func(ctx context.Context, tx store.Tx) error) {
	w.t.Helper()
	if err := w.db.Within(w.t.Context(), fn); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) report(r payments.Report) {
	w.t.Helper()
	r.Provider = "mpesa"
	if err := w.Report(w.t.Context(), r); err != nil {
		w.t.Fatal(err)
	}
}

// start stores an intent of KES 300.
func (w *world) start(kind payments.Kind) payments.Intent {
	w.t.Helper()
	n, err := w.Name(fmt.Sprint(kind, " 1"))
	if err != nil {
		w.t.Fatal(err)
	}
	return w.startAs(kind, n)
}

// startAs stores an intent of KES 300 under names.
func (w *world) startAs(kind payments.Kind, n desk.Named) payments.Intent {
	w.t.Helper()
	w.in(func(ctx context.Context, tx store.Tx) error {
		if kind == payments.Deposit {
			return w.Deposit(ctx, tx, n, w.worker, 30_000, "en")
		}
		return w.Withdraw(ctx, tx, n, w.worker, 30_000, "sw")
	})
	return w.intent(n.ID)
}

func (w *world) intent(id string) payments.Intent {
	w.t.Helper()
	in, err := w.db.Payment(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	return in
}

// run runs a job once and returns how long it wants to wait.
func (w *world) run(kind, id string) time.Duration {
	w.t.Helper()
	err := w.Jobs()[kind](w.t.Context(), store.Job{Kind: kind, Key: id, Args: []byte(`{"id":"` + id + `"}`)}, 1)
	pause, snoozed := store.SnoozeOf(err)
	if err != nil && !snoozed {
		w.t.Fatalf("%s: %v", kind, err)
	}
	return pause
}

// sent sends an intent.
func (w *world) sent(kind payments.Kind) payments.Intent {
	w.t.Helper()
	in := w.start(kind)
	w.clock.Pass(desk.DefaultPushAfter)
	w.run(map[payments.Kind]string{payments.Deposit: desk.JobPush, payments.Withdrawal: desk.JobPay}[kind], in.ID)
	return w.intent(in.ID)
}

// callback is the provider's word at the address of an intent.
func callback(in payments.Intent, outcome payments.Outcome) payments.Report {
	r := payments.Report{Source: payments.FromCallback, Kind: in.Kind, Intent: in.ID, Token: in.Token, Outcome: outcome, Code: "1032"}
	if outcome == payments.Paid {
		r.Amount, r.Receipt, r.Code = in.Amount, "NLJ7RT61SV", "0"
	}
	return r
}

// confirmation is the same payment as callback, as the paybill tells it.
func confirmation(in payments.Intent) payments.Report {
	r := callback(in, payments.Paid)
	r.Source, r.Intent, r.Token, r.Account = payments.FromConfirmation, "", "", in.Reference
	return r
}

// want compares the state, the balance and the hold of the worker, the suspense account and
// the kinds of the open cases. It audits the ledger.
func (w *world) want(id string, state payments.State, posted, held, suspense int64, cases ...string) {
	w.t.Helper()
	if got := w.intent(id).State; got != state {
		w.t.Errorf("the intent is %s, want %s", got, state)
	}
	for code, want := range map[string][2]int64{ledger.CallerCode(workerID): {posted, held}, ledger.SuspenseCode: {suspense, 0}} {
		a, err := w.db.LedgerAccount(w.t.Context(), code)
		if err != nil || a.Posted != want[0] || a.Held != want[1] {
			w.t.Errorf("%s has %d posted and %d held (%v), want %d and %d", code, a.Posted, a.Held, err, want[0], want[1])
		}
	}
	list, err := w.db.OpenCases(w.t.Context(), 10)
	if err != nil {
		w.t.Fatal(err)
	}
	var kinds []string
	for _, c := range list {
		kinds = append(kinds, c.Kind)
	}
	slices.Sort(kinds)
	slices.Sort(cases)
	if strings.Join(kinds, ", ") != strings.Join(cases, ", ") {
		w.t.Errorf("open cases are %q, want %q", kinds, cases)
	}
	if _, err := w.db.AuditLedger(w.t.Context()); err != nil {
		w.t.Error(err)
	}
}

// wantSMS looks for words in the newest message.
func (w *world) wantSMS(words string) {
	w.t.Helper()
	list, err := w.db.Messages(w.t.Context(), 1)
	if err != nil || len(list) != 1 || !strings.Contains(list[0].Text, words) {
		w.t.Errorf("the newest message is %+v (%v), want %q", list, err, words)
	}
}

func TestDepositWaitsForTheCallToEnd(t *testing.T) {
	w := newWorld(t)
	in := w.start(payments.Deposit)
	if pause := w.run(desk.JobPush, in.ID); pause != desk.DefaultPushAfter || w.provider.pushed != 0 {
		t.Errorf("the push waits %s and was sent %d times", pause, w.provider.pushed)
	}
	w.clock.Pass(desk.DefaultPushAfter)
	for range 3 {
		w.run(desk.JobPush, in.ID)
	}
	if w.provider.pushed != 1 {
		t.Errorf("the push was sent %d times, want once", w.provider.pushed)
	}
	w.want(in.ID, payments.Pending, 100_000, 0, 0)
}

// Every order of the two reports of one payment, repeated, credits it once.
func TestDepositIsCreditedOnce(t *testing.T) {
	for name, order := range map[string]func(in payments.Intent) []payments.Report{
		"callback first": func(in payments.Intent) []payments.Report {
			return []payments.Report{callback(in, payments.Paid), confirmation(in)}
		},
		"confirmation first": func(in payments.Intent) []payments.Report {
			return []payments.Report{confirmation(in), callback(in, payments.Paid)}
		},
		"after a failure": func(in payments.Intent) []payments.Report {
			return []payments.Report{callback(in, payments.Failed), callback(in, payments.Paid), callback(in, payments.Failed)}
		},
		"reference in small letters": func(in payments.Intent) []payments.Report {
			r := confirmation(in)
			r.Account = strings.ToLower(r.Account)
			return []payments.Report{r}
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			in := w.sent(payments.Deposit)
			for range 2 {
				for _, r := range order(in) {
					w.clock.Pass(time.Second)
					w.report(r)
				}
			}
			w.want(in.ID, payments.Succeeded, 130_000, 0, 0)
			w.wantSMS("PayTrace: KES 300 came in. Receipt NLJ7RT61SV.")
		})
	}
}

func TestCallbackBeforeTheAnswer(t *testing.T) {
	for _, kind := range []payments.Kind{payments.Deposit, payments.Withdrawal} {
		w := newWorld(t)
		w.provider.during = func(in payments.Intent) { w.report(callback(in, payments.Paid)) }
		in := w.sent(kind)
		want := map[payments.Kind]int64{payments.Deposit: 130_000, payments.Withdrawal: 68_000}[kind]
		w.want(in.ID, payments.Succeeded, want, 0, 0)
		if in.Request == "" {
			t.Errorf("%s: the provider's ID of the request was not stored", kind)
		}
	}
}

func TestForgedReports(t *testing.T) {
	w := newWorld(t)
	in := w.sent(payments.Deposit)
	for name, change := range map[string]func(*payments.Report){
		"no token":               func(r *payments.Report) { r.Token = "" },
		"another token":          func(r *payments.Report) { r.Token = strings.Repeat("0", len(in.Token)) },
		"no such intent":         func(r *payments.Report) { r.Intent = "x" },
		"no intent":              func(r *payments.Report) { r.Intent, r.Token = "", "" },
		"another kind":           func(r *payments.Report) { r.Kind = payments.Withdrawal },
		"no receipt":             func(r *payments.Report) { r.Receipt = "" },
		"no amount":              func(r *payments.Report) { r.Amount = 0 },
		"a negative amount":      func(r *payments.Report) { r.Amount = -30_000 },
		"a known receipt":        func(r *payments.Report) { r.Receipt = "FIRST" },
		"an answer, wrong token": func(r *payments.Report) { r.Source, r.Token = payments.FromQuery, "x" },
		"a payout nobody asked": func(r *payments.Report) {
			r.Intent, r.Source, r.Kind = "", payments.FromConfirmation, payments.Withdrawal
		},
		"nothing, and nothing new": func(r *payments.Report) { r.Outcome = payments.Unsaid },
	} {
		r := callback(in, payments.Paid)
		change(&r)
		w.report(r)
		w.want(in.ID, payments.Pending, 100_000, 0, 0)
		if t.Failed() {
			t.Fatalf("%s has changed something", name)
		}
	}
	// The control: without a change the same report credits.
	w.report(callback(in, payments.Paid))
	w.want(in.ID, payments.Succeeded, 130_000, 0, 0)
	if err := w.Report(t.Context(), payments.Report{Provider: "other"}); err == nil {
		t.Error("a report of another provider was taken")
	}
}

func TestMoneyWithoutAnOwner(t *testing.T) {
	w := newWorld(t)
	in := w.sent(payments.Deposit)
	wrong := callback(in, payments.Paid)
	wrong.Amount, wrong.Receipt = 20_000, "R1"
	for range 2 {
		w.report(wrong)
	}
	w.want(in.ID, payments.Review, 100_000, 0, 20_000, desk.CaseWrongAmount)
	unknown := payments.Report{Source: payments.FromConfirmation, Kind: payments.Deposit, Outcome: payments.Paid, Account: "NW-00000000\x00é", Amount: 500, Receipt: "R2"}
	for range 2 {
		w.report(unknown)
	}
	w.want(in.ID, payments.Review, 100_000, 0, 20_500, desk.CaseWrongAmount, desk.CaseUnknownAccount)
	again := callback(in, payments.Paid)
	w.report(again)
	again.Receipt = "R3"
	w.report(again)
	w.want(in.ID, payments.Succeeded, 130_000, 0, 50_500, desk.CaseWrongAmount, desk.CaseUnknownAccount, desk.CasePaidAgain)
}

func TestPaybillWithoutAPush(t *testing.T) {
	w := newWorld(t)
	for i, typed := range []string{workerID, "nw-9c7a7a9d", "NW9C7A7A9D", " nw 9c7a7a9d "} {
		if ok, err := w.Payable(t.Context(), typed); !ok || err != nil {
			t.Errorf("%q: %v, %v", typed, ok, err)
		}
		w.report(payments.Report{
			Source: payments.FromConfirmation, Kind: payments.Deposit, Outcome: payments.Paid, Account: typed, Amount: 100, Receipt: fmt.Sprint("R", i),
		})
	}
	in := w.start(payments.Deposit)
	w.want(in.ID, payments.Waiting, 100_400, 0, 0)
	for typed, want := range map[string]bool{in.Reference: true, "NW-00000000": false, "": false, "9C7A7A9D": false} {
		if ok, err := w.Payable(t.Context(), typed); ok != want || err != nil {
			t.Errorf("%q: %v, %v, want %v", typed, ok, err, want)
		}
	}
}

func TestWithdrawal(t *testing.T) {
	w := newWorld(t)
	in := w.sent(payments.Withdrawal)
	w.want(in.ID, payments.Pending, 100_000, 32_000, 0)
	w.in(func(ctx context.Context, tx store.Tx) error {
		n, err := w.Name("second")
		if err != nil {
			return err
		}
		if err := w.Withdraw(ctx, tx, n, w.worker, 1000, "en"); !errors.Is(err, store.ErrWithdrawing) {
			t.Errorf("a second one: %v", err)
		}
		if err := w.Withdraw(ctx, tx, n, w.worker, 66_100, "en"); !errors.Is(err, ledger.ErrOverdraft) {
			t.Errorf("more than there is beside the hold: %v", err)
		}
		return nil
	})
	for range 2 {
		w.report(callback(in, payments.Paid))
		w.report(callback(in, payments.Failed))
	}
	w.want(in.ID, payments.Succeeded, 68_000, 0, 0)
	w.wantSMS("PayTrace imekutumia KES 300, ada KES 20. Risiti NLJ7RT61SV.")
	if fee, err := w.db.LedgerAccount(t.Context(), "fee:ours"); err != nil || fee.Posted != 2000 {
		t.Errorf("the fee account has %+v (%v)", fee, err)
	}
}

func TestWithdrawalFails(t *testing.T) {
	w := newWorld(t)
	in := w.sent(payments.Withdrawal)
	w.report(callback(in, payments.Failed))
	w.want(in.ID, payments.Ended, 100_000, 0, 0)
	w.wantSMS("PayTrace haikuweza kutuma KES 300. Pesa imerudi kwenye akaunti yako. 1032 in sw")
	// The provider was wrong, and has paid: the caller keeps the money, and a person decides.
	for range 2 {
		w.report(callback(in, payments.Paid))
	}
	w.want(in.ID, payments.Succeeded, 100_000, 0, -30_000, desk.CaseLoss)
}

// A payout whose answer is lost is never sent again and never given back, and its hold
// stays until the provider tells.
func TestUnknownPayoutIsNotSentAgain(t *testing.T) {
	w := newWorld(t)
	w.provider.pay = payments.Answer{Verdict: payments.Unknown, Reason: "no answer"}
	in := w.sent(payments.Withdrawal)
	for range 3 {
		w.run(desk.JobPay, in.ID)
	}
	w.want(in.ID, payments.Unclear, 100_000, 32_000, 0)
	if w.provider.paid != 1 {
		t.Errorf("the payout was sent %d times", w.provider.paid)
	}
	w.provider.told = payments.Report{Outcome: payments.Unsaid}
	for range 5 {
		if pause := w.run(desk.JobAsk, in.ID); pause <= 0 {
			t.Fatalf("it is not asked again")
		}
		w.clock.Pass(time.Hour)
	}
	w.want(in.ID, payments.Unclear, 100_000, 32_000, 0)
	w.provider.told = payments.Report{Outcome: payments.Paid, Receipt: "R9", Amount: 30_000}
	if pause := w.run(desk.JobAsk, in.ID); pause != 0 {
		t.Errorf("it is asked again after %s", pause)
	}
	w.want(in.ID, payments.Succeeded, 68_000, 0, 0)
}

// A process that dies while it sends leaves the intent as sending.
func TestKilledWhileSending(t *testing.T) {
	w := newWorld(t)
	in := w.start(payments.Withdrawal)
	w.provider.during = func(payments.Intent) { panic("killed") }
	func() {
		defer func() { _ = recover() }()
		w.run(desk.JobPay, in.ID)
	}()
	w.provider.during = nil
	w.want(in.ID, payments.Sending, 100_000, 32_000, 0)
	w.run(desk.JobPay, in.ID)
	w.want(in.ID, payments.Unclear, 100_000, 32_000, 0)
	if w.provider.paid != 1 {
		t.Errorf("the payout was sent %d times", w.provider.paid)
	}
}

func TestRefusedIsSentAgainOnlyWhereAllowed(t *testing.T) {
	w := newWorld(t)
	w.provider.pay = payments.Answer{Verdict: payments.Refused, Again: time.Minute}
	in := w.sent(payments.Withdrawal)
	w.want(in.ID, payments.Waiting, 100_000, 32_000, 0)
	if pause := w.run(desk.JobPay, in.ID); pause != time.Minute {
		t.Errorf("it is sent again after %s", pause)
	}
	w.provider.pay = payments.Answer{Verdict: payments.Refused, Code: "400.002.02"}
	w.run(desk.JobPay, in.ID)
	w.want(in.ID, payments.Ended, 100_000, 0, 0)
	if w.provider.paid != 3 {
		t.Errorf("sent %d times, want 3", w.provider.paid)
	}
}

// After a day without an answer a person decides, and a late answer still counts.
func TestNoAnswerForADay(t *testing.T) {
	for _, kind := range []payments.Kind{payments.Deposit, payments.Withdrawal} {
		w := newWorld(t)
		in := w.sent(kind)
		w.clock.Pass(25 * time.Hour)
		w.run(desk.JobAsk, in.ID)
		held := map[payments.Kind]int64{payments.Withdrawal: 32_000}[kind]
		w.want(in.ID, payments.Review, 100_000, held, 0, desk.CaseNoAnswer)
		if pause := w.run(desk.JobAsk, in.ID); pause != 0 {
			t.Errorf("it is asked again after %s", pause)
		}
		w.report(callback(in, payments.Paid))
		w.want(in.ID, payments.Succeeded, map[payments.Kind]int64{payments.Deposit: 130_000, payments.Withdrawal: 68_000}[kind], 0, 0)
	}
}

// A question that says failed is not final while a callback may still come.
func TestQueryContradictsTheCallback(t *testing.T) {
	w := newWorld(t)
	in := w.sent(payments.Deposit)
	w.provider.told = payments.Report{Outcome: payments.Failed, Code: "1032"}
	for range 2 {
		w.clock.Pass(4 * time.Minute)
		if pause := w.run(desk.JobAsk, in.ID); pause <= 0 {
			t.Error("it is not asked again")
		}
		w.want(in.ID, payments.Pending, 100_000, 0, 0)
	}
	w.clock.Pass(2 * time.Minute)
	w.run(desk.JobAsk, in.ID)
	w.want(in.ID, payments.Ended, 100_000, 0, 0)
	w.report(callback(in, payments.Paid))
	w.want(in.ID, payments.Succeeded, 130_000, 0, 0)
}

func TestPushThatCouldNotBeSentEnds(t *testing.T) {
	w := newWorld(t)
	w.provider.push = payments.Answer{Verdict: payments.Refused, Again: time.Minute, Reason: "busy"}
	in := w.sent(payments.Deposit)
	w.clock.Pass(11 * time.Minute)
	w.run(desk.JobPush, in.ID)
	w.want(in.ID, payments.Ended, 100_000, 0, 0)
	if w.provider.pushed != 1 {
		t.Errorf("pushed %d times", w.provider.pushed)
	}
}

func TestShillings(t *testing.T) {
	for cents, want := range map[int64]string{0: "KES 0", 5: "KES 0.05", 150_000: "KES 1,500", 123_456_789: "KES 1,234,567.89", 100_000_00: "KES 100,000"} {
		if got := desk.Shillings(cents); got != want {
			t.Errorf("%d is %q, want %q", cents, got, want)
		}
	}
}
