package actions

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet"
)

type createIn struct {
	Phone engine.Phone
}

type createOut struct {
	Created *accountOut `menu:"created,own"`
	Exists  *accountOut `menu:"exists,others"`
}

// accountOut is what a caller may see of an account.
type accountOut struct {
	// As wide as the column: an ID of the service before this one may have
	// another form than those made here.
	WorkerID string `menu:"worker_id,text 20"`
}

// shownAddress is how much of the wallet's address the message shows.
const shownAddress = 12

func createdSMS(workerID, address string) string {
	return fmt.Sprintf("PayTrace: Your Worker ID is %s. Stellar wallet: %s...", workerID, address[:min(shownAddress, len(address))])
}

func (a *Accounts) registerCreate(t *Table) error {
	return Register(t, Spec{
		Name:  "create_account",
		About: "Makes an account with a wallet for a phone number, and sends its Worker ID to that number.",
		Takes: 2 * time.Second,
	}, a.create)
}

// create makes the wallet; what is stored is stored in the Work.
func (a *Accounts) create(_ context.Context, c Call, in createIn) (Work[createOut], error) {
	pair, err := a.Keys.New(a.Rand)
	if err != nil {
		return nil, err
	}
	sealed, err := a.Sealer.Seal(pair.Secret)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, tx store.Tx) (createOut, error) {
		if !c.Own(in.Phone) {
			if err := limit(ctx, tx, c, "register_other", cmp.Or(a.Registrations, DefaultRegistrations)); err != nil {
				return createOut{}, err
			}
		}
		if w, err := a.claim(ctx, tx, c, in.Phone); !errors.Is(err, store.ErrNotFound) {
			return createOut{Exists: &accountOut{w.WorkerID}}, err
		}
		w := store.Worker{Phone: string(in.Phone), PublicKey: pair.Address, SealedSecret: sealed, CreatedAt: c.Now}
		if c.Own(in.Phone) {
			w.VerifiedAt = c.Now
		}
		return a.add(ctx, tx, c, w, pair)
	}, nil
}

// add stores the account under a worker ID that is free.
func (a *Accounts) add(ctx context.Context, tx store.Tx, c Call, w store.Worker, pair wallet.KeyPair) (createOut, error) {
	for range workerIDTries {
		id, err := newWorkerID(a.Rand)
		if err != nil {
			return createOut{}, err
		}
		w.WorkerID = id
		switch err := tx.AddWorker(ctx, w); {
		case errors.Is(err, store.ErrWorkerIDTaken):
			continue
		case errors.Is(err, store.ErrPhoneTaken): // by a twin, just now
			w, err := a.claimNow(ctx, tx, c, engine.Phone(w.Phone))
			return createOut{Exists: &accountOut{w.WorkerID}}, err
		case err != nil:
			return createOut{}, err
		}
		if err := a.queueFunding(ctx, tx, w); err != nil {
			return createOut{}, err
		}
		err = queueSMS(ctx, tx, c, engine.Phone(w.Phone), createdSMS(id, pair.Address))
		return createOut{Created: &accountOut{id}}, err
	}
	return createOut{}, fmt.Errorf("no free worker ID in %d tries; is the source of randomness sound?", workerIDTries)
}
