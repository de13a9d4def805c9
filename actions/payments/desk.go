// Package payments moves money by mobile money: it keeps intents, sends their requests
// to a provider in jobs, books what the provider reports, and opens a case for whatever a
// person must decide.
//
// No call to a provider happens inside a transaction. What is stored before and after a
// request keeps a process that dies between them from sending it twice.
package payments

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet/ledger"
	"github.com/paytrace/paytrace/wallet/payments"
)

// Desk starts deposits and withdrawals, sends them, and works through reports. It is safe
// for concurrent use.
type Desk struct {
	Store    store.Store
	Provider payments.Provider
	Limits   payments.Limits
	Fees     payments.Fees
	// Now is the clock, and Rand gives the randomness of IDs and tokens.
	Now  func() time.Time
	Rand io.Reader
	Log  *slog.Logger
	// Message queues an SMS to a number in a transaction. Its ID is unique.
	Message func(ctx context.Context, tx store.Tx, m store.Message) error
	// PushAfter is how long a push waits for the caller's call to end; 0 means
	// DefaultPushAfter.
	PushAfter time.Duration
}

var _ payments.Desk = (*Desk)(nil)

// DefaultPushAfter lets the network end the call first: a push in an open session fails.
const DefaultPushAfter = 5 * time.Second

// DefaultLimits bound what callers move where the settings say nothing: M-Pesa's own bound
// on small payments, and less for accounts of the first three days, whose number may have
// been taken over with its SIM.
var DefaultLimits = payments.Limits{
	Most: 70_000_00, Day: 140_000_00, NewDay: 10_000_00, NewFor: 3 * day,
}

// New fills the zero fields of d and returns it. A Desk without Limits gets DefaultLimits.
func New(d Desk) *Desk {
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Rand == nil {
		d.Rand = rand.Reader
	}
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	if d.Limits == (payments.Limits{}) {
		d.Limits = DefaultLimits
	}
	if d.PushAfter <= 0 {
		d.PushAfter = DefaultPushAfter
	}
	return &d
}

// clearingIn and clearingOut are the other sides of deposits and withdrawals.
func (d *Desk) clearingIn() string  { return "clearing:" + d.Provider.Name() + ":in" }
func (d *Desk) clearingOut() string { return "clearing:" + d.Provider.Name() + ":out" }

// feeAccount collects what callers pay for withdrawals.
const feeAccount = "fee:ours"

const (
	tokenBytes     = 16 // 128 bits can't be guessed
	referenceBytes = 7  // 12 characters, the most that a push shows
	maxReference   = 12
)

// Named is what a new intent is called. It is made before the transaction, which may run
// more than once.
type Named struct{ ID, Reference, Token string }

// Name makes the names of a new intent. id is the action's. A "-" in front of it is
// replaced: people name payments on a command line, where that is a flag.
func (d *Desk) Name(id string) (Named, error) {
	random := make([]byte, tokenBytes+referenceBytes+1)
	if _, err := io.ReadFull(d.Rand, random); err != nil {
		return Named{}, fmt.Errorf("read randomness for a payment: %w", err)
	}
	reference := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(random[tokenBytes:])
	if rest, flag := strings.CutPrefix(id, "-"); flag {
		id = "_" + rest
	}
	return Named{ID: id, Reference: reference[:maxReference], Token: hex.EncodeToString(random[:tokenBytes])}, nil
}

// intent returns a new intent of a worker.
func (d *Desk) intent(n Named, kind payments.Kind, w store.Worker, cents int64, lang string) payments.Intent {
	now := d.Now()
	return payments.Intent{
		ID: n.ID, Kind: kind, Worker: w.WorkerID, Phone: w.Phone, Amount: cents, Lang: lang, Provider: d.Provider.Name(),
		Reference: n.Reference, Token: n.Token, State: payments.Waiting, CreatedAt: now, ChangedAt: now,
	}
}

// Deposit stores a deposit and the job that asks the phone to pay. The money comes with a
// report.
func (d *Desk) Deposit(ctx context.Context, tx store.Tx, n Named, w store.Worker, cents int64, lang string) error {
	in := d.intent(n, payments.Deposit, w, cents, lang)
	if err := tx.AddPayment(ctx, in); err != nil {
		return err
	}
	return enqueue(ctx, tx, JobPush, in.ID)
}

// Withdraw holds the amount and the fee, and stores the job that pays out. The error wraps
// ledger.ErrOverdraft if the worker has too little, and store.ErrWithdrawing if another
// withdrawal has not ended. The transaction can go on after either.
func (d *Desk) Withdraw(ctx context.Context, tx store.Tx, n Named, w store.Worker, cents int64, lang string) error {
	in := d.intent(n, payments.Withdrawal, w, cents, lang)
	in.Fee = d.Fees.At(in.CreatedAt, cents)
	account, err := tx.LockAccount(ctx, ledger.CallerCode(w.WorkerID))
	if err != nil {
		return err
	}
	if account.Available() < in.Amount+in.Fee {
		return ledger.ErrOverdraft
	}
	if err := tx.AddPayment(ctx, in); err != nil {
		return err
	}
	if err := tx.Move(ctx, d.holds(in)...); err != nil {
		return err
	}
	return enqueue(ctx, tx, JobPay, in.ID)
}

// holds are the pending transfers of a withdrawal: the amount, and the fee if there is
// one.
func (d *Desk) holds(in payments.Intent) []ledger.Transfer {
	hold := ledger.Transfer{
		ID: in.ID + ":hold", Phase: ledger.Pending, Debit: ledger.CallerCode(in.Worker), Credit: d.clearingOut(), Amount: in.Amount,
		What: "withdrawal", Intent: in.ID, EffectiveAt: in.CreatedAt, Actor: "caller",
	}
	if in.Fee == 0 {
		return []ledger.Transfer{hold}
	}
	fee := hold
	fee.ID, fee.Credit, fee.Amount, fee.What = in.ID+":fee", feeAccount, in.Fee, "fee"
	return []ledger.Transfer{hold, fee}
}

// resolve posts or voids the holds of a withdrawal. The first one gets the receipt.
func (d *Desk) resolve(in payments.Intent, phase ledger.Phase, receipt string, at time.Time) []ledger.Transfer {
	holds := d.holds(in)
	for i := range holds {
		t := &holds[i]
		t.PendingID, t.Phase, t.EffectiveAt, t.Actor = t.ID, phase, at, in.Provider
		t.ID += ":" + string(phase)
		if i == 0 && receipt != "" {
			t.Provider, t.Receipt = in.Provider, receipt
		}
	}
	return holds
}

// change locks an intent and runs fn on it, in one transaction. fn stores what it changes.
func (d *Desk) change(ctx context.Context, id string, fn func(ctx context.Context, tx store.Tx, in payments.Intent) error) error {
	return d.Store.Within(ctx, func(ctx context.Context, tx store.Tx) error {
		in, err := tx.LockPayment(ctx, id)
		if err != nil {
			return err
		}
		return fn(ctx, tx, in)
	})
}

// step stores an intent after an event.
func (d *Desk) step(ctx context.Context, tx store.Tx, in *payments.Intent, on payments.Event) error {
	next, err := in.State.Next(on)
	if err != nil {
		return fmt.Errorf("payment %s: %w", in.ID, err)
	}
	waited := in.State == payments.Review
	in.State, in.ChangedAt = next, d.Now()
	if err := tx.SetPayment(ctx, *in); err != nil || !waited || !next.Final() {
		return err
	}
	// The provider, or a person, has answered after all.
	err = tx.CloseCase(ctx, CaseNoAnswer+": "+in.ID, d.Now())
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}
