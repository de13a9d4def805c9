package wallet

import (
	"context"
	"fmt"
)

// gifts adds to order a gift for each wallet that is due. It stores a verdict for
// wallets that can't get one or do not need one.
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

// gift returns the gift of one wallet, or the verdict of a wallet that gets none.
func (f *Funder) gift(d Funding, there map[string]Account) (Gift, *Verdict) {
	if d.Tries >= maxTries {
		return Gift{}, &Verdict{State: FundingFailed, Problem: d.Problem}
	}
	if f.Asset.Native() {
		return Gift{Address: d.Address}, nil
	}
	// The trustline is made in the same transaction as the payment, so a wallet
	// with a trustline was paid.
	account, exists := there[d.Address]
	if exists && account.Trusts {
		return Gift{}, &Verdict{State: FundingFunded}
	}
	if d.SealedSecret == "" {
		return Gift{}, &Verdict{State: FundingFailed, Problem: "no account has this wallet, so nothing can sign for its trustline"}
	}
	secret, err := f.Sealed.Open(d.SealedSecret, d.Address)
	if err != nil {
		return Gift{}, &Verdict{State: FundingFailed, Problem: err.Error()}
	}
	return Gift{Address: d.Address, Exists: exists, Secret: secret}, nil
}

// afford removes the gifts that the funding account can't pay for.
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
		return fmt.Errorf("%w: the funding account %s can spend %s lumens, but a wallet needs %s and the fee; send lumens to the account",
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
