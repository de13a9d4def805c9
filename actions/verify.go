package actions

import (
	"context"
	"errors"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/store"
)

// claim returns the account of a number, and verifies it if the caller calls
// from that number. verifyCaller has already read the caller's own account in
// this transaction.
func (a *Accounts) claim(ctx context.Context, tx store.Tx, c Call, phone engine.Phone) (store.Worker, error) {
	if own, ok := ctx.Value(ownAccount{}).(*claimed); ok && c.Own(phone) {
		return own.worker, own.err
	}
	return a.claimNow(ctx, tx, c, phone)
}

// claimNow reads the account from the store. A call from the number itself is
// the proof that verifies an account whose number was only typed before.
func (a *Accounts) claimNow(ctx context.Context, tx store.Tx, c Call, phone engine.Phone) (store.Worker, error) {
	w, err := tx.Worker(ctx, string(phone))
	if err == nil && w.VerifiedAt.IsZero() && c.Own(phone) {
		err = a.verify(ctx, tx, c, w)
	}
	return w, err
}

// ownAccount is the context key of the caller's own account.
type ownAccount struct{}

type claimed struct {
	worker store.Worker
	err    error
}

// verifyCaller runs before every action and verifies the caller's own account:
// any action in a call from a number proves whose number it is. It changes
// nothing for a caller without an account, or with several accounts of the
// legacy service of which none is chosen yet.
func (a *Accounts) verifyCaller(ctx context.Context, tx store.Tx, c Call) (context.Context, error) {
	if c.Caller == "" {
		return ctx, nil
	}
	w, err := a.claimNow(ctx, tx, c, engine.Phone(c.Caller))
	if err != nil && !errors.Is(err, store.ErrNotFound) && !errors.Is(err, store.ErrAmbiguous) {
		return ctx, err
	}
	return context.WithValue(ctx, ownAccount{}, &claimed{w, err}), nil
}

// verify marks an account as verified and requests the funding of its wallet,
// which may cost money only now. Of two concurrent calls only the first does so.
func (a *Accounts) verify(ctx context.Context, tx store.Tx, c Call, w store.Worker) error {
	first, err := tx.Verify(ctx, w.Phone, c.Now)
	if err != nil || !first {
		return err
	}
	w.VerifiedAt = c.Now
	return a.queueFunding(ctx, tx, w)
}
