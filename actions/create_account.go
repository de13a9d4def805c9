package actions

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
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

// accountOut holds what a caller may see of an account.
type accountOut struct {
	// WorkerID is as wide as the column: IDs of the legacy service may have
	// another form than those made here.
	WorkerID string `menu:"worker_id,text 20"`
}

// shownAddress bounds how many characters of the wallet's address the message
// shows.
const shownAddress = 12

func createdSMS(workerID, address string) string {
	return fmt.Sprintf("PayTrace: Your Worker ID is %s. Stellar wallet: %s...", workerID, address[:min(shownAddress, len(address))])
}

func (a *Accounts) registerCreate(t *Table) error {
	return Register(t, Spec{
		Name:  "create_account",
		About: "Makes an account with a wallet for a phone number, and sends the Worker ID to that number.",
		Takes: 2 * time.Second, SendsSMS: true,
	}, a.create)
}

// create makes the wallet. The Work that it returns stores the account.
func (a *Accounts) create(_ context.Context, c Call, in createIn) (Work[createOut], error) {
	pair, err := a.Keys.New(a.Rand)
	if err != nil {
		return nil, err
	}
	sealed, err := a.Sealer.Seal(pair.Secret, pair.Address)
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

// workerIDTries bounds how many worker IDs are tried. With a million workers
// one new ID in four thousand is taken, so five in a row never are.
const workerIDTries = 5

// newWorkerID makes a worker ID: "NW-" and eight upper-case hex digits.
func newWorkerID(rand io.Reader) (string, error) {
	var b [4]byte
	if _, err := io.ReadFull(rand, b[:]); err != nil {
		return "", fmt.Errorf("read randomness for a worker ID: %w", err)
	}
	return "NW-" + strings.ToUpper(hex.EncodeToString(b[:])), nil
}

// add stores the account under a free worker ID.
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
		case errors.Is(err, store.ErrPhoneTaken): // by a concurrent registration
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
	return createOut{}, fmt.Errorf("no free worker ID in %d tries; check the source of randomness", workerIDTries)
}
