// Package mpesa works through what Safaricom has posted about payments: it stores each
// body with a job, reads it, and brings it to the desk that moves money.
package mpesa

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet/mpesa"
	"github.com/paytrace/paytrace/wallet/payments"
)

// JobCallback works through one body.
const JobCallback = "payment_callback"

// Store lists the methods of store.Store that are needed here.
type Store interface {
	Within(ctx context.Context, fn func(ctx context.Context, tx store.Tx) error) error
	Callback(ctx context.Context, id string) (store.Callback, error)
	CallbackHandled(ctx context.Context, id string, at time.Time, note string) error
}

// Inbox stores posts and works through them.
type Inbox struct {
	Store Store
	Desk  payments.Desk
	// ShortCode is the one that payments to the paybill must name.
	ShortCode string
	Now       func() time.Time
	Log       *slog.Logger
}

// callbackArgs holds the arguments of a job.
type callbackArgs struct {
	ID string `json:"id"`
}

// Take stores a post and its job in one transaction. A repeat changes nothing.
func (b *Inbox) Take(ctx context.Context, c store.Callback) error {
	args, err := json.Marshal(callbackArgs{c.ID})
	if err != nil {
		return err
	}
	return b.Store.Within(ctx, func(ctx context.Context, tx store.Tx) error {
		added, err := tx.AddCallback(ctx, c)
		if err != nil || !added {
			return err
		}
		return tx.Enqueue(ctx, store.Job{Kind: JobCallback, Key: c.ID, Args: args})
	})
}

// Work is the handler of JobCallback.
func (b *Inbox) Work(ctx context.Context, job store.Job, _ int) error {
	var args callbackArgs
	if err := json.Unmarshal(job.Args, &args); err != nil {
		return fmt.Errorf("%s job %s: read its arguments: %w", job.Kind, job.Key, err)
	}
	c, err := b.Store.Callback(ctx, args.ID)
	if err != nil || !c.HandledAt.IsZero() {
		return err
	}
	note, err := b.handle(ctx, c)
	if err != nil {
		return fmt.Errorf("%s job %s: %w", job.Kind, job.Key, err)
	}
	return b.Store.CallbackHandled(ctx, c.ID, b.Now(), note)
}

// handle does what follows from a post. An error means that it must be tried again.
func (b *Inbox) handle(ctx context.Context, c store.Callback) (note string, err error) {
	if mpesa.Route(c.Route) == mpesa.RouteBalance {
		return b.balance(c), nil
	}
	report, err := mpesa.ReadReport(mpesa.Route(c.Route), c.Intent, c.Token, b.ShortCode, []byte(c.Body))
	if errors.Is(err, mpesa.ErrUnreadable) {
		// It stays stored, and the payment is asked about or found by reconciliation.
		b.Log.Error("a callback about a payment is not what is posted to its address", "route", c.Route, "payment", c.Intent, "callback", c.ID, "error", err)
		return "not readable", nil
	}
	if err != nil {
		return "", err
	}
	b.alert(c, report)
	if err := b.Desk.Report(ctx, report); err != nil {
		return "", err
	}
	return string(report.Outcome) + " " + report.Code, nil
}

// alert logs the codes that a person must hear of.
func (b *Inbox) alert(c store.Callback, r payments.Report) {
	api := mpesa.APIPush
	switch mpesa.Route(c.Route) {
	case mpesa.RouteOut:
		api = mpesa.APIPayout
	case mpesa.RouteStatus:
		api = mpesa.APIStatus
	}
	m := mpesa.Explain(api, r.Code, "")
	if r.Code == "" || !m.Alert {
		return
	}
	b.Log.Warn("M-Pesa reported a code that needs a person", "payment", c.Intent, "code", r.Code, "meaning", m.Name, "who acts", m.Actor)
}

// balance notes what the accounts have.
func (b *Inbox) balance(c store.Callback) string {
	r, err := mpesa.ReadBalanceResult([]byte(c.Body))
	if err != nil {
		b.Log.Error("the posted balances are not readable", "callback", c.ID, "error", err)
		return "not readable"
	}
	return "code " + r.Code
}
