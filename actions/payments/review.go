package payments

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet/ledger"
	"github.com/paytrace/paytrace/wallet/payments"
)

// Choice is what a person may decide about a case.
type Choice string

// The choices. Each case has some of them: see Choices.
const (
	// ChoosePaid says that the provider has moved the money; it needs the receipt.
	ChoosePaid Choice = "paid"
	// ChooseNotPaid says that the provider has not moved the money and will not.
	ChooseNotPaid Choice = "not-paid"
	// ChooseCredit gives money that is set aside to a worker.
	ChooseCredit Choice = "credit"
	// ChooseReturned says that the money went back to the payer; it needs the receipt of
	// the reversal.
	ChooseReturned Choice = "returned"
	// ChooseTakeBack takes a loss from the worker who was paid twice.
	ChooseTakeBack Choice = "take-back"
	// ChooseWriteOff books a loss as the service's own.
	ChooseWriteOff Choice = "write-off"
	// ChooseExplained closes a case and moves nothing.
	ChooseExplained Choice = "explained"
)

// lossAccount collects what the service has lost.
const lossAccount = "fee:losses"

// choices lists what may be decided about each kind of case.
var choices = map[string][]Choice{
	CaseNoAnswer:       {ChoosePaid, ChooseNotPaid},
	CaseWrongAmount:    {ChooseCredit, ChooseReturned},
	CasePaidAgain:      {ChooseCredit, ChooseReturned},
	CaseUnknownAccount: {ChooseCredit, ChooseReturned},
	CaseLoss:           {ChooseTakeBack, ChooseWriteOff},
	DiffNotListed:      {ChooseExplained},
	DiffAmount:         {ChooseExplained},
	DiffNotBooked:      {ChooseExplained},
}

// Choices returns what may be decided about a case.
func Choices(c store.Case) []Choice {
	if c.Kind == CaseWrongAmount && c.Transfer == "" {
		// A withdrawal of another amount: nothing is set aside, and its hold stays.
		return []Choice{ChoosePaid, ChooseNotPaid}
	}
	return choices[c.Kind]
}

// CaseNumber is a short name of a case, for people to type.
func CaseNumber(c store.Case) string {
	sum := sha256.Sum256([]byte(c.ID))
	const digits = 8
	return hex.EncodeToString(sum[:])[:digits]
}

// Verdict is one person's decision about a case.
type Verdict struct {
	Case   string
	Actor  string
	Choice Choice
	// Receipt is the provider's, for ChoosePaid and ChooseReturned.
	Receipt string
	// Worker is who gets the money, for ChooseCredit of a payment to an unknown account.
	Worker string
	// Reason tells why, in the person's own words.
	Reason string
}

// words are what two persons must agree on. Each has reasons of their own.
func (v Verdict) words() string {
	return strings.Join(strings.Fields(string(v.Choice)+" "+v.Receipt+" "+v.Worker), " ")
}

// Decided says what became of a decision.
type Decided struct {
	// Done says that it was carried out; otherwise another person must decide alike.
	Done bool
	// Others are decisions that differ.
	Others []store.Decision
}

// ErrVerdict means that a decision does not fit its case. Nothing was stored.
var ErrVerdict = errors.New("the decision does not fit the case")

// Decide stores a decision, and carries it out if enough persons have decided alike: two
// above an amount in cents, otherwise one. All of it, with its line in the audit, happens
// or nothing.
func (d *Desk) Decide(ctx context.Context, v Verdict, twoAbove int64) (decided Decided, err error) {
	err = d.Store.Within(ctx, func(ctx context.Context, tx store.Tx) error {
		decided = Decided{}
		c, err := tx.LockCase(ctx, v.Case)
		if err != nil {
			return err
		}
		if err := d.fits(ctx, tx, c, &v); err != nil {
			return err
		}
		all, err := tx.Decide(ctx, store.Decision{Case: c.ID, Actor: v.Actor, Decision: v.words(), At: d.Now()})
		if err != nil {
			return err
		}
		alike := 0
		for _, one := range all {
			if one.Decision == v.words() {
				alike++
			} else {
				decided.Others = append(decided.Others, one)
			}
		}
		needed := 1
		if c.Amount > twoAbove || len(decided.Others) > 0 {
			needed = 2
		}
		if decided.Done = alike >= needed; decided.Done {
			if err := d.carryOut(ctx, tx, c, v); err != nil {
				return err
			}
			if err := tx.CloseCase(ctx, c.ID, d.Now()); err != nil {
				return err
			}
		}
		return tx.AddAudit(ctx, v.entry(c, decided, d.Now()))
	})
	return decided, err
}

// TakeUp opens the case of a payment that was sent and has no known end, before the day is
// over after which that happens by itself. A person does so who can look it up.
func (d *Desk) TakeUp(ctx context.Context, id, actor string) error {
	return d.change(ctx, id, func(ctx context.Context, tx store.Tx, in payments.Intent) error {
		if in.State.Final() || in.State == payments.Waiting || in.State == payments.Review {
			return fmt.Errorf("%w: the %s is %q, expected one that was sent and has no known end", ErrVerdict, in.Kind, in.State)
		}
		if err := d.step(ctx, tx, &in, payments.GiveUp); err != nil {
			return err
		}
		if err := d.open(ctx, tx, in, CaseNoAnswer, payments.Report{Amount: in.Amount}, "", "taken up by "+actor); err != nil {
			return err
		}
		return tx.AddAudit(ctx, store.AuditEntry{At: d.Now(), What: "review take", Actor: actor, Subject: in.ID, Outcome: store.AuditDone})
	})
}

// entry is the line of the audit about a decision.
func (v Verdict) entry(c store.Case, decided Decided, at time.Time) store.AuditEntry {
	detail := v.words() + ": " + v.Reason
	if !decided.Done {
		detail += " (another person must decide alike)"
	}
	return store.AuditEntry{At: at, What: "review decide", Actor: v.Actor, Subject: c.ID, Detail: detail, Outcome: store.AuditDone}
}

// fits checks a decision against its case, and fills in the worker.
func (d *Desk) fits(ctx context.Context, tx store.Tx, c store.Case, v *Verdict) error {
	refuse := func(format string, args ...any) error {
		return fmt.Errorf("%w: "+format, append([]any{ErrVerdict}, args...)...)
	}
	allowed := false
	for _, choice := range Choices(c) {
		allowed = allowed || choice == v.Choice
	}
	needsReceipt := v.Choice == ChoosePaid && c.Receipt == "" || v.Choice == ChooseReturned
	switch {
	case !c.ClosedAt.IsZero():
		return refuse("it was decided on %s", stamp(c.ClosedAt))
	case !allowed:
		return refuse("found %q, expected one of %q", v.Choice, Choices(c))
	case needsReceipt && v.Receipt == "":
		return refuse("%q needs the receipt of M-Pesa; look for it on the portal", v.Choice)
	case !needsReceipt && v.Receipt != "":
		return refuse("%q takes no receipt here", v.Choice)
	case v.Reason == "":
		return refuse("it has no reason")
	}
	if needsReceipt {
		booked, err := tx.BookedReceipt(ctx, c.Provider, v.Receipt)
		if err == nil {
			return refuse("the receipt %s is booked already, from %s to %s", v.Receipt, booked.Debit, booked.Credit)
		}
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	if v.Choice != ChooseCredit {
		if v.Worker != "" {
			return refuse("%q takes no worker", v.Choice)
		}
		return nil
	}
	return d.fitsWorker(ctx, tx, c, v)
}

// fitsWorker finds who gets the money of a case: the worker of its intent, or the one who
// was named.
func (d *Desk) fitsWorker(ctx context.Context, tx store.Tx, c store.Case, v *Verdict) error {
	if c.Payment != "" {
		in, err := tx.LockPayment(ctx, c.Payment)
		if err != nil {
			return err
		}
		if v.Worker != "" && WorkerID(v.Worker) != in.Worker {
			return fmt.Errorf("%w: the payment belongs to %s; leave the worker out", ErrVerdict, in.Worker)
		}
		v.Worker = in.Worker
		return nil
	}
	if v.Worker == "" {
		return fmt.Errorf("%w: nobody is known to own the payment; name the worker", ErrVerdict)
	}
	w, err := tx.WorkerByID(ctx, WorkerID(v.Worker))
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("%w: there is no worker %s", ErrVerdict, WorkerID(v.Worker))
	}
	v.Worker = w.WorkerID
	return err
}

// carryOut does what was decided.
func (d *Desk) carryOut(ctx context.Context, tx store.Tx, c store.Case, v Verdict) error {
	switch v.Choice {
	case ChoosePaid:
		return d.decidePaid(ctx, tx, c, v)
	case ChooseNotPaid:
		in, err := tx.LockPayment(ctx, c.Payment)
		if err != nil || in.State.Final() {
			return err
		}
		in.Reason = "decided: not paid"
		return d.fail(ctx, tx, &in)
	case ChooseCredit, ChooseReturned:
		return d.decideSetAside(ctx, tx, c, v)
	case ChooseTakeBack:
		in, err := tx.LockPayment(ctx, c.Payment)
		if err != nil {
			return err
		}
		return tx.Move(ctx, d.decided(c, v, ledger.CallerCode(in.Worker), ledger.SuspenseCode))
	case ChooseWriteOff:
		return tx.Move(ctx, d.decided(c, v, lossAccount, ledger.SuspenseCode))
	}
	return nil
}

// decided is the transfer that a decision makes.
func (d *Desk) decided(c store.Case, v Verdict, from, to string) ledger.Transfer {
	t := ledger.Transfer{
		ID: "decision: " + CaseNumber(c), Phase: ledger.Single, Debit: from, Credit: to, Amount: c.Amount,
		What: "decision", EffectiveAt: d.Now(), Actor: v.Actor,
	}
	if v.Choice == ChooseReturned {
		t.Provider, t.Receipt = c.Provider, v.Receipt
	}
	return t
}

// decidePaid books what the provider has moved, as if it had reported so. The person has
// seen it on the portal.
func (d *Desk) decidePaid(ctx context.Context, tx store.Tx, c store.Case, v Verdict) error {
	in, err := tx.LockPayment(ctx, c.Payment)
	if err != nil || in.State == payments.Succeeded {
		return err
	}
	r := payments.Report{
		Provider: in.Provider, Source: payments.FromStatement, Kind: in.Kind, Intent: in.ID, Outcome: payments.Paid,
		Amount: in.Amount, Receipt: v.Receipt,
	}
	if c.Receipt != "" {
		r.Receipt = c.Receipt
	}
	if in.Kind == payments.Deposit {
		return d.paidIn(ctx, tx, in, r)
	}
	if err := d.paidOut(ctx, tx, in, r); err != nil || c.Kind != CaseWrongAmount || c.Amount == in.Amount {
		return err
	}
	// The hold was posted whole. What the provider paid less stays the worker's, and what it
	// paid more is a loss.
	t := d.decided(c, v, d.clearingOut(), ledger.CallerCode(in.Worker))
	t.Amount = in.Amount - c.Amount
	if t.Amount < 0 {
		t.Debit, t.Credit, t.Amount = lossAccount, d.clearingOut(), -t.Amount
	}
	return tx.Move(ctx, t)
}

// decideSetAside moves money out of suspense, and ends an intent that waits for it.
func (d *Desk) decideSetAside(ctx context.Context, tx store.Tx, c store.Case, v Verdict) error {
	to := d.clearingIn()
	if v.Choice == ChooseCredit {
		to = ledger.CallerCode(v.Worker)
	}
	if err := tx.Move(ctx, d.decided(c, v, ledger.SuspenseCode, to)); err != nil {
		return err
	}
	if c.Payment == "" {
		return nil
	}
	in, err := tx.LockPayment(ctx, c.Payment)
	if err != nil || in.State.Final() {
		return err
	}
	in.Receipt, in.Reason = c.Receipt, "decided: another amount came, "+string(v.Choice)
	return d.step(ctx, tx, &in, payments.Fail)
}

// File is all that is known about a case.
type File struct {
	Case      store.Case
	Decisions []store.Decision
	// Payment is the intent; its ID is "" if there is none.
	Payment   payments.Intent
	Transfers []ledger.Transfer
	// Posts is what the provider posted about it, the oldest first.
	Posts []store.Callback
}

// maxPosts bounds the posts of a file.
const maxPosts = 50

// ReadFile reads all that is known about a case.
func ReadFile(ctx context.Context, db store.Store, id string) (f File, err error) {
	if f.Case, f.Decisions, err = db.CaseDecisions(ctx, id); err != nil {
		return f, err
	}
	if f.Case.Payment == "" {
		return f, f.receipt(ctx, db)
	}
	if f.Payment, err = db.Payment(ctx, f.Case.Payment); err != nil {
		return f, err
	}
	if f.Transfers, err = db.LedgerOfIntent(ctx, f.Case.Payment); err != nil {
		return f, err
	}
	if f.Posts, err = db.CallbacksOf(ctx, f.Case.Payment, maxPosts); err != nil {
		return f, err
	}
	return f, f.receipt(ctx, db)
}

// receipt adds the transfer of the case's receipt.
func (f *File) receipt(ctx context.Context, db store.Store) error {
	if f.Case.Receipt == "" {
		return nil
	}
	t, err := db.LedgerReceipt(ctx, f.Case.Provider, f.Case.Receipt)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	for _, known := range f.Transfers {
		if known.ID == t.ID {
			return err
		}
	}
	if err == nil {
		f.Transfers = append(f.Transfers, t)
	}
	return err
}
