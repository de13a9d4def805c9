package wallet

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"
)

const (
	// leaseTime is the length of a channel's lease, and leaseBeat the pause between
	// two extensions of it. A channel whose process died is free again soon.
	leaseTime = 20 * time.Second
	leaseBeat = 5 * time.Second
	// returnTime bounds the return of a channel, also when the job's own time is
	// over.
	returnTime = 5 * time.Second
	// maxRounds bounds the work of one call. Without it, a job could go on with
	// other wallets and never end.
	maxRounds = 16
	// patience is how long a wallet waits for a free channel before one more is
	// made: three ledgers, in which a channel usually becomes free.
	patience = 15 * time.Second
)

// Fund does what can be done now for the funding of a wallet and returns its
// state; the caller calls again later unless it has ended. It returns ErrNoFunding
// if the funding was never requested. Any other error comes from the Book.
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
			f.warn(err)
			funding.Problem = err.Error()
			return funding, f.Book.NoteFunding(ctx, address, funding.Problem, f.Now())
		}
		if err != nil || !more {
			return funding, err
		}
	}
	return f.Book.Funding(ctx, address)
}

// turn leases a channel and does one round on it. more is false if no free channel
// has anything to do.
func (f *Funder) turn(ctx context.Context, waiting Funding, idle map[string]bool) (more bool, err error) {
	now := f.Now()
	lease, err := f.Book.LeaseChannel(ctx, f.Account.Address, rand.Text(), now, now.Add(leaseTime))
	if errors.Is(err, ErrBusy) {
		return false, f.grow(ctx, waiting)
	}
	if err != nil {
		return false, err
	}
	stop := f.keep(ctx, lease)
	defer func() {
		stop()
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

// keep extends a lease until stop is called, which waits for the last extension. A
// lease that could not be extended is lost at most, and Record then refuses.
func (f *Funder) keep(ctx context.Context, lease Lease) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	tick := f.Tick
	if tick == nil {
		tick = ticker
	}
	beats, end := tick(leaseBeat)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-ctx.Done():
				return
			case <-beats:
				if err := f.Book.ExtendLease(ctx, lease, f.Now().Add(leaseTime)); err != nil && ctx.Err() == nil {
					f.Log.Warn("a channel's lease could not be extended", "error", err)
				}
			}
		}
	}()
	return func() {
		cancel()
		end()
		<-done
	}
}

func ticker(d time.Duration) (beats <-chan time.Time, end func()) {
	t := time.NewTicker(d)
	return t.C, t.Stop
}

// round continues the transaction in flight on a channel, or makes the next one.
func (f *Funder) round(ctx context.Context, lease Lease) (did bool, err error) {
	t, err := f.Book.InFlight(ctx, lease.Address)
	if err == nil {
		return f.pursue(ctx, lease, t)
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
		return false, fmt.Errorf("%w: build the transaction: %w", ErrStuck, err)
	}
	var addresses []string
	for _, g := range p.order.Gifts {
		addresses = append(addresses, g.Address)
	}
	switch err := f.Book.Record(ctx, lease, t, addresses, f.Now()); {
	case errors.Is(err, ErrConflict):
		return false, nil
	case err != nil:
		return false, err // if it was stored, it is in flight and continued later
	}
	answer, err := f.Network.Submit(ctx, t)
	if err != nil {
		return false, unanswered(t, err)
	}
	return f.conclude(ctx, t, answer, true)
}

// pursue looks up a transaction that may have been submitted, and submits it again
// if the network does not know it.
func (f *Funder) pursue(ctx context.Context, lease Lease, t Transaction) (bool, error) {
	answer, err := f.Network.Look(ctx, t)
	if err != nil {
		return false, unanswered(t, err)
	}
	if answer.Fate != FateNotFound {
		return f.conclude(ctx, t, answer, false)
	}
	if answer.AsOf.After(t.Until) && answer.Sure {
		return f.expire(ctx, t, "")
	}
	// The service's own clock is enough here: a fence never lets both happen.
	if answer.AsOf.After(t.Until) || f.Now().After(t.Until.Add(window)) {
		return f.fence(ctx, lease, t)
	}
	answer, err = f.Network.Submit(ctx, t)
	if err != nil {
		return false, unanswered(t, err)
	}
	return f.conclude(ctx, t, answer, false)
}

// grow adds one more channel if a wallet waits too long for a free one.
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
			return nil // the last new one is not open yet
		}
	}
	pair, err := f.channelKey(len(known))
	if err != nil {
		return err
	}
	return f.Book.AddChannel(ctx, Channel{Address: pair.Address, Funder: f.Account.Address, Place: len(known)})
}
