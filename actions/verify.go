package actions

import (
	"context"
	"errors"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/store"
)

// claim is an account as the caller sees it. The caller's own has been read in
// this transaction already.
func (a *Accounts) claim(ctx context.Context, tx store.Tx, c Call, phone engine.Phone) (store.Worker, error) {
	if own, ok := ctx.Value(ownAccount{}).(*claimed); ok && c.Own(phone) {
		return own.worker, own.err
	}
	return a.claimNow(ctx, tx, c, phone)
}

// claimNow reads the account. A call from the number itself is the proof that an
// account only typed before was waiting for.
func (a *Accounts) claimNow(ctx context.Context, tx store.Tx, c Call, phone engine.Phone) (store.Worker, error) {
	w, err := tx.Worker(ctx, string(phone))
	if err == nil && w.VerifiedAt.IsZero() && c.Own(phone) {
		err = a.verify(ctx, tx, c, w)
	}
	return w, err
}

// ownAccount is where the context of an action has what was read of its caller.
type ownAccount struct{}

type claimed struct {
	worker store.Worker
	err    error
}

// verifyCaller runs before every action: whoever does anything from a number has
// shown that the number is theirs, so the account that waits for it is verified.
// A caller without an account is none the worse for it, nor one of whose several
// old accounts nobody has chosen yet.
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

// verify marks an account as its caller's own, and has its wallet funded: only
// now may money be spent on it. Of two who do so at once, one is the first.
func (a *Accounts) verify(ctx context.Context, tx store.Tx, c Call, w store.Worker) error {
	first, err := tx.Verify(ctx, w.Phone, c.Now)
	if err != nil || !first {
		return err
	}
	w.VerifiedAt = c.Now
	return a.queueFunding(ctx, tx, w)
}
