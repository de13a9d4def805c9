package payments

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet/ledger"
	"github.com/paytrace/paytrace/wallet/payments"
)

// Kinds of cases.
const (
	// CaseNoAnswer is an intent whose end the provider did not tell within a day.
	CaseNoAnswer = "no answer"
	// CaseWrongAmount is a payment of another amount than its intent asked for.
	CaseWrongAmount = "wrong amount"
	// CasePaidAgain is a second payment for one intent.
	CasePaidAgain = "paid again"
	// CaseUnknownAccount is a payment to an account number that nobody has.
	CaseUnknownAccount = "unknown account"
	// CaseLoss is a payout that succeeded after its money was given back.
	CaseLoss = "paid after it was given back"
)

// Report does what follows from a report, once.
func (d *Desk) Report(ctx context.Context, r payments.Report) error {
	if r.Provider != d.Provider.Name() {
		return fmt.Errorf("report: found the provider %q, expected %q", r.Provider, d.Provider.Name())
	}
	err := d.Store.Within(ctx, func(ctx context.Context, tx store.Tx) error { return d.report(ctx, tx, r) })
	if errors.Is(err, errForged) {
		d.Log.Warn("a payment report was ignored", "error", err, "source", r.Source)
		return nil
	}
	if err == nil && r.Stop {
		err = d.stop(ctx, r.Intent, r.Code, r.Reason)
	}
	if err != nil {
		return fmt.Errorf("work through a payment report: %w", err)
	}
	return nil
}

func (d *Desk) report(ctx context.Context, tx store.Tx, r payments.Report) error {
	in, known, err := d.find(ctx, tx, r)
	if err != nil {
		return err
	}
	booked, err := d.booked(ctx, tx, r)
	switch {
	case err != nil:
		return err
	case known && r.Outcome == payments.Failed:
		return d.failed(ctx, tx, in, r)
	case r.Outcome != payments.Paid || r.Receipt == "" || booked:
		// Without a receipt nothing is credited; a later report brings it. A receipt
		// that is booked has been worked through.
		return nil
	case known && in.Kind == payments.Withdrawal:
		return d.paidOut(ctx, tx, in, r)
	case known:
		return d.paidIn(ctx, tx, in, r)
	}
	return d.paidToAccount(ctx, tx, r)
}

// booked reports whether the receipt of a report is in the ledger.
func (d *Desk) booked(ctx context.Context, tx store.Tx, r payments.Report) (bool, error) {
	if r.Receipt == "" {
		return false, nil
	}
	_, err := tx.BookedReceipt(ctx, r.Provider, r.Receipt)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// find locks the intent that a report is about. known is false for a payment that a caller
// made without one.
func (d *Desk) find(ctx context.Context, tx store.Tx, r payments.Report) (in payments.Intent, known bool, err error) {
	id, err := d.named(ctx, tx, r)
	if err != nil {
		return in, false, err
	}
	if id == "" {
		if r.Source == payments.FromCallback || r.Kind == payments.Withdrawal {
			return in, false, fmt.Errorf("%w: it names no intent that is known", errForged)
		}
		return in, false, nil
	}
	in, err = tx.LockPayment(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return in, false, fmt.Errorf("%w: there is no such intent", errForged)
	}
	if err != nil {
		return in, false, err
	}
	if (r.Source == payments.FromCallback || r.Token != "") && subtle.ConstantTimeCompare([]byte(in.Token), []byte(r.Token)) != 1 {
		return in, false, fmt.Errorf("%w: payment %s", errForged, in.ID)
	}
	if in.Kind != r.Kind || in.Provider != r.Provider {
		return in, false, fmt.Errorf("%w: payment %s is a %s by %s, and the report is about a %s by %s",
			errForged, in.ID, in.Kind, in.Provider, r.Kind, r.Provider)
	}
	return in, true, nil
}

// named returns the ID of the intent that a report names, by itself or by a reference; "" if
// it names none that is known.
func (d *Desk) named(ctx context.Context, tx store.Tx, r payments.Report) (string, error) {
	if r.Intent != "" {
		return r.Intent, nil
	}
	// References are in capitals, and payers type them as they like.
	for _, name := range []string{strings.ToUpper(r.Account), r.Account, r.Request} {
		if name == "" {
			continue
		}
		id, err := tx.PaymentByReference(ctx, r.Provider, name)
		if !errors.Is(err, store.ErrNotFound) {
			return id, err
		}
	}
	return "", nil
}

// effective returns the time at which the money moved.
func (d *Desk) effective(r payments.Report) time.Time {
	if r.At.IsZero() {
		return d.Now()
	}
	return r.At
}

// receive is a transfer from the provider to an account.
func (d *Desk) receive(r payments.Report, to, intent string) ledger.Transfer {
	return ledger.Transfer{
		ID: r.Provider + ":" + r.Receipt, Phase: ledger.Single, Debit: d.clearingIn(), Credit: to, Amount: r.Amount, What: "deposit",
		Intent: intent, Provider: r.Provider, Receipt: r.Receipt, EffectiveAt: d.effective(r), Actor: string(r.Source),
	}
}

// paidIn credits a deposit. The money has come, whatever was said before.
func (d *Desk) paidIn(ctx context.Context, tx store.Tx, in payments.Intent, r payments.Report) error {
	switch {
	case r.Amount <= 0:
		return nil // the amount comes with another report
	case in.State == payments.Succeeded:
		return d.suspend(ctx, tx, in, r, CasePaidAgain, "the intent was paid before with the receipt "+in.Receipt)
	case r.Amount != in.Amount:
		if err := d.suspend(ctx, tx, in, r, CaseWrongAmount, fmt.Sprintf("the intent is about %s", Shillings(in.Amount))); err != nil {
			return err
		}
		if next, err := in.State.Next(payments.GiveUp); err == nil {
			in.State, in.ChangedAt = next, d.Now()
			return tx.SetPayment(ctx, in)
		}
		return nil
	}
	if err := tx.Move(ctx, d.receive(r, ledger.CallerCode(in.Worker), in.ID)); err != nil {
		return err
	}
	in.Receipt, in.Code, in.Reason = r.Receipt, r.Code, r.Reason
	if err := d.step(ctx, tx, &in, payments.Succeed); err != nil {
		return err
	}
	return d.tell(ctx, tx, in, "deposited", r)
}

// paidToAccount credits a payment that somebody made to an account number, without a call
// to the service.
func (d *Desk) paidToAccount(ctx context.Context, tx store.Tx, r payments.Report) error {
	if r.Amount <= 0 {
		return nil
	}
	w, err := tx.WorkerByID(ctx, WorkerID(r.Account))
	if errors.Is(err, store.ErrNotFound) {
		return d.suspend(ctx, tx, payments.Intent{}, r, CaseUnknownAccount, "no account has this number")
	}
	if err != nil {
		return err
	}
	return tx.Move(ctx, d.receive(r, ledger.CallerCode(w.WorkerID), ""))
}

// suspend books money whose owner is not certain, and opens a case.
func (d *Desk) suspend(ctx context.Context, tx store.Tx, in payments.Intent, r payments.Report, kind, detail string) error {
	t := d.receive(r, ledger.SuspenseCode, "")
	t.What = kind
	if err := tx.Move(ctx, t); err != nil {
		return err
	}
	return d.open(ctx, tx, in, kind, r, t.ID, detail)
}

// open opens a case. The same happening opens one case, however often it is told.
func (d *Desk) open(ctx context.Context, tx store.Tx, in payments.Intent, kind string, r payments.Report, transfer, detail string) error {
	subject := in.ID
	if r.Receipt != "" {
		subject = r.Provider + ":" + r.Receipt
	}
	return tx.OpenCase(ctx, store.Case{
		ID: kind + ": " + subject, Kind: kind, Payment: in.ID, Transfer: transfer, Provider: d.Provider.Name(), Receipt: r.Receipt,
		Account: clip(r.Account), Amount: r.Amount, Detail: detail, OpenedAt: d.Now(),
	})
}

// maxAccount bounds what is stored of an account number that a payer typed. Paybills take
// twenty characters.
const maxAccount = 40

func clip(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "?"))
	return text[:min(len(text), maxAccount)]
}

// paidOut posts a withdrawal.
func (d *Desk) paidOut(ctx context.Context, tx store.Tx, in payments.Intent, r payments.Report) error {
	switch {
	case in.State == payments.Succeeded:
		return nil // the receipt of a second report is another provider's word for the same
	case in.State == payments.Ended:
		return d.loss(ctx, tx, in, r)
	case r.Amount != 0 && r.Amount != in.Amount:
		if in.State == payments.Review {
			return nil
		}
		if err := d.step(ctx, tx, &in, payments.GiveUp); err != nil {
			return err
		}
		return d.open(ctx, tx, in, CaseWrongAmount, r, "", fmt.Sprintf("the withdrawal is of %s; its hold stays until a person decides", Shillings(in.Amount)))
	}
	if err := tx.Move(ctx, d.resolve(in, ledger.Post, r.Receipt, d.effective(r))...); err != nil {
		return err
	}
	in.Receipt, in.Code, in.Reason = r.Receipt, r.Code, r.Reason
	if err := d.step(ctx, tx, &in, payments.Succeed); err != nil {
		return err
	}
	return d.tell(ctx, tx, in, "withdrawn", r)
}

// loss books a payout that succeeded after its hold was voided: the service has paid twice.
func (d *Desk) loss(ctx context.Context, tx store.Tx, in payments.Intent, r payments.Report) error {
	t := ledger.Transfer{
		ID: r.Provider + ":" + r.Receipt, Phase: ledger.Single, Debit: ledger.SuspenseCode, Credit: d.clearingOut(), Amount: in.Amount,
		What: CaseLoss, Intent: in.ID, Provider: r.Provider, Receipt: r.Receipt, EffectiveAt: d.effective(r), Actor: string(r.Source),
	}
	if err := tx.Move(ctx, t); err != nil {
		return err
	}
	r.Amount = in.Amount
	if err := d.open(ctx, tx, in, CaseLoss, r, t.ID, "the provider said before that it had failed: "+in.Code); err != nil {
		return err
	}
	in.Receipt = r.Receipt
	if err := d.step(ctx, tx, &in, payments.Succeed); err != nil {
		return err
	}
	d.Log.Error("a payout succeeded after its money was given back; decide the case", "payment", in.ID, "cents", in.Amount)
	return nil
}

// failed ends an intent by the provider's word.
func (d *Desk) failed(ctx context.Context, tx store.Tx, in payments.Intent, r payments.Report) error {
	if in.State.Final() {
		return nil
	}
	if in.Kind == payments.Deposit && r.Source == payments.FromQuery && d.Now().Sub(in.SentAt) < callbackWindow {
		return nil // a callback may still say that it was paid
	}
	in.Code, in.Reason = r.Code, r.Reason
	return d.fail(ctx, tx, &in)
}

// fail ends an intent and gives back what it held.
func (d *Desk) fail(ctx context.Context, tx store.Tx, in *payments.Intent) error {
	if in.Kind == payments.Withdrawal {
		if err := tx.Move(ctx, d.resolve(*in, ledger.Void, "", d.Now())...); err != nil {
			return err
		}
	}
	if err := d.step(ctx, tx, in, payments.Fail); err != nil {
		return err
	}
	event := "not deposited"
	if in.Kind == payments.Withdrawal {
		event = "given back"
	}
	return d.tell(ctx, tx, *in, event, payments.Report{Code: in.Code})
}

// Payable reports whether a payment to an account number would be credited.
func (d *Desk) Payable(ctx context.Context, account string) (ok bool, err error) {
	err = d.Store.Within(ctx, func(ctx context.Context, tx store.Tx) error {
		_, err := tx.PaymentByReference(ctx, d.Provider.Name(), strings.ToUpper(strings.TrimSpace(account)))
		if errors.Is(err, store.ErrNotFound) {
			_, err = tx.WorkerByID(ctx, WorkerID(account))
		}
		ok = err == nil
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		return err
	})
	return ok, err
}

// WorkerID reads a Worker ID as people type it on a phone: in small letters, without the
// dash, or with spaces.
func WorkerID(typed string) string {
	id := strings.ToUpper(strings.Join(strings.Fields(typed), ""))
	if digits, ok := strings.CutPrefix(id, "NW"); ok && !strings.HasPrefix(digits, "-") {
		return "NW-" + digits
	}
	return id
}
