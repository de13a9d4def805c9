package wallet

import (
	"context"
	"errors"
	"time"
)

// FundingState is how far the funding of one wallet is.
type FundingState string

// A held one waits until its phone number has proved to be its owner's. A
// pending one waits for a transaction, a submitted one for what becomes of its
// transaction. A failed one was refused too often and waits for a person.
const (
	FundingHeld      FundingState = "held"
	FundingPending   FundingState = "pending"
	FundingSubmitted FundingState = "submitted"
	FundingFunded    FundingState = "funded"
	FundingFailed    FundingState = "failed"
)

// Funding is one wallet that is to be funded.
type Funding struct {
	Address string
	State   FundingState
	// Transaction is the hash of the transaction that carries it, or did; ""
	// before the first.
	Transaction string
	// Problem says why it is not funded yet, "" where nothing is wrong.
	Problem string
	// Tries is how often this wallet itself was refused; Asked how often its
	// funding was asked for.
	Tries, Asked int
	// DueAt is before when it is not tried.
	DueAt                time.Time
	CreatedAt, ChangedAt time.Time
	// SealedSecret is its worker's; "" where no account has the wallet.
	SealedSecret string
}

// Ended says that nothing more is going to happen by itself.
func (f Funding) Ended() bool { return f.State == FundingFunded || f.State == FundingFailed }

// Channel is an account whose sequence numbers funding transactions use. Place
// 0 is the funding account itself; the others are made by it.
type Channel struct {
	Address, Funder string
	Place           int
	// Open says that the account was there when it was last looked for.
	Open bool
}

// Lease is a channel in the hands of one holder until a time: nobody else may
// store a transaction on it.
type Lease struct {
	Channel
	Holder string
	Until  time.Time
}

// TransactionState is where a stored transaction stands. Submitted is also one
// of which nobody knows yet.
type TransactionState string

// An expired transaction can't happen any more: the network does not know it,
// and a ledger has closed after its time bound.
const (
	TransactionSubmitted TransactionState = "submitted"
	TransactionSucceeded TransactionState = "succeeded"
	TransactionFailed    TransactionState = "failed"
	TransactionExpired   TransactionState = "expired"
)

// Transaction is a signed transaction as it is stored before it is submitted.
type Transaction struct {
	Hash     string // 64 hex digits
	Channel  string // the account whose sequence number it uses
	Sequence int64
	Envelope string    // XDR, base64
	Until    time.Time // its upper time bound, a whole second
}

// Verdict is what the end of a transaction means for one wallet.
type Verdict struct {
	State   FundingState
	Problem string
	DueAt   time.Time
	// Blamed counts one refusal of this wallet itself.
	Blamed bool
}

// Settlement is how a transaction ended, for it and its wallets at once.
type Settlement struct {
	Hash   string
	State  TransactionState
	Result string // the network's codes, for people
	// Rest holds for the wallets that have no verdict of their own in Each.
	Rest Verdict
	Each map[string]Verdict
	At   time.Time
}

var (
	// ErrBusy: others hold all channels.
	ErrBusy = errors.New("every channel is held by another")
	// ErrConflict: another was faster, and nothing was written.
	ErrConflict = errors.New("another has changed it meanwhile")
	// ErrNoTransaction: no transaction is in flight.
	ErrNoTransaction = errors.New("no transaction is in flight")
	// ErrNoFunding: nobody asked for this wallet's funding.
	ErrNoFunding = errors.New("no funding of this wallet was asked for")
)

// Book is where fundings are kept. Each method is one transaction of the
// database, and each may be called again.
type Book interface {
	// Funding reads one: ErrNoFunding.
	Funding(ctx context.Context, address string) (Funding, error)
	// DueFundings are pending ones that are due, the longest due first.
	DueFundings(ctx context.Context, now time.Time, limit int) ([]Funding, error)
	// NoteFunding stores a problem of one that has not ended.
	NoteFunding(ctx context.Context, address, problem string, at time.Time) error
	// DecideFundings gives pending ones a verdict without a transaction.
	DecideFundings(ctx context.Context, each map[string]Verdict, at time.Time) error

	// AddChannel makes a channel known; one that is known is left alone.
	AddChannel(ctx context.Context, c Channel) error
	// Channels are a funder's, by place.
	Channels(ctx context.Context, funder string) ([]Channel, error)
	// SetChannelOpen stores whether a channel's account exists.
	SetChannelOpen(ctx context.Context, address string, open bool) error
	// LeaseChannel takes the open channel that was not used for longest and
	// that nobody holds at now: ErrBusy.
	LeaseChannel(ctx context.Context, funder, holder string, now, until time.Time) (Lease, error)
	// ReturnChannel ends a lease, if the holder still has it.
	ReturnChannel(ctx context.Context, l Lease, now time.Time) error

	// InFlight is the one transaction of a channel whose end is not known:
	// ErrNoTransaction.
	InFlight(ctx context.Context, channel string) (Transaction, error)
	// Record stores a signed transaction and that it carries these pending
	// wallets, all or nothing. It is ErrConflict if the lease is over, if one
	// is in flight on the channel, or if a wallet is no longer pending.
	Record(ctx context.Context, l Lease, t Transaction, addresses []string, now time.Time) error
	// Settle stores the end of a transaction in flight; one that has ended is
	// left alone.
	Settle(ctx context.Context, s Settlement) error
}
