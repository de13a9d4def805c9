package payments

import (
	"context"
	"time"
)

// Books is what a provider tells about its own books. A Provider whose books can be
// compared with the ledger implements it, too.
type Books interface {
	// Remembers is how far back Received can look.
	Remembers() time.Duration
	// Received gives every payment that came in between two times to each, as a report
	// FromPull, until each returns an error.
	Received(ctx context.Context, from, to time.Time, each func(Report) error) error
	// AskBalances asks what the service's accounts at the provider have. The answers are
	// posted to BalanceRoute, one for each returned ID. Without IDs and an error, the
	// settings do not allow the question.
	AskBalances(ctx context.Context) (ids []string, err error)
	// BalanceRoute is the route of stored callbacks that has the answers.
	BalanceRoute() string
	// ReadBalance reads an answer.
	ReadBalance(body []byte) (Balance, error)
}

// Balance is what the accounts of the service have at a provider, in cents.
type Balance struct {
	// ID is the question's.
	ID string
	// Cents is the sum of the accounts that hold callers' money. Charges is what the
	// provider keeps apart for its fees; below zero for fees that are not paid yet.
	Cents, Charges int64
	// At is when the provider counted; zero if it did not say.
	At time.Time
}

// Line is what a provider's statement says about one receipt.
type Line struct {
	Receipt string
	At      time.Time
	// In came in and Out went out, in cents. Charges are the provider's fees.
	In, Out, Charges int64
	// Account is the account number that the payer typed, "" if the line has none.
	Account string
	// What is the provider's word for it, without a phone number.
	What string
}
