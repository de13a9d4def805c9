package payments_test

import (
	"context"
	"encoding/json"
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

// books are what a provider tells.
type books struct {
	list   []payments.Report
	broken error
	ids    []string
	asked  int
}

func (*books) Remembers() time.Duration { return 48 * time.Hour }
func (*books) BalanceRoute() string     { return "balance" }

func (b *books) Received(_ context.Context, from, to time.Time, each func(payments.Report) error) error {
	for _, r := range b.list {
		if r.At.Before(from) || r.At.After(to) {
			continue
		}
		if err := each(r); err != nil {
			return err
		}
	}
	return b.broken
}

func (b *books) AskBalances(context.Context) ([]string, error) { b.asked++; return b.ids, nil }

func (*books) ReadBalance(body []byte) (b payments.Balance, err error) {
	return b, json.Unmarshal(body, &b)
}

// reconciling is a world with the books of its provider. They have the first payment.
type reconciling struct {
	*world
	*desk.Reconciler
	books *books
	runs  int
}

func newReconciling(t *testing.T) *reconciling {
	t.Helper()
	w := newWorld(t)
	b := &books{}
	c := &reconciling{world: w, books: b, Reconciler: &desk.Reconciler{Desk: w.Desk, Books: b, Grace: desk.DefaultGrace}}
	c.came("FIRST", workerID, 100_000)
	w.clock.Pass(4 * time.Hour)
	return c
}

// came adds a payment to the provider's list.
func (c *reconciling) came(receipt, account string, cents int64) {
	c.books.list = append(c.books.list, payments.Report{
		Provider: "mpesa", Source: payments.FromPull, Kind: payments.Deposit, Outcome: payments.Paid,
		Account: account, Amount: cents, Receipt: receipt, At: c.clock.Now(),
	})
}

// reconcile runs one from begin to end. answered is what the provider posts meanwhile.
func (c *reconciling) reconcile(answered ...payments.Balance) *desk.Reconciled {
	c.t.Helper()
	c.runs++
	r, found, err := c.Begin(c.t.Context(), fmt.Sprint("run ", c.runs))
	if err != nil {
		c.t.Fatal(err)
	}
	c.clock.Pass(time.Minute)
	for _, b := range answered {
		body, err := json.Marshal(b)
		if err != nil {
			c.t.Fatal(err)
		}
		c.in(func(ctx context.Context, tx store.Tx) error {
			_, err := tx.AddCallback(ctx, store.Callback{
				ID: fmt.Sprint(c.runs, b.ID), Provider: "mpesa", Route: "balance", Body: string(body), Peer: "192.0.2.7", ReceivedAt: c.clock.Now(),
			})
			return err
		})
	}
	if err := c.End(c.t.Context(), r, found); err != nil {
		c.t.Fatal(err)
	}
	return found
}

// wantDifferences compares the kinds and subjects of what was found.
func wantDifferences(t *testing.T, found *desk.Reconciled, want ...string) {
	t.Helper()
	var got []string
	for _, d := range found.Differences {
		got = append(got, d.What+": "+d.Subject)
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("differences:\n%q\nwant:\n%q", got, want)
	}
	if found.Agrees() != (len(want) == 0) {
		t.Errorf("it agrees: %v", found.Agrees())
	}
}

func (c *reconciling) available() int64 {
	c.t.Helper()
	a, err := c.db.LedgerAccount(c.t.Context(), ledger.CallerCode(workerID))
	if err != nil {
		c.t.Fatal(err)
	}
	return a.Available()
}

func TestReconcileAgrees(t *testing.T) {
	c := newReconciling(t)
	wantDifferences(t, c.reconcile())
}

// A payment that nothing was posted about is booked, told of once, and agrees from then on.
func TestReconcileBooksWhatWasMissed(t *testing.T) {
	c := newReconciling(t)
	c.came("MISSED", "nw9c7a7a9d", 50_000)
	c.came("STRANGER", "NW-00000000", 7_00)
	c.clock.Pass(time.Hour)
	wantDifferences(t, c.reconcile(), "booked now: MISSED", "booked now: STRANGER")
	if got := c.available(); got != 150_000 {
		t.Errorf("the worker has %d cents", got)
	}
	cases, err := c.db.OpenCases(t.Context(), 10)
	if err != nil || len(cases) != 1 || cases[0].Kind != desk.CaseUnknownAccount {
		t.Errorf("cases: %+v, %v", cases, err)
	}
	wantDifferences(t, c.reconcile())
}

// A payment of a moment ago is booked, too. It is no difference: its callback may be on its
// way.
func TestReconcileLeavesTheNewest(t *testing.T) {
	c := newReconciling(t)
	c.came("NEW", workerID, 50_000)
	wantDifferences(t, c.reconcile())
	if got := c.available(); got != 150_000 {
		t.Errorf("the worker has %d cents", got)
	}
}

func TestReconcileTellsWhatIsNotListed(t *testing.T) {
	c := newReconciling(t)
	c.report(payments.Report{Source: payments.FromConfirmation, Kind: payments.Deposit, Outcome: payments.Paid, Account: workerID, Amount: 1, Receipt: "FORGED"})
	c.report(payments.Report{Source: payments.FromConfirmation, Kind: payments.Deposit, Outcome: payments.Paid, Account: workerID, Amount: 2, Receipt: "OTHER"})
	c.came("OTHER", workerID, 3)
	c.clock.Pass(time.Hour)
	wantDifferences(t, c.reconcile(), "other amount: OTHER", "not listed: FORGED")
	cases, err := c.db.OpenCases(t.Context(), 10)
	if err != nil || len(cases) != 2 {
		t.Errorf("cases: %+v, %v", cases, err)
	}
}

// A payment of this minute may not be listed yet, whatever the grace.
func TestReconcileWaitsForTheList(t *testing.T) {
	c := newReconciling(t)
	c.Grace = 0
	c.report(payments.Report{Source: payments.FromConfirmation, Kind: payments.Deposit, Outcome: payments.Paid, Account: workerID, Amount: 1, Receipt: "NEW"})
	wantDifferences(t, c.reconcile()) // takes a minute
	c.clock.Pass(time.Minute)
	wantDifferences(t, c.reconcile(), "not listed: NEW")
}

// What the provider can't list any more is told, once.
func TestReconcileTellsOfAGap(t *testing.T) {
	c := newReconciling(t)
	wantDifferences(t, c.reconcile())
	c.clock.Pass(72 * time.Hour)
	found := c.reconcile()
	wantDifferences(t, found, "not compared: "+found.Differences[0].Subject)
	if !strings.HasPrefix(found.Differences[0].Subject, "payments from 2026-03-01T") {
		t.Errorf("%+v", found.Differences)
	}
	wantDifferences(t, c.reconcile())
}

func TestReconcileTellsOfABrokenList(t *testing.T) {
	c := newReconciling(t)
	c.books.broken = errors.New("no list")
	wantDifferences(t, c.reconcile(), "not compared: payments that came in")
}

// A withdrawal that is not known is asked about, and told of when it is open for long.
func TestReconcileAsksAboutOpenPayouts(t *testing.T) {
	c := newReconciling(t)
	c.provider.pay = payments.Answer{Verdict: payments.Unknown}
	in := c.start(payments.Withdrawal)
	c.run(desk.JobPay, in.ID)
	c.clock.Pass(time.Hour)
	c.provider.told = payments.Report{Outcome: payments.Unsaid}
	found := c.reconcile()
	wantDifferences(t, found)
	if found.Asked != 1 || found.Open != 1 {
		t.Errorf("asked %d, open %d", found.Asked, found.Open)
	}
	c.clock.Pass(desk.DefaultOpenFor)
	wantDifferences(t, c.reconcile(), "open for long: "+in.ID)
	c.provider.told = payments.Report{Outcome: payments.Paid, Amount: 30_000, Receipt: "OUT1"}
	wantDifferences(t, c.reconcile())
	if got := c.intent(in.ID); got.State != payments.Succeeded || got.Receipt != "OUT1" {
		t.Errorf("%+v", got)
	}
}

// Balances are compared with the last ones that agreed, until a person accepts a
// difference.
func TestReconcileComparesBalances(t *testing.T) {
	c := newReconciling(t)
	c.books.ids = []string{"q"}
	told := func(cents int64) payments.Balance {
		return payments.Balance{ID: "q", Cents: cents, Charges: -5, At: c.clock.Now()}
	}
	first := c.reconcile(told(900_000))
	wantDifferences(t, first)
	if first.Ours != 100_000 || first.Charges != -5 {
		t.Errorf("%+v", first)
	}
	c.clock.Pass(time.Hour)
	wantDifferences(t, c.reconcile(), "not compared: balances") // no answer came
	c.clock.Pass(time.Hour)
	c.came("SECOND", workerID, 2_000)
	c.report(c.books.list[1])
	wantDifferences(t, c.reconcile(told(902_000)))
	c.clock.Pass(time.Hour)
	for range 2 {
		off := c.reconcile(told(802_000))
		wantDifferences(t, off, "balance: "+off.Differences[0].Subject)
		if d := off.Differences[0]; d.Ours != 0 || d.Theirs != -100_000 {
			t.Errorf("%+v", d)
		}
	}
	if _, err := c.Accept(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantDifferences(t, c.reconcile(told(802_000)))
	c.clock.Pass(time.Hour)
	wantDifferences(t, c.reconcile(payments.Balance{ID: "of another question"}), "not compared: balances")
	if _, err := c.Accept(t.Context()); err == nil {
		t.Error("balances that did not come were accepted")
	}
}

// A payment whose state does not fit its transfers is told of.
func TestReconcileComparesPaymentsWithTheLedger(t *testing.T) {
	c := newReconciling(t)
	in := c.start(payments.Withdrawal)
	c.in(func(ctx context.Context, tx store.Tx) error {
		in.State = payments.Ended
		return tx.SetPayment(ctx, in)
	})
	wantDifferences(t, c.reconcile(), "payment and ledger: "+in.ID)
}

func TestStatement(t *testing.T) {
	c := newReconciling(t)
	in := c.start(payments.Withdrawal)
	c.run(desk.JobPay, in.ID)
	c.report(payments.Report{Source: payments.FromQuery, Kind: payments.Withdrawal, Intent: in.ID, Outcome: payments.Paid, Amount: 30_000, Receipt: "OUT1", At: c.clock.Now()})
	at := c.clock.Now()
	line := func(receipt string, in, out int64, after time.Duration) payments.Line {
		return payments.Line{Receipt: receipt, In: in, Out: out, At: at.Add(after), Account: workerID, What: "a line"}
	}
	whole := []payments.Line{line("FIRST", 100_000, 0, -4*time.Hour), line("OUT1", 0, 30_000, 0), line("CHARGE", 0, 0, time.Hour)}
	read := func(lines ...payments.Line) *desk.Reconciled {
		t.Helper()
		c.runs++
		found, err := c.Statement(t.Context(), fmt.Sprint("statement ", c.runs), lines)
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	wantDifferences(t, read(whole...))
	wantDifferences(t, read(whole[0], whole[2]), "not listed: OUT1")
	wantDifferences(t, read(append(whole, line("OUT2", 0, 700, 0), line("IN2", 800, 0, 0))...), "paid out, not booked: OUT2", "booked now: IN2")
	wantDifferences(t, read(append(whole, line("IN2", 800, 0, 0))...))
	whole[1].Out = 29_000
	wantDifferences(t, read(append(whole, line("IN2", 800, 0, 0))...), "other amount: OUT1")
}

// The job of a day asks first, and ends when the answers have had time to come. A second
// job of the day is the same.
func TestReconcileJob(t *testing.T) {
	c := newReconciling(t)
	c.books.ids = []string{"q"}
	for range 2 {
		if err := c.Schedule(t.Context(), c.clock.Now()); err != nil {
			t.Fatal(err)
		}
	}
	jobs, err := c.db.ListJobs(t.Context(), 10)
	if err != nil || len(jobs) != 1 || jobs[0].Key != "mpesa 2026-03-01" {
		t.Fatalf("jobs: %+v, %v", jobs, err)
	}
	job := store.Job{Kind: desk.JobReconcile, Key: jobs[0].Key, Args: []byte(`{"id":"mpesa 2026-03-01"}`)}
	err = c.Job()(t.Context(), job, 1)
	if pause, ok := store.SnoozeOf(err); !ok || pause <= 0 {
		t.Fatalf("the first run: %v", err)
	}
	for range 2 {
		if err := c.Job()(t.Context(), job, 1); err != nil {
			t.Fatal(err)
		}
	}
	last, err := c.db.LastReconciliation(t.Context(), "mpesa", false)
	if err != nil || last.ID != "mpesa 2026-03-01" || c.books.asked != 1 {
		t.Fatalf("%+v, %v, asked %d times", last, err, c.books.asked)
	}
	found, err := desk.ReadReconciled(last)
	if err != nil {
		t.Fatal(err)
	}
	wantDifferences(t, found, "not compared: balances")
}
