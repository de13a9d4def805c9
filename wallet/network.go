package wallet

import (
	"context"
	"time"
)

// Asset is what a new wallet is given one of. The zero Asset is native, the
// lumen; any other is a credit of an issuer.
type Asset struct{ Code, Issuer string }

// Native says that the asset is the lumen.
func (a Asset) Native() bool { return a == Asset{} }

// String is as STELLAR_ASSET has it: "native" or "CODE:ISSUER".
func (a Asset) String() string {
	if a.Native() {
		return "native"
	}
	return a.Code + ":" + a.Issuer
}

// Amounts are in stroops, ten millionths of an asset, as Stellar counts them.
const Stroops = 10_000_000

// Account is an account on the network, as far as funding needs it.
type Account struct {
	Sequence int64
	Balance  int64 // of lumens
	// Locked is the part of Balance that has to stay.
	Locked int64
	// Trusts says that it has a trustline to the asset that was asked for.
	Trusts bool
}

// Spendable is what may go.
func (a Account) Spendable() int64 { return a.Balance - a.Locked }

// Terms are what the network asks of a new transaction.
type Terms struct {
	// ClosedAt is the time of the last ledger; zero if the network does not
	// say.
	ClosedAt time.Time
	Fee      int64 // for one operation, to be in the next ledgers; 0 if not said
}

// Fate is what the network says of a transaction.
type Fate uint8

const (
	// FateUnknown: it may or may not happen, or have happened.
	FateUnknown Fate = iota
	// FateSucceeded: it is in a ledger, and all of it happened.
	FateSucceeded
	// FateFailed: it was judged operation by operation, and nothing of it
	// happened or will.
	FateFailed
	// FateRefused: it was not taken this time. That says nothing of an earlier
	// time.
	FateRefused
	// FateNotFound: the network does not know it, as of Answer.AsOf.
	FateNotFound
)

// Answer is the network's word on a transaction, in Horizon's codes, such as
// "tx_failed" and "op_underfunded".
type Answer struct {
	Fate Fate
	Code string
	// Ops has a code an operation where Fate is FateFailed, as far as told.
	Ops []string
	// AsOf is the close of a ledger that the network surely knew when it said
	// FateNotFound; zero if none is sure.
	AsOf time.Time
}

// Network is a door to Stellar. An error is what went wrong at the door: of
// Submit, that nobody knows what became of the transaction.
type Network interface {
	// Terms asks for the network's terms. It is an error if the network is not
	// the one that transactions are signed for.
	Terms(ctx context.Context) (Terms, error)
	// Accounts reads accounts; those that do not exist are not in the answer.
	Accounts(ctx context.Context, asset Asset, addresses ...string) (map[string]Account, error)
	// Submit hands in a signed transaction, which may have been handed in
	// before.
	Submit(ctx context.Context, t Transaction) (Answer, error)
	// Look asks what became of one.
	Look(ctx context.Context, hash string) (Answer, error)
}

// Gift is how one wallet is funded.
type Gift struct {
	Address string
	// Exists says that the account is there and only lacks the asset.
	Exists bool
	// Secret is the wallet's own, needed for a trustline.
	Secret Secret
}

// Order is what a transaction is to do.
type Order struct {
	Funder   KeyPair
	Channel  KeyPair
	Sequence int64
	Fee      int64 // for one operation, in stroops
	Until    time.Time
	Asset    Asset
	Gifts    []Gift
	// Open are channel accounts to be made, TopUp ones to be given more, each
	// with Float stroops of the funder's lumens.
	Open, TopUp []string
	Float       int64
}

// Builder makes transactions in Stellar's format.
type Builder interface {
	// Build makes and signs the transaction of an order.
	Build(o Order) (Transaction, error)
	// Subjects names for each operation of an envelope the account it is for.
	Subjects(envelope string) ([]string, error)
	// Most is how many wallets fit in a transaction with an asset.
	Most(asset Asset) int
	// Costs is what one wallet takes from the funder's lumens.
	Costs(g Gift, asset Asset) int64
}
