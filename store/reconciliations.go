package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/paytrace/paytrace/wallet/ledger"
	"github.com/paytrace/paytrace/wallet/payments"
)

// Reconciliation is one comparison of the ledger with a provider's own books.
type Reconciliation struct {
	ID, Provider string
	BeganAt      time.Time
	// EndedAt is zero while the provider's answers are awaited.
	EndedAt time.Time
	// BalanceAt is when the provider had Theirs, in cents; zero if it did not tell. Ours
	// is what the clearing accounts said for that time, as the provider's balance.
	BalanceAt    time.Time
	Theirs, Ours int64
	// Agreed says that the balances agreed, or that a person has explained the
	// difference. The next balances are compared with the last agreed ones.
	Agreed bool
	// Report is what was found, a JSON object.
	Report json.RawMessage
}

// UnbalancedPayment is a deposit or withdrawal whose state contradicts the ledger.
type UnbalancedPayment struct {
	ID    string
	Kind  payments.Kind
	State payments.State
	// Amount and Fee are the intent's, in cents.
	Amount, Fee int64
	// Cleared is what its transfers have added to clearing accounts, and Held what they
	// still hold.
	Cleared, Held int64
}

// Reconciliations stores comparisons, and reads what is compared.
type Reconciliations interface {
	// SaveReconciliation stores one, or what has changed of it.
	SaveReconciliation(ctx context.Context, r Reconciliation) error
	// Reconciliation reads one: ErrNotFound if there is none.
	Reconciliation(ctx context.Context, id string) (Reconciliation, error)
	// LastReconciliation reads the newest one of a provider that has ended; with agreed,
	// the newest one whose balances have agreed. ErrNotFound if there is none.
	LastReconciliation(ctx context.Context, provider string, agreed bool) (Reconciliation, error)

	// LedgerReceipts gives every transfer of an account that has a receipt and took
	// effect from a time up to another one, in the order in which they were added.
	LedgerReceipts(ctx context.Context, code string, from, to time.Time, each func(ledger.Transfer) error) error
	// LedgerReceipt reads the transfer with a provider's receipt: ErrNotFound if there is
	// none.
	LedgerReceipt(ctx context.Context, provider, receipt string) (ledger.Transfer, error)
	// LedgerOfIntent lists the transfers of a deposit or withdrawal, the oldest first.
	LedgerOfIntent(ctx context.Context, intent string) ([]ledger.Transfer, error)
	// LedgerPage lists the transfers that have moved money of an account, the newest
	// first, those that were added before one; "" begins with the newest.
	LedgerPage(ctx context.Context, code, before string, limit int) ([]ledger.Transfer, error)
	// BalanceAt sums what an account had when all that took effect up to a time had.
	BalanceAt(ctx context.Context, code string, at time.Time) (int64, error)
	// UnbalancedPayments lists intents that were changed since a time and contradict the
	// ledger.
	UnbalancedPayments(ctx context.Context, since time.Time, limit int) ([]UnbalancedPayment, error)
	// CallbacksSince lists what was posted to a route since a time, the oldest first.
	CallbacksSince(ctx context.Context, provider, route string, since time.Time, limit int) ([]Callback, error)
}
