package payments

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet/ledger"
	"github.com/paytrace/paytrace/wallet/payments"
)

// Difference says where the ledger and the provider's books differ.
type Difference struct {
	// What is one of the constants below, and Subject a receipt, an intent or an account.
	What    string `json:"what"`
	Subject string `json:"subject"`
	// Ours and Theirs are in cents, where there are two amounts.
	Ours   int64  `json:"ours,omitempty"`
	Theirs int64  `json:"theirs,omitempty"`
	Detail string `json:"detail"`
}

// Kinds of differences.
const (
	// DiffBooked came in, was not booked, and is now.
	DiffBooked = "booked now"
	// DiffNotListed is in the ledger, and the provider does not list it.
	DiffNotListed = "not listed"
	// DiffAmount has another amount at the provider.
	DiffAmount = "other amount"
	// DiffNotBooked left the provider's account, and no withdrawal has its receipt.
	DiffNotBooked = "paid out, not booked"
	// DiffOpen is an intent that has not ended for long.
	DiffOpen = "open for long"
	// DiffLedger is an intent whose transfers do not fit its state.
	DiffLedger = "payment and ledger"
	// DiffBalance is a balance that does not fit the clearing accounts.
	DiffBalance = "balance"
	// DiffUnchecked could not be compared.
	DiffUnchecked = "not compared"
)

// Reconciled is what a reconciliation has found.
type Reconciled struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	// Listed counts the payments that the provider lists, Asked the intents it was asked
	// about, and Open those that have not ended.
	Listed int `json:"listed"`
	Asked  int `json:"asked"`
	Open   int `json:"open"`
	// Questions are the IDs of the questions for balances.
	Questions []string `json:"questions,omitempty"`
	// Theirs and Ours are the balances in cents, at BalanceAt.
	BalanceAt time.Time `json:"balance_at,omitzero"`
	Theirs    int64     `json:"theirs"`
	Ours      int64     `json:"ours"`
	// Charges is what the provider keeps apart for its fees, in cents.
	Charges int64 `json:"charges"`
	// Notes tell what was not compared, for a reason that is no fault.
	Notes       []string     `json:"notes,omitempty"`
	Differences []Difference `json:"differences"`
	// More counts the differences above MaxDifferences.
	More int `json:"more,omitempty"`
}

// MaxDifferences bounds the differences of a report. A person reads them.
const MaxDifferences = 500

func (r *Reconciled) differs(d Difference) {
	if len(r.Differences) >= MaxDifferences {
		r.More++
		return
	}
	r.Differences = append(r.Differences, d)
}

// Agrees reports whether nothing differs, and everything could be compared.
func (r *Reconciled) Agrees() bool { return len(r.Differences) == 0 }

// unchecked notes that a part could not be compared.
func (r *Reconciled) unchecked(subject string, err error) {
	r.differs(Difference{What: DiffUnchecked, Subject: subject, Detail: err.Error()})
}

const (
	// overlap is how far before the last reconciliation the next one begins.
	overlap = 6 * time.Hour
	// clockMargin is how much earlier than now the list of payments may begin to be
	// complete: whether its times are in UTC or in Nairobi's is not documented.
	clockMargin = 3 * time.Hour
	// listLag is how long a payment may be in the ledger before the provider lists it: its
	// list is asked for by whole seconds, and its clock is another one.
	listLag = time.Minute
	// maxAsked bounds the intents that one reconciliation asks about.
	maxAsked = 500
	// DefaultGrace leaves out payments whose callbacks may be on their way.
	DefaultGrace = 5 * time.Minute
	// DefaultOpenFor is how long an intent may be open before a reconciliation tells.
	DefaultOpenFor = 6 * time.Hour
	// maxBalances bounds the answers that are read for the questions of one reconciliation.
	maxBalances = 100
)

// Reconciler compares the ledger with the provider's own books.
type Reconciler struct {
	*Desk
	Books payments.Books
	// OpenFor is how long an intent may be open; 0 means DefaultOpenFor.
	OpenFor time.Duration
	// Grace leaves out the newest payments.
	Grace time.Duration
}

// Begin compares what came in, and asks about open intents and balances. The answers come
// later: see Answered and End.
func (c *Reconciler) Begin(ctx context.Context, id string) (*store.Reconciliation, *Reconciled, error) {
	now := c.Now()
	found := &Reconciled{To: now.Add(-c.Grace), Differences: []Difference{}}
	if err := c.since(ctx, now, found); err != nil {
		return nil, nil, err
	}
	if err := c.received(ctx, found); err != nil {
		return nil, nil, err
	}
	if err := c.ask(ctx, found); err != nil {
		return nil, nil, err
	}
	r := &store.Reconciliation{ID: id, Provider: c.Provider.Name(), BeganAt: now}
	return r, found, c.save(ctx, r, found)
}

func (c *Reconciler) save(ctx context.Context, r *store.Reconciliation, found *Reconciled) error {
	report, err := json.Marshal(found)
	if err != nil {
		return err
	}
	r.Report = report
	return c.Store.SaveReconciliation(ctx, *r)
}

// since chooses the beginning: some hours before the end of the last reconciliation, and no
// earlier than the provider remembers.
func (c *Reconciler) since(ctx context.Context, now time.Time, found *Reconciled) error {
	oldest := now.Add(-c.Books.Remembers()).Add(time.Minute) // it has passed when the question arrives
	found.From = oldest
	last, err := c.Store.LastReconciliation(ctx, c.Provider.Name(), false)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	var before Reconciled
	if err := json.Unmarshal(last.Report, &before); err != nil {
		return fmt.Errorf("read the reconciliation %s: %w", last.ID, err)
	}
	if from := before.To.Add(-overlap); from.After(oldest) {
		found.From = from
	} else if before.To.Before(oldest) {
		found.differs(Difference{
			What: DiffUnchecked, Subject: "payments from " + stamp(before.To) + " to " + stamp(oldest),
			Detail: "the provider's list does not reach back so far; import a statement of these days",
		})
	}
	return nil
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// received compares the provider's list of payments with the ledger, both ways. What came
// in and is not booked is booked.
func (c *Reconciler) received(ctx context.Context, found *Reconciled) error {
	listed := map[string]bool{}
	now := c.Now()
	err := c.Books.Received(ctx, found.From, now.Add(time.Second), func(r payments.Report) error {
		found.Listed++
		listed[r.Receipt] = true
		return c.compare(ctx, r, found)
	})
	if err != nil {
		if ctx.Err() != nil {
			return err
		}
		found.unchecked("payments that came in", err)
		return nil
	}
	tell := c.unlisted(ctx, found, listed, "the provider's list")
	to := found.To
	if ripe := now.Add(-listLag); to.After(ripe) {
		to = ripe
	}
	return c.Store.LedgerReceipts(ctx, c.clearingIn(), found.From.Add(clockMargin), to, func(t ledger.Transfer) error {
		if t.Debit != c.clearingIn() {
			return nil // what was sent back is not in a list of what came in
		}
		return tell(t)
	})
}

// compare compares one payment that came in with the ledger, and books it if it is missing.
func (c *Reconciler) compare(ctx context.Context, r payments.Report, found *Reconciled) error {
	booked, err := c.Store.LedgerReceipt(ctx, r.Provider, r.Receipt)
	switch {
	case errors.Is(err, store.ErrNotFound):
	case err != nil:
		return err
	case booked.Amount != r.Amount || booked.Debit != c.clearingIn():
		d := Difference{
			What: DiffAmount, Subject: r.Receipt, Ours: booked.Amount, Theirs: r.Amount,
			Detail: fmt.Sprintf("it came in, and the ledger has it from %s to %s", booked.Debit, booked.Credit),
		}
		found.differs(d)
		return c.openDifference(ctx, d)
	default:
		return nil
	}
	if err := c.Report(ctx, r); err != nil {
		return err
	}
	if !r.At.IsZero() && r.At.After(found.To) {
		return nil // its callback may be on its way
	}
	d := Difference{What: DiffBooked, Subject: r.Receipt, Theirs: r.Amount, Detail: "nothing was posted about it, or it could not be stored"}
	booked, err = c.Store.LedgerReceipt(ctx, r.Provider, r.Receipt)
	switch {
	case errors.Is(err, store.ErrNotFound):
		d.What, d.Detail = DiffUnchecked, "it came in, and could not be booked; see the log"
	case err != nil:
		return err
	default:
		d.Ours, d.Detail = booked.Amount, d.Detail+"; it is on "+booked.Credit
	}
	found.differs(d)
	return nil
}

// unlisted tells of a receipt of the ledger that the provider does not have.
func (c *Reconciler) unlisted(ctx context.Context, found *Reconciled, listed map[string]bool, where string) func(ledger.Transfer) error {
	return func(t ledger.Transfer) error {
		if t.Provider != c.Provider.Name() || listed[t.Receipt] {
			return nil
		}
		d := Difference{
			What: DiffNotListed, Subject: t.Receipt, Ours: t.Amount,
			Detail: fmt.Sprintf("the ledger has it from %s to %s, told by %s, and %s does not", t.Debit, t.Credit, t.Actor, where),
		}
		found.differs(d)
		return c.openDifference(ctx, d)
	}
}

// ask asks about open intents and balances, unless payouts are stopped: each question needs
// the same operator, whom more attempts lock.
func (c *Reconciler) ask(ctx context.Context, found *Reconciled) error {
	stop, err := ReadStop(ctx, c.Store)
	if err != nil {
		return err
	}
	if stop.Stopped() {
		found.differs(Difference{What: DiffUnchecked, Subject: "open payments and balances", Detail: "payouts are stopped, and asking needs the same operator"})
		return nil
	}
	if err := c.askOpen(ctx, found); err != nil {
		return err
	}
	c.askBalances(ctx, found)
	return nil
}

// askOpen asks about the intents that have not ended, also about those that wait for a
// person: the provider may know by now.
func (c *Reconciler) askOpen(ctx context.Context, found *Reconciled) error {
	ids, err := c.Store.OpenPayments(ctx, c.Now().Add(-c.Grace), maxAsked)
	if err != nil {
		return err
	}
	for _, id := range ids {
		in, err := c.Store.Payment(ctx, id)
		if err != nil {
			return err
		}
		if !in.State.Open() {
			continue
		}
		if err := c.Settle(ctx, in); err != nil {
			return err
		}
		found.Asked++
	}
	return nil
}

func (c *Reconciler) askBalances(ctx context.Context, found *Reconciled) {
	ids, err := c.Books.AskBalances(ctx)
	found.Questions = ids
	switch {
	case err != nil:
		found.unchecked("balances", err)
	case len(ids) == 0:
		found.Notes = append(found.Notes, "balances were not asked for: the settings have no API operator")
	}
}

// Answered reports whether all answers to the questions for balances have come.
func (c *Reconciler) Answered(ctx context.Context, r *store.Reconciliation, found *Reconciled) (bool, error) {
	answers, err := c.answers(ctx, r, found)
	return len(answers) == len(found.Questions), err
}

// answers reads the answers that have come, by the ID of their question.
func (c *Reconciler) answers(ctx context.Context, r *store.Reconciliation, found *Reconciled) (map[string]payments.Balance, error) {
	posted, err := c.Store.CallbacksSince(ctx, r.Provider, c.Books.BalanceRoute(), r.BeganAt.Add(-time.Minute), maxBalances)
	if err != nil {
		return nil, err
	}
	answers := map[string]payments.Balance{}
	for _, p := range posted {
		b, err := c.Books.ReadBalance([]byte(p.Body))
		if err != nil || !slices.Contains(found.Questions, b.ID) {
			continue // the log has told of it, or it answers another question
		}
		if b.At.IsZero() || p.ReceivedAt.Sub(b.At).Abs() > time.Hour {
			b.At = p.ReceivedAt // a sample of the provider's has a day of another month
		}
		answers[b.ID] = b
	}
	return answers, nil
}

// End compares what could only be compared once the answers had come, and stores the
// report.
func (c *Reconciler) End(ctx context.Context, r *store.Reconciliation, found *Reconciled) error {
	if err := c.balances(ctx, r, found); err != nil {
		return err
	}
	if err := c.openForLong(ctx, found); err != nil {
		return err
	}
	unbalanced, err := c.Store.UnbalancedPayments(ctx, time.Unix(0, 0), MaxDifferences)
	if err != nil {
		return err
	}
	for _, p := range unbalanced {
		found.differs(Difference{
			What: DiffLedger, Subject: p.ID,
			Detail: fmt.Sprintf("the %s of %s is %q, and its transfers clear %s and hold %s", p.Kind, Shillings(p.Amount), p.State, signed(p.Cleared), signed(p.Held)),
		})
	}
	r.EndedAt = c.Now()
	return c.save(ctx, r, found)
}

func signed(cents int64) string {
	if cents < 0 {
		return "-" + Shillings(-cents)
	}
	return Shillings(cents)
}

// balances compares how the provider's balance and the clearing accounts have changed since
// both agreed.
func (c *Reconciler) balances(ctx context.Context, r *store.Reconciliation, found *Reconciled) error {
	if len(found.Questions) == 0 {
		return nil
	}
	answers, err := c.answers(ctx, r, found)
	if err != nil {
		return err
	}
	if len(answers) < len(found.Questions) {
		found.differs(Difference{What: DiffUnchecked, Subject: "balances", Detail: "the provider was asked and did not answer in time; run this again"})
		return nil
	}
	found.Theirs, found.Charges = 0, 0
	for _, b := range answers {
		found.Theirs, found.Charges = found.Theirs+b.Cents, found.Charges+b.Charges
		if b.At.After(found.BalanceAt) {
			found.BalanceAt = b.At
		}
	}
	if found.Ours, err = c.cleared(ctx, found.BalanceAt); err != nil {
		return err
	}
	r.BalanceAt, r.Theirs, r.Ours = found.BalanceAt, found.Theirs, found.Ours
	last, err := c.Store.LastReconciliation(ctx, r.Provider, true)
	if errors.Is(err, store.ErrNotFound) {
		found.Notes = append(found.Notes, "these are the first balances; the next ones are compared with them")
		r.Agreed = true
		return nil
	}
	if err != nil {
		return err
	}
	theirs, ours := found.Theirs-last.Theirs, found.Ours-last.Ours
	if r.Agreed = theirs == ours; !r.Agreed {
		found.differs(Difference{
			What: DiffBalance, Subject: "since " + stamp(last.BalanceAt), Ours: ours, Theirs: theirs,
			Detail: "the provider's balance changed by " + signed(theirs) + ", and the clearing accounts by " + signed(ours) +
				"; transfers to a bank, and fees taken from these accounts, are not in the ledger",
		})
	}
	return nil
}

// cleared is what the provider should have by the ledger: what came in less what went out.
func (c *Reconciler) cleared(ctx context.Context, at time.Time) (int64, error) {
	in, err := c.Store.BalanceAt(ctx, c.clearingIn(), at)
	if err != nil {
		return 0, err
	}
	out, err := c.Store.BalanceAt(ctx, c.clearingOut(), at)
	return -in - out, err
}

// openForLong tells of intents that have not ended for long.
func (c *Reconciler) openForLong(ctx context.Context, found *Reconciled) error {
	ids, err := c.Store.OpenPayments(ctx, c.Now().Add(time.Second), maxAsked)
	if err != nil {
		return err
	}
	limit := c.OpenFor
	if limit <= 0 {
		limit = DefaultOpenFor
	}
	found.Open = len(ids)
	for _, id := range ids {
		in, err := c.Store.Payment(ctx, id)
		if err != nil {
			return err
		}
		age := c.Now().Sub(in.CreatedAt)
		if in.State.Final() || age < limit {
			continue
		}
		found.differs(Difference{
			What: DiffOpen, Subject: in.ID, Ours: in.Amount,
			Detail: fmt.Sprintf("the %s of %s is %q for %s; asked %d times, last code %q", in.Kind, in.Worker, in.State, age.Round(time.Minute), in.Asked, in.Code),
		})
	}
	return nil
}

// openDifference opens a case for a difference that only a person can explain.
func (c *Reconciler) openDifference(ctx context.Context, d Difference) error {
	return c.Store.Within(ctx, func(ctx context.Context, tx store.Tx) error {
		return tx.OpenCase(ctx, store.Case{
			ID: d.What + ": " + c.Provider.Name() + ":" + d.Subject, Kind: d.What, Provider: c.Provider.Name(), Receipt: d.Subject,
			Amount: max(d.Ours, d.Theirs), Detail: d.Detail, OpenedAt: c.Now(),
		})
	})
}

// Statement compares a provider's statement with the ledger, both ways. What came in and is
// not booked is booked.
func (c *Reconciler) Statement(ctx context.Context, id string, lines []payments.Line) (*Reconciled, error) {
	found := &Reconciled{Differences: []Difference{}}
	listed := map[string]bool{}
	began := c.Now()
	for _, line := range lines {
		listed[line.Receipt] = true
		if found.Listed++; found.From.IsZero() || line.At.Before(found.From) {
			found.From = line.At
		}
		if line.At.After(found.To) {
			found.To = line.At
		}
		found.Charges -= line.Charges
		if err := c.line(ctx, line, found); err != nil {
			return nil, err
		}
	}
	// The first and the last second may have more payments, on another statement.
	for _, code := range []string{c.clearingIn(), c.clearingOut()} {
		if err := c.Store.LedgerReceipts(ctx, code, found.From.Add(time.Second), found.To, c.unlisted(ctx, found, listed, "the statement")); err != nil {
			return nil, err
		}
	}
	report, err := json.Marshal(found)
	if err != nil {
		return nil, err
	}
	return found, c.Store.SaveReconciliation(ctx, store.Reconciliation{
		ID: id, Provider: "statement of " + c.Provider.Name(), BeganAt: began, EndedAt: c.Now(), Report: report,
	})
}

// line compares one line of a statement.
func (c *Reconciler) line(ctx context.Context, line payments.Line, found *Reconciled) error {
	switch {
	case line.In > 0 && line.Out == 0:
		return c.compare(ctx, payments.Report{
			Provider: c.Provider.Name(), Source: payments.FromStatement, Kind: payments.Deposit, Account: line.Account,
			Outcome: payments.Paid, Amount: line.In, Receipt: line.Receipt, At: line.At,
		}, found)
	case line.Out == 0:
		return nil // a charge alone
	}
	booked, err := c.Store.LedgerReceipt(ctx, c.Provider.Name(), line.Receipt)
	d := Difference{Subject: line.Receipt, Theirs: line.Out - line.In, Detail: "the statement calls it " + line.What}
	switch {
	case errors.Is(err, store.ErrNotFound):
		d.What = DiffNotBooked
	case err != nil:
		return err
	case booked.Amount != d.Theirs || booked.Credit != c.clearingOut() && booked.Credit != c.clearingIn():
		d.What, d.Ours = DiffAmount, booked.Amount
	default:
		return nil
	}
	found.differs(d)
	return c.openDifference(ctx, d)
}

// Accept makes the balances of the last reconciliation the ones that the next is compared
// with, since a person has explained the difference.
func (c *Reconciler) Accept(ctx context.Context) (store.Reconciliation, error) {
	r, err := c.Store.LastReconciliation(ctx, c.Provider.Name(), false)
	if err != nil {
		return r, err
	}
	if r.BalanceAt.IsZero() {
		return r, errNoBalance
	}
	r.Agreed = true
	return r, c.Store.SaveReconciliation(ctx, r)
}

var errNoBalance = errors.New("the last reconciliation has no balances; run one first")
