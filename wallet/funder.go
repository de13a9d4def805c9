package wallet

import (
	"bytes"
	"context"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"
)

const (
	// holdTime is how long a channel is held. It is longer than a job may run,
	// so that a lease ends early only where its process died.
	holdTime = 2 * time.Minute
	// returnTime is for giving a channel back when the job's own time is over.
	returnTime = 5 * time.Second
	// maxRounds bounds what one call does: a job of many wallets in a row would
	// hold up its own end.
	maxRounds = 16
	// patience is how long a wallet waits for a channel before one more is
	// made: three ledgers, in which a channel usually comes free.
	patience = 15 * time.Second
)

// ErrStuck: funding can't go on now, for a reason that the network or the
// funding account has and not this program's database. It is tried again.
var ErrStuck = errors.New("funding can't go on now")

// Opener opens sealed secrets, after checking the address: Sealer is one.
type Opener interface {
	Open(token, wantAddress string) (Secret, error)
}

// Funder funds wallets, each once. Whoever has a wallet to fund calls Fund
// until it has ended; each call does what it can for all wallets that are due.
// Any number of Funders may work on one Book, in any number of processes, and
// each may die at any point. It is safe for concurrent use.
//
// A transaction is stored and committed before it is submitted. Where nobody
// says what became of it, it is asked for by hash and submitted again as it
// is. Its wallets get another one only when it is in a ledger as failed, or
// the network does not know it and a ledger has closed after its time bound.
type Funder struct {
	Book    Book
	Network Network
	Builder Builder
	Keys    Keys
	Sealed  Opener
	// Account pays for everything.
	Account KeyPair
	Asset   Asset
	// Channels is how many channels there may be, the account itself counted.
	Channels int
	// Batch bounds the wallets of one transaction; 0 for as many as fit.
	Batch int
	Now   func() time.Time
	Log   *slog.Logger

	// lastFee was offered last, raised is what a refusal made of it.
	lastFee, raised atomic.Int64
}

// Fund does what can be done now for the funding of a wallet, and returns where
// it stands; the caller asks again later unless it has ended. ErrNoFunding if
// it was never asked for; any other error is the Book's.
func (f *Funder) Fund(ctx context.Context, address string) (Funding, error) {
	if err := f.Book.AddChannel(ctx, Channel{Address: f.Account.Address, Funder: f.Account.Address, Open: true}); err != nil {
		return Funding{}, err
	}
	idle := map[string]bool{}
	for range maxRounds {
		funding, err := f.Book.Funding(ctx, address)
		if err != nil || funding.Ended() || funding.State == FundingHeld {
			return funding, err
		}
		more, err := f.turn(ctx, funding, idle)
		if errors.Is(err, ErrStuck) {
			f.Log.Warn("wallets are not funded now", "error", err)
			funding.Problem = err.Error()
			return funding, f.Book.NoteFunding(ctx, address, funding.Problem, f.Now())
		}
		if err != nil || !more {
			return funding, err
		}
	}
	return f.Book.Funding(ctx, address)
}

// turn does one round on a channel; more is false when every channel that is
// free has nothing to do.
func (f *Funder) turn(ctx context.Context, waiting Funding, idle map[string]bool) (more bool, err error) {
	now := f.Now()
	lease, err := f.Book.LeaseChannel(ctx, f.Account.Address, rand.Text(), now, now.Add(holdTime))
	if errors.Is(err, ErrBusy) {
		return false, f.grow(ctx, waiting)
	}
	if err != nil {
		return false, err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), returnTime)
		defer cancel()
		err = errors.Join(err, f.Book.ReturnChannel(ctx, lease, f.Now()))
	}()
	if idle[lease.Address] {
		return false, nil
	}
	did, err := f.round(ctx, lease)
	if err == nil && !did {
		idle[lease.Address] = true
	}
	return err == nil, err
}

// round goes on with the transaction of a channel, or makes the next one.
func (f *Funder) round(ctx context.Context, lease Lease) (did bool, err error) {
	t, err := f.Book.InFlight(ctx, lease.Address)
	if err == nil {
		return f.pursue(ctx, t)
	}
	if !errors.Is(err, ErrNoTransaction) {
		return false, err
	}
	p, err := f.plan(ctx, lease)
	if err != nil || p.order == nil {
		return p.did, err
	}
	t, err = f.Builder.Build(*p.order)
	if err != nil {
		return false, fmt.Errorf("%w: the transaction can't be built: %w", ErrStuck, err)
	}
	var addresses []string
	for _, g := range p.order.Gifts {
		addresses = append(addresses, g.Address)
	}
	switch err := f.Book.Record(ctx, lease, t, addresses, f.Now()); {
	case errors.Is(err, ErrConflict):
		return false, nil
	case err != nil:
		return false, err // perhaps stored: then it is in flight, and gone on with
	}
	answer, err := f.Network.Submit(ctx, t)
	if err != nil {
		return false, unanswered(t, err)
	}
	return f.conclude(ctx, t, answer, true)
}

// pursue finds out what became of a transaction that may have been submitted.
func (f *Funder) pursue(ctx context.Context, t Transaction) (bool, error) {
	answer, err := f.Network.Look(ctx, t.Hash)
	if err != nil {
		return false, unanswered(t, err)
	}
	if answer.Fate != FateNotFound {
		return f.conclude(ctx, t, answer, false)
	}
	if answer.AsOf.After(t.Until) {
		f.Log.Warn("a transaction never happened; its wallets get another", "transaction", t.Hash)
		return true, f.Book.Settle(ctx, Settlement{
			Hash: t.Hash, State: TransactionExpired, At: f.Now(),
			Rest: Verdict{State: FundingPending, DueAt: f.Now()},
		})
	}
	answer, err = f.Network.Submit(ctx, t)
	if err != nil {
		return false, unanswered(t, err)
	}
	return f.conclude(ctx, t, answer, false)
}

func unanswered(t Transaction, err error) error {
	return fmt.Errorf("%w: nobody says yet what became of transaction %s: %w", ErrStuck, t.Hash, err)
}

// grow makes one more channel known where a wallet waits too long for one.
func (f *Funder) grow(ctx context.Context, waiting Funding) error {
	if waiting.State != FundingPending || f.Now().Sub(waiting.ChangedAt) < patience {
		return nil
	}
	known, err := f.Book.Channels(ctx, f.Account.Address)
	if err != nil || len(known) >= f.Channels {
		return err
	}
	for _, c := range known {
		if !c.Open {
			return nil // one is being made
		}
	}
	pair, err := f.channelKey(len(known))
	if err != nil {
		return err
	}
	return f.Book.AddChannel(ctx, Channel{Address: pair.Address, Funder: f.Account.Address, Place: len(known)})
}

// channelKey is the key pair of a channel. It derives from the funding
// account's secret, so that no other secret has to be kept.
func (f *Funder) channelKey(place int) (KeyPair, error) {
	if place == 0 {
		return f.Account, nil
	}
	info := fmt.Sprintf("paytrace funding channel v1 %d", place)
	seed, err := hkdf.Key(sha256.New, []byte(f.Account.Secret.Reveal()), nil, info, sha256.Size)
	if err != nil {
		return KeyPair{}, fmt.Errorf("derive the key of channel %d: %w", place, err)
	}
	return f.Keys.New(bytes.NewReader(seed))
}
