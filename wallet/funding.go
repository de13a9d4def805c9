package wallet

import (
	"context"
	"errors"
	"time"
)

// FundingState says how far the funding of a wallet is.
type FundingState string

const (
	// FundingHeld waits until the owner has confirmed the phone number.
	FundingHeld FundingState = "held"
	// FundingPending waits for a transaction.
	FundingPending FundingState = "pending"
	// FundingSubmitted waits for the outcome of its transaction.
	FundingSubmitted FundingState = "submitted"
	FundingFunded    FundingState = "funded"
	// FundingFailed was refused too often and waits for a person.
	FundingFailed FundingState = "failed"
)

// Funding describes the funding of one wallet.
type Funding struct {
	Address string
	State   FundingState
	// Transaction is the hash of the last transaction for the wallet; "" before
	// the first.
	Transaction string
	// Problem says why the wallet is not funded yet; "" if nothing is wrong.
	Problem string
	// Tries counts the refusals of this wallet itself, and Asked the requests
	// for its funding.
	Tries, Asked int
	// DueAt is the time of the next try.
	DueAt                time.Time
	CreatedAt, ChangedAt time.Time
	// SealedSecret is the sealed secret in the worker's row; "" if no account has
	// the wallet.
	SealedSecret string
}

// Ended reports whether the funding will not change by itself any more.
func (f Funding) Ended() bool { return f.State == FundingFunded || f.State == FundingFailed }

// Channel is an account whose sequence numbers funding transactions use. Place 0
// is the funding account itself, which makes the others.
type Channel struct {
	Address, Funder string
	Place           int
	// Open says that the account existed at the last look.
	Open bool
}

// Lease gives one holder the sole right to store a transaction on a channel, until
// a time.
type Lease struct {
	Channel
	Holder string
	Until  time.Time
}

// TransactionState says how far a stored transaction is.
type TransactionState string

const (
	// TransactionSubmitted may or may not have reached the network.
	TransactionSubmitted TransactionState = "submitted"
	TransactionSucceeded TransactionState = "succeeded"
	TransactionFailed    TransactionState = "failed"
	// TransactionExpired can't happen any more: its time bound is over, and it is
	// proved that it got into no ledger.
	TransactionExpired TransactionState = "expired"
)

// Transaction is a signed transaction as stored before it is submitted.
type Transaction struct {
	Hash     string // 64 hex digits
	Channel  string // the account whose sequence number it uses
	Sequence int64
	Envelope string    // XDR, base64
	Until    time.Time // the upper time bound, a whole second
}

// Verdict says what the end of a transaction means for one wallet.
type Verdict struct {
	State   FundingState
	Problem string
	DueAt   time.Time
	// Blamed counts one refusal of this wallet itself.
	Blamed bool
}

// Fenced is the Result of an expired transaction whose sequence number a fence used
// up.
const Fenced = "fenced"

// Settlement describes the end of a transaction, for itself and its wallets.
type Settlement struct {
	Hash   string
	State  TransactionState
	Result string // the network's codes, for people
	// Each maps addresses to verdicts; Rest is the verdict of all other wallets.
	Rest Verdict
	Each map[string]Verdict
	At   time.Time
}

var (
	// ErrBusy reports that all open channels are leased.
	ErrBusy = errors.New("all channels are leased")
	// ErrConflict reports that another process was faster and nothing was written.
	ErrConflict = errors.New("another process was faster")
	// ErrNoTransaction reports that no transaction is in flight.
	ErrNoTransaction = errors.New("no transaction is in flight")
	// ErrNoFunding reports that the funding of a wallet was never requested.
	ErrNoFunding = errors.New("the funding of this wallet was never requested")
)

// Book stores fundings. Each method is one transaction of the database and may be
// repeated.
type Book interface {
	// Funding reads the funding of a wallet, or returns ErrNoFunding.
	Funding(ctx context.Context, address string) (Funding, error)
	// DueFundings returns pending fundings that are due, the longest due first.
	DueFundings(ctx context.Context, now time.Time, limit int) ([]Funding, error)
	// NoteFunding stores the problem of a funding that has not ended.
	NoteFunding(ctx context.Context, address, problem string, at time.Time) error
	// DecideFundings gives pending fundings a verdict without a transaction.
	DecideFundings(ctx context.Context, each map[string]Verdict, at time.Time) error

	// AddChannel adds a channel, unless it is there already.
	AddChannel(ctx context.Context, c Channel) error
	// Channels returns the channels of a funder, by place.
	Channels(ctx context.Context, funder string) ([]Channel, error)
	// SetChannelOpen stores whether a channel's account exists.
	SetChannelOpen(ctx context.Context, address string, open bool) error
	// LeaseChannel leases the open channel that was unused for longest. It
	// returns ErrBusy if all are leased at now.
	LeaseChannel(ctx context.Context, funder, holder string, now, until time.Time) (Lease, error)
	// ExtendLease moves the end of a lease, if the holder still has it.
	ExtendLease(ctx context.Context, l Lease, until time.Time) error
	// ReturnChannel ends a lease, if the holder still has it.
	ReturnChannel(ctx context.Context, l Lease, now time.Time) error

	// InFlight returns the one transaction of a channel whose outcome is not
	// known, or ErrNoTransaction.
	InFlight(ctx context.Context, channel string) (Transaction, error)
	// Record stores a signed transaction together with its pending wallets. It
	// returns ErrConflict, and writes nothing, if the lease is over, if the
	// channel has a transaction in flight, or if a wallet is no longer pending.
	Record(ctx context.Context, l Lease, t Transaction, addresses []string, now time.Time) error
	// UsedSequence returns the highest sequence number from the range that
	// transactions of a channel are known to have used up; 0 if none has.
	UsedSequence(ctx context.Context, channel string, from, to int64) (int64, error)
	// Settle stores the end of a transaction in flight. It leaves a transaction
	// alone that has ended already.
	Settle(ctx context.Context, s Settlement) error
}
