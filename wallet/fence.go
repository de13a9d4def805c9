package wallet

import (
	"context"
	"fmt"
	"time"
)

const (
	// fenceFee is the fee that a fence offers, in stroops. It never changes, since
	// another fee would make another fence.
	fenceFee = maxFee
	// maxLag is beyond any lag of a replica that still answers. It is waited for
	// only if another program has used the channel's sequence number.
	maxLag = 15 * time.Minute
	// eraBits is the place in a sequence number of the ledger in which its account
	// was made.
	eraBits = 32
)

// expire stores that a transaction can't happen any more.
func (f *Funder) expire(ctx context.Context, t Transaction, result string) (bool, error) {
	f.Log.Warn("a transaction expired; its wallets get another one", "transaction", t.Hash)
	return true, f.Book.Settle(ctx, Settlement{
		Hash: t.Hash, State: TransactionExpired, Result: result, At: f.Now(),
		Rest: Verdict{State: FundingPending, DueAt: f.Now()},
	})
}

// fence proves that a transaction whose time bound is over got into no ledger. That
// a server does not know it proves nothing, because the server may lag. So fence
// submits another transaction with the same sequence number: if that one is in a
// ledger, the first never was.
func (f *Funder) fence(ctx context.Context, lease Lease, t Transaction) (bool, error) {
	key, err := f.channelKey(lease.Place)
	if err != nil {
		return false, err
	}
	fence, err := f.Builder.Fence(key, t, fenceFee)
	if err != nil {
		return false, fmt.Errorf("%w: build the fence of transaction %s: %w", ErrStuck, t.Hash, err)
	}
	answer, err := f.Network.Look(ctx, fence)
	if err == nil && answer.Fate == FateNotFound {
		answer, err = f.Network.Submit(ctx, fence)
	}
	switch {
	case err != nil:
		return false, unanswered(t, err)
	case answer.Fate == FateSucceeded, answer.Fate == FateFailed: // both use up the number
		return f.expire(ctx, t, Fenced)
	case answer.Fate != FateRefused:
		return false, unanswered(t, fmt.Errorf("its fence is still in progress"))
	}
	return f.superseded(ctx, lease, t, answer.Code)
}

// superseded ends a transaction whose fence was refused, if something else than the
// transaction has used its sequence number. Otherwise it may be in a ledger that the
// servers do not know yet.
func (f *Funder) superseded(ctx context.Context, lease Lease, t Transaction, code string) (bool, error) {
	used, err := f.used(ctx, t.Channel, t.Sequence)
	if err != nil {
		return false, err
	}
	if used >= t.Sequence {
		return f.expire(ctx, t, "its sequence number was used before")
	}
	there, err := f.Network.Accounts(ctx, f.Asset, lease.Address)
	if err != nil {
		return false, unanswered(t, err)
	}
	account, exists := there[lease.Address]
	long := f.Now().After(t.Until.Add(maxLag))
	switch {
	case exists && !sameEra(account.Sequence, t.Sequence):
		return f.expire(ctx, t, "its channel's account was made again")
	case long && (!exists || account.Sequence >= t.Sequence):
		return f.expire(ctx, t, "something else used its sequence number")
	}
	return false, unanswered(t, fmt.Errorf("its time is over, and %s answers its fence; it waits until the servers agree", code))
}

// sameEra reports whether two sequence numbers belong to an account that was made
// once. A reset of the test network, or a merge, makes it again.
func sameEra(a, b int64) bool { return a>>eraBits == b>>eraBits }

// nextSequence returns the sequence number for the next transaction of a channel.
// The account may come from a server that lags, and then the Book knows better.
func (f *Funder) nextSequence(ctx context.Context, channel string, read int64) (int64, error) {
	used, err := f.used(ctx, channel, read)
	return max(used, read) + 1, err
}

// used returns the highest number that a channel has used up in the era of another
// number.
func (f *Funder) used(ctx context.Context, channel string, near int64) (int64, error) {
	first := near >> eraBits << eraBits
	return f.Book.UsedSequence(ctx, channel, first, first+1<<eraBits-1)
}
