package wallet

import (
	"context"
	"fmt"
)

// gifts orders what can be given to the wallets that are due, and decides on
// those to which nothing can or need be given.
func (f *Funder) gifts(ctx context.Context, order *Order, due []Funding, there map[string]Account) (plan, error) {
	decided := map[string]Verdict{}
	for _, d := range due {
		gift, verdict := f.gift(d, there)
		if verdict != nil {
			decided[d.Address] = *verdict
			continue
		}
		order.Gifts = append(order.Gifts, gift)
	}
	if len(decided) > 0 {
		if err := f.Book.DecideFundings(ctx, decided, f.Now()); err != nil {
			return plan{}, err
		}
	}
	if len(order.Gifts) == 0 {
		return plan{did: len(decided) > 0}, nil
	}
	if err := f.afford(order, there[f.Account.Address]); err != nil {
		return plan{}, err
	}
	return plan{order: order, did: true}, nil
}

// gift is what one wallet gets, or the verdict that it gets nothing.
func (f *Funder) gift(d Funding, there map[string]Account) (Gift, *Verdict) {
	if d.Tries >= maxTries {
		return Gift{}, &Verdict{State: FundingFailed, Problem: d.Problem}
	}
	if f.Asset.Native() {
		return Gift{Address: d.Address}, nil
	}
	// A trustline is made in one transaction with the payment, so a wallet that
	// has it was paid.
	account, exists := there[d.Address]
	if exists && account.Trusts {
		return Gift{}, &Verdict{State: FundingFunded}
	}
	if d.SealedSecret == "" {
		return Gift{}, &Verdict{State: FundingFailed, Problem: "no account has this wallet, and its trustline needs its signature"}
	}
	secret, err := f.Sealed.Open(d.SealedSecret, d.Address)
	if err != nil {
		return Gift{}, &Verdict{State: FundingFailed, Problem: err.Error()}
	}
	return Gift{Address: d.Address, Exists: exists, Secret: secret}, nil
}

// afford leaves out the gifts that the funding account can't pay for.
func (f *Funder) afford(order *Order, funder Account) error {
	left := funder.Spendable()
	if order.Channel.Address == order.Funder.Address {
		left -= order.Fee * dueAtOnce
	}
	n := 0
	for _, g := range order.Gifts {
		left -= f.Builder.Costs(g, f.Asset)
		if left < 0 {
			break
		}
		n++
	}
	if n == 0 {
		return fmt.Errorf("%w: the funding account %s has %s lumens to spend, and a wallet takes %s and the fee; send it more",
			ErrStuck, f.Account.Address, lumens(funder.Spendable()), lumens(f.Builder.Costs(order.Gifts[0], f.Asset)))
	}
	order.Gifts = order.Gifts[:n]
	return nil
}

func lumens(stroops int64) string {
	sign := ""
	if stroops < 0 {
		sign, stroops = "-", -stroops
	}
	return fmt.Sprintf("%s%d.%07d", sign, stroops/Stroops, stroops%Stroops)
}
