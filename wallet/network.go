package wallet

import (
	"context"
	"fmt"
	"time"
)

// Asset is the asset of which each new wallet gets one unit. The zero Asset is
// native, the lumen; any other is a credit of an issuer.
type Asset struct{ Code, Issuer string }

// Native reports whether the asset is the lumen.
func (a Asset) Native() bool { return a == Asset{} }

// String returns the asset as in STELLAR_ASSET: "native" or "CODE:ISSUER".
func (a Asset) String() string {
	if a.Native() {
		return "native"
	}
	return a.Code + ":" + a.Issuer
}

// Stroops is one unit of an asset in stroops, which Stellar and all amounts here
// count.
const Stroops = 10_000_000

// Account describes an account on the network, as far as funding needs it.
type Account struct {
	Sequence int64
	Balance  int64 // in stroops of lumens
	// Locked is the part of Balance that can't be spent.
	Locked int64
	// Trusts says that the account has a trustline to the asset in question.
	Trusts bool
}

// Spendable returns the stroops that the account can spend.
func (a Account) Spendable() int64 { return a.Balance - a.Locked }

// Terms are the network's present terms for a new transaction.
type Terms struct {
	// ClosedAt is the time of the last ledger; zero if the network does not
	// say.
	ClosedAt time.Time
	// Fee is the fee for one operation that gets a transaction into the next
	// ledgers; 0 if the network does not say.
	Fee int64
}

// Fate says what happened to a transaction.
type Fate uint8

const (
	// FateUnknown means that the transaction may or may not have happened, and may
	// still happen.
	FateUnknown Fate = iota
	// FateSucceeded means that it is in a ledger and all of it happened.
	FateSucceeded
	// FateFailed means that it was applied and failed: nothing of it happened or
	// will happen.
	FateFailed
	// FateRefused means that this submission was refused. An earlier submission
	// may still have succeeded.
	FateRefused
	// FateNotFound means that the network does not know it, as of Answer.AsOf.
	FateNotFound
)

// Answer is the network's answer about a transaction, in Horizon's codes, such as
// "tx_failed" and "op_underfunded".
type Answer struct {
	Fate Fate
	Code string
	// Ops has a code for each operation if Fate is FateFailed and the network
	// says so.
	Ops []string
	// AsOf is the close of the network's last ledger at FateNotFound; zero if that
	// is not known.
	AsOf time.Time
	// Sure says that the very server that answered FateNotFound had the ledger of
	// AsOf and all since the transaction was made. Without it, a replica that lags
	// may have answered.
	Sure bool
}

// Network reaches Stellar. An error of Submit means that the fate of the
// transaction is unknown.
type Network interface {
	// Terms returns the network's present terms. It returns an error if
	// transactions are signed for another network.
	Terms(ctx context.Context) (Terms, error)
	// Accounts reads accounts and omits those that do not exist. If some could not
	// be read, it returns the others and an *UnreadError.
	Accounts(ctx context.Context, asset Asset, addresses ...string) (map[string]Account, error)
	// Submit submits a signed transaction. It may be submitted repeatedly.
	Submit(ctx context.Context, t Transaction) (Answer, error)
	// Look looks up a transaction by its hash and its time bound.
	Look(ctx context.Context, t Transaction) (Answer, error)
}

// UnreadError reports accounts that could not be read, and why. Nothing is known of
// them: they may exist or not.
type UnreadError struct{ Accounts map[string]error }

func (e *UnreadError) Error() string {
	for _, err := range e.Accounts {
		return fmt.Sprintf("%d accounts could not be read: %v", len(e.Accounts), err)
	}
	return "no account is unread"
}

// Gift describes what one wallet gets.
type Gift struct {
	Address string
	// Exists says that the account exists and only lacks the asset.
	Exists bool
	// Secret is the wallet's own secret, which must sign for a trustline.
	Secret Secret
}

// Order describes a transaction to build.
type Order struct {
	Funder   KeyPair
	Channel  KeyPair
	Sequence int64
	Fee      int64 // for one operation, in stroops
	Until    time.Time
	Asset    Asset
	Gifts    []Gift
	// Open lists channel accounts to make, and TopUp channel accounts that need
	// more lumens. Each gets Float stroops from the funder.
	Open, TopUp []string
	Float       int64
}

// Builder makes transactions in Stellar's format.
type Builder interface {
	// Build makes and signs the transaction of an order.
	Build(o Order) (Transaction, error)
	// Fence makes and signs a transaction that changes nothing and uses the
	// sequence number of t, so only one of the two can ever get into a ledger. The
	// same t and fee make the same fence.
	Fence(channel KeyPair, t Transaction, fee int64) (Transaction, error)
	// Subjects returns, for each operation of an envelope, the account it is for.
	Subjects(envelope string) ([]string, error)
	// Most returns how many wallets fit in a transaction with an asset.
	Most(asset Asset) int
	// Costs returns the funder's stroops that one wallet costs.
	Costs(g Gift, asset Asset) int64
}
