package wallet

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

const (
	// window is how long a transaction may wait for a ledger: twelve ledgers of
	// about five seconds. It also bounds how long wallets wait for a transaction
	// that was lost.
	window = time.Minute
	// baseFee is the network's minimum for one operation, in stroops.
	baseFee = 100
	// maxFee bounds the fee for one operation: a hundredth of a lumen. A full
	// transaction then costs at most one lumen.
	maxFee = Stroops / 100
	// channelFloat is the amount a channel gets: its reserve of one lumen, and two
	// lumens for the fees of about two thousand full transactions.
	channelFloat = 3 * Stroops
	// channelLow is the spendable amount below which a channel gets channelFloat
	// again.
	channelLow = Stroops / 5
	// maxTries bounds the refusals of a wallet itself.
	maxTries = 10
	// dueAtOnce bounds the due wallets read for one transaction. No transaction
	// holds more.
	dueAtOnce = 100
)

// plan describes what a round on a channel without a transaction does.
type plan struct {
	order *Order // nil if nothing is to be submitted
	did   bool   // something was decided without a transaction
}

// plan plans a round from the wallets that are due and the network's accounts.
func (f *Funder) plan(ctx context.Context, lease Lease) (plan, error) {
	due, err := f.Book.DueFundings(ctx, f.Now(), f.batch())
	if err != nil || len(due) == 0 {
		return plan{}, err
	}
	if refused, err := f.refuse(ctx, due); err != nil || refused {
		return plan{did: refused}, err
	}
	terms, err := f.Network.Terms(ctx)
	if err != nil {
		return plan{}, fmt.Errorf("%w: %w", ErrStuck, err)
	}
	channels, err := f.upkept(ctx, lease)
	if err != nil {
		return plan{}, err
	}
	there, unread, err := f.look(ctx, lease, channels, due)
	if err != nil {
		return plan{}, err
	}
	// One account that can't be read holds up no other.
	due = slices.DeleteFunc(due, func(d Funding) bool { return unread[d.Address] != nil })
	channels = slices.DeleteFunc(channels, func(c Channel) bool { return unread[c.Address] != nil })
	key, err := f.channelKey(lease.Place)
	if err != nil {
		return plan{}, err
	}
	if key.Address != lease.Address {
		return plan{}, fmt.Errorf("%w: channel %d has the address %s, but its key has another one", ErrStuck, lease.Place, lease.Address)
	}
	sequence, err := f.nextSequence(ctx, lease.Address, there[lease.Address].Sequence)
	if err != nil {
		return plan{}, err
	}
	order := &Order{
		Funder: f.Account, Channel: key, Sequence: sequence, Fee: f.fee(terms),
		Until: f.until(terms), Asset: f.Asset, Float: channelFloat,
	}
	if lease.Place > 0 {
		if usable, err := f.usable(ctx, lease, there, order.Fee); err != nil || !usable {
			return plan{}, err
		}
	} else if wanted, err := f.upkeep(ctx, channels, there, order); err != nil || wanted {
		return plan{order: order}, err
	}
	return f.gifts(ctx, order, due, there)
}

// refuse gives wallets with an invalid address the verdict failed. No transaction
// with such an address can be built, so it would keep all others waiting.
func (f *Funder) refuse(ctx context.Context, due []Funding) (refused bool, err error) {
	invalid := map[string]Verdict{}
	for _, d := range due {
		if !f.Keys.Valid(d.Address) {
			invalid[d.Address] = Verdict{State: FundingFailed, Problem: "the address in its row is not a Stellar address"}
		}
	}
	if len(invalid) == 0 {
		return false, nil
	}
	return true, f.Book.DecideFundings(ctx, invalid, f.Now())
}

func (f *Funder) batch() int {
	most := min(f.Builder.Most(f.Asset), dueAtOnce)
	if f.Batch > 0 {
		most = min(most, f.Batch)
	}
	return most
}

func (f *Funder) fee(terms Terms) int64 {
	fee := min(max(terms.Fee, f.raised.Load(), baseFee), maxFee)
	f.lastFee.Store(fee)
	return fee
}

// until returns the upper time bound of a new transaction. It starts from the later
// of the network's clock and ours.
func (f *Funder) until(terms Terms) time.Time {
	now := f.Now()
	if terms.ClosedAt.After(now) {
		now = terms.ClosedAt
	}
	return now.Add(window).Truncate(time.Second)
}

// upkept returns the channels that a round on the funding account maintains: all
// others.
func (f *Funder) upkept(ctx context.Context, lease Lease) ([]Channel, error) {
	if lease.Place > 0 {
		return nil, nil
	}
	known, err := f.Book.Channels(ctx, lease.Funder)
	if err != nil {
		return nil, err
	}
	var others []Channel
	for _, c := range known {
		if c.Place > 0 {
			others = append(others, c)
		}
	}
	return others, nil
}

// look reads every account that a plan depends on. With lumens the wallets need
// not be read: creating an account that exists fails, and the code says so.
func (f *Funder) look(ctx context.Context, lease Lease, channels []Channel, due []Funding) (there map[string]Account, unread map[string]error, err error) {
	addresses := []string{f.Account.Address}
	if lease.Place > 0 {
		addresses = append(addresses, lease.Address)
	}
	for _, c := range channels {
		addresses = append(addresses, c.Address)
	}
	if !f.Asset.Native() {
		for _, d := range due {
			addresses = append(addresses, d.Address)
		}
	}
	there, err = f.Network.Accounts(ctx, f.Asset, addresses...)
	if partly := (*UnreadError)(nil); errors.As(err, &partly) {
		unread = partly.Accounts
	}
	needed := unread == nil || unread[f.Account.Address] != nil || unread[lease.Address] != nil
	if err != nil && (needed || len(unread) >= len(addresses)-1) {
		return nil, nil, fmt.Errorf("%w: %w", ErrStuck, err)
	}
	funder, ok := there[f.Account.Address]
	if !ok {
		return nil, nil, fmt.Errorf("%w: the funding account %s does not exist on the network; send it lumens (on testnet: friendbot)",
			ErrStuck, f.Account.Address)
	}
	if !f.Asset.Native() && !funder.Trusts && f.Asset.Issuer != f.Account.Address {
		return nil, nil, fmt.Errorf("%w: the funding account %s has no trustline to %s; give it one and some of the asset",
			ErrStuck, f.Account.Address, f.Asset)
	}
	return there, unread, nil
}

// usable reports whether a channel's account exists and can pay fees. If not, the
// next round on the funding account repairs it.
func (f *Funder) usable(ctx context.Context, lease Lease, there map[string]Account, fee int64) (bool, error) {
	account, ok := there[lease.Address]
	if !ok {
		return false, f.Book.SetChannelOpen(ctx, lease.Address, false)
	}
	return account.Spendable() >= needs(fee), nil
}

func needs(fee int64) int64 { return max(channelLow, fee*dueAtOnce) }

// upkeep adds to order the accounts and lumens that the other channels need.
func (f *Funder) upkeep(ctx context.Context, channels []Channel, there map[string]Account, order *Order) (wanted bool, err error) {
	for _, c := range channels {
		account, ok := there[c.Address]
		switch {
		case !ok:
			order.Open = append(order.Open, c.Address)
		case account.Spendable() < needs(order.Fee):
			order.TopUp = append(order.TopUp, c.Address)
		case !c.Open:
			if err := f.Book.SetChannelOpen(ctx, c.Address, true); err != nil {
				return false, err
			}
		}
	}
	wishes := int64(len(order.Open) + len(order.TopUp))
	if wishes*(channelFloat+order.Fee) > there[f.Account.Address].Spendable() {
		order.Open, order.TopUp = nil, nil // the wallets come first
		return false, nil
	}
	return wishes > 0, nil
}
