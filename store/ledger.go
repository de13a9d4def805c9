package store

import (
	"context"

	"github.com/paytrace/paytrace/wallet/ledger"
)

// Ledger moves money, inside a transaction.
type Ledger interface {
	// Move adds transfers in their order, all or none, and opens accounts that are
	// new. A transfer that is stored already, with the same body, changes nothing.
	//
	// The error wraps ledger.ErrOverdraft, ErrMismatch, ErrResolved, ErrReversed,
	// ErrReceipt, ErrNoTransfer or ErrInvalid. After ErrOverdraft, ErrNoTransfer and
	// ErrInvalid nothing was written and the transaction can go on. After any other
	// error it can't be committed.
	//
	// Move locks the guarded accounts in the order of their codes. A transaction that
	// moves twice must keep that order itself, or the database may end it and run it
	// again.
	Move(ctx context.Context, transfers ...ledger.Transfer) error
	// LockAccount reads a guarded account. Until the transaction ends, other
	// transactions that move its money wait. An account that was never used has
	// nothing.
	LockAccount(ctx context.Context, code string) (ledger.Account, error)
	// BookedReceipt reads the transfer that has a provider's receipt: ErrNotFound if
	// there is none.
	BookedReceipt(ctx context.Context, provider, receipt string) (ledger.Transfer, error)
}

// Books reads the ledger.
type Books interface {
	// LedgerAccount reads an account with its balance, the sum of its transfers if it
	// is not guarded. An account that was never used has nothing.
	LedgerAccount(ctx context.Context, code string) (ledger.Account, error)
	// LedgerTransfer reads one: ErrNotFound if there is none.
	LedgerTransfer(ctx context.Context, id string) (ledger.Transfer, error)
	// LedgerOf lists the newest transfers of an account first.
	LedgerOf(ctx context.Context, code string, limit int) ([]ledger.Transfer, error)
	// AuditLedger recomputes the ledger from its transfers, as it was at one moment.
	// The error wraps ledger.ErrDifference and tells the first difference.
	AuditLedger(ctx context.Context) (ledger.Summary, error)
}
