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
	Own      *accountOut `menu:"own,own"`      // of the caller
	Found    *accountOut `menu:"found,others"` // of somebody else
	NotFound *struct{}
}

// registerLookup registers the action without Reads: a look-up counts against
// the caller and may verify an account. Its outcome is stored, and a replay shows
// the same one.
func (a *Accounts) registerLookup(t *Table) error {
	return Register(t, Spec{
		Name:  "lookup_worker",
		About: "Finds the account of a phone number: the caller's own, somebody else's, or none.",
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
