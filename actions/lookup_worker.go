package actions

import (
	"context"
	"errors"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/store"
)

type lookupIn struct {
	Phone engine.Phone
}

type lookupOut struct {
	Own      *accountOut `menu:"own,own"`      // the number is the caller's own
	Found    *accountOut `menu:"found,others"` // it is someone's
	NotFound *struct{}
}

// A look-up counts against the caller and may verify an account, so it is a
// write: its outcome is stored, and a replay shows the same.
func (a *Accounts) registerLookup(t *Table) error {
	return Register(t, Spec{
		Name:  "lookup_worker",
		About: "Finds the account of a phone number: the caller's own, someone's, or none.",
		Takes: time.Second,
	}, a.lookup)
}

func (a *Accounts) lookup(_ context.Context, c Call, in lookupIn) (Work[lookupOut], error) {
	return func(ctx context.Context, tx store.Tx) (lookupOut, error) {
		if !c.Own(in.Phone) {
			if err := a.limitLookup(ctx, tx, c); err != nil {
				return lookupOut{}, err
			}
		}
		w, err := a.claim(ctx, tx, c, in.Phone)
		switch {
		case errors.Is(err, store.ErrNotFound):
			return lookupOut{NotFound: &struct{}{}}, nil
		case err != nil:
			return lookupOut{}, err
		case c.Own(in.Phone):
			return lookupOut{Own: &accountOut{w.WorkerID}}, nil
		}
		return lookupOut{Found: &accountOut{w.WorkerID}}, nil
	}, nil
}
