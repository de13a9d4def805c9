package mpesa

import (
	"context"
	"fmt"
	"time"

	"github.com/paytrace/paytrace/wallet/payments"
)

var _ payments.Books = (*Provider)(nil)

// Remembers is how far back payments can be listed.
func (*Provider) Remembers() time.Duration { return PullWindow }

// Received gives every payment that came in between two times.
func (p *Provider) Received(ctx context.Context, from, to time.Time, each func(payments.Report) error) error {
	var stopped error
	err := p.client.PullAll(ctx, from, to, func(row Pulled) bool {
		stopped = each(payments.Report{
			Provider: Name, Source: payments.FromPull, Kind: payments.Deposit, Account: row.Account, Outcome: payments.Paid,
			Amount: row.Cents, Receipt: row.Receipt, At: row.At,
		})
		return stopped == nil
	})
	if err != nil {
		return err
	}
	return stopped
}

// balanceText is the remark of a question for balances.
const balanceText = "Reconciliation"

// AskBalances asks for the balances of the short codes: of one, or of two where another
// one pays out.
func (p *Provider) AskBalances(ctx context.Context) (ids []string, err error) {
	if p.client.credentials() != nil {
		return nil, nil //nolint:nilerr // without an operator nobody may ask
	}
	sides := []bool{false}
	if p.client.PayoutCode() != p.client.ShortCode() {
		sides = append(sides, true)
	}
	for _, incoming := range sides {
		asked, err := p.client.AskBalance(ctx, BalanceQuestion{
			Incoming: incoming, Remarks: balanceText, ResultURL: p.addresses.Balance(), TimeoutURL: p.addresses.Balance(),
		})
		if err != nil {
			return ids, fmt.Errorf("ask for balances: %w", err)
		}
		ids = append(ids, asked.ConversationID)
	}
	return ids, nil
}

// BalanceRoute is the route of the answers.
func (*Provider) BalanceRoute() string { return string(RouteBalance) }

// ReadBalance reads an answer. The account for charges is apart: it goes below zero with
// each payout, and Safaricom fills it up.
func (*Provider) ReadBalance(body []byte) (payments.Balance, error) {
	r, err := ReadBalanceResult(body)
	if err != nil {
		return payments.Balance{}, err
	}
	b := payments.Balance{ID: r.ConversationID, At: r.At}
	if r.Meaning.Class != ClassSuccess {
		return b, fmt.Errorf("M-Pesa does not tell the balances: code %s, %s", clipped(r.Code), r.Meaning.Name)
	}
	for _, one := range r.Balances {
		if one.Account == AccountCharges {
			b.Charges += one.AvailableCents
			continue
		}
		b.Cents += one.AvailableCents
	}
	return b, nil
}
