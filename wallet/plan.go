package wallet

import (
	"context"
	"fmt"
	"time"
)

const (
	// window is how long a transaction may wait for a ledger, twelve of the
	// usual five seconds. It is also how long wallets wait at most for a
	// transaction that was lost.
	window = time.Minute
	// baseFee is the network's least for one operation, in stroops.
	baseFee = 100
	// maxFee is the most that is paid for one operation: a hundredth of a
	// lumen, so that a full transaction costs one at most.
	maxFee = Stroops / 100
	// channelFloat is what a channel gets to pay fees from: its reserve of one
	// lumen, and two that last for some two thousand full transactions.
	channelFloat = 3 * Stroops
	// channelLow is when it gets that again.
	channelLow = Stroops / 5
	// maxTries is how often a wallet itself may be refused.
	maxTries = 10
	// dueAtOnce is how many due wallets are looked at for one transaction, the
	// most that any transaction holds.
	dueAtOnce = 100
)

// plan is what a round on a channel without a transaction is to do.
type plan struct {
	order *Order // nil: nothing to submit
	did   bool   // something was decided without a transaction
}

// plan looks at what is due and what the network has.
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
	there, err := f.look(ctx, lease, channels, due)
	if err != nil {
		return plan{}, err
	}
	key, err := f.channelKey(lease.Place)
	if err != nil {
		return plan{}, err
	}
	if key.Address != lease.Address {
		return plan{}, fmt.Errorf("%w: channel %d has the address %s and not that of its key", ErrStuck, lease.Place, lease.Address)
	}
	order := &Order{
		Funder: f.Account, Channel: key, Sequence: there[lease.Address].Sequence + 1, Fee: f.fee(terms),
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

// refuse decides on wallets that are none: an address that is no address can't
// be asked about, and no transaction that has it can be built, so that it would
// keep all others waiting.
func (f *Funder) refuse(ctx context.Context, due []Funding) (refused bool, err error) {
	none := map[string]Verdict{}
	for _, d := range due {
		if !f.Keys.Valid(d.Address) {
			none[d.Address] = Verdict{State: FundingFailed, Problem: "its row has no address of Stellar"}
		}
	}
	if len(none) == 0 {
		return false, nil
	}
	return true, f.Book.DecideFundings(ctx, none, f.Now())
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

// until is the upper time bound of a new transaction. By the later of the
// network's clock and ours, so that it is ahead of both.
func (f *Funder) until(terms Terms) time.Time {
	now := f.Now()
	if terms.ClosedAt.After(now) {
		now = terms.ClosedAt
	}
	return now.Add(window).Truncate(time.Second)
}

// upkept are the channels that a round on the funding account looks after: all
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

// look reads every account that a plan depends on. With the lumen the wallets
// need no look: making one that exists fails, and that tells.
func (f *Funder) look(ctx context.Context, lease Lease, channels []Channel, due []Funding) (map[string]Account, error) {
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
	there, err := f.Network.Accounts(ctx, f.Asset, addresses...)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStuck, err)
	}
	funder, ok := there[f.Account.Address]
	if !ok {
		return nil, fmt.Errorf("%w: the funding account %s does not exist on the network; send it lumens (on testnet: friendbot)",
			ErrStuck, f.Account.Address)
	}
	if !f.Asset.Native() && !funder.Trusts && f.Asset.Issuer != f.Account.Address {
		return nil, fmt.Errorf("%w: the funding account %s has no trustline to %s; give it one and some of the asset",
			ErrStuck, f.Account.Address, f.Asset)
	}
	return there, nil
}

// usable says whether a channel's account exists and can pay fees. If not, the
// next round on the funding account sees to it.
func (f *Funder) usable(ctx context.Context, lease Lease, there map[string]Account, fee int64) (bool, error) {
	account, ok := there[lease.Address]
	if !ok {
		return false, f.Book.SetChannelOpen(ctx, lease.Address, false)
	}
	return account.Spendable() >= needs(fee), nil
}

func needs(fee int64) int64 { return max(channelLow, fee*dueAtOnce) }

// upkeep orders what the other channels want.
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
		order.Open, order.TopUp = nil, nil // wallets first
		return false, nil
	}
	return wishes > 0, nil
}
