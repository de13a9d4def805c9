package store

import (
	"context"
	"errors"
	"time"

	"github.com/paytrace/paytrace/wallet/payments"
)

var (
	// ErrWithdrawing means that the worker has a withdrawal that has not ended.
	ErrWithdrawing = errors.New("the worker has a withdrawal that has not ended")
	// ErrDecided means that this person has decided about the case before.
	ErrDecided = errors.New("this person has decided about the case before")
)

// Case is something about money that a person must decide.
type Case struct {
	// ID names the case; opening it a second time changes nothing.
	ID string
	// Kind says what happened, as one of the constants of package actions/payments.
	Kind string
	// Payment and Transfer name the intent and what was booked meanwhile, or "".
	Payment, Transfer string
	// Provider, Receipt and Account are what the provider told, or "".
	Provider, Receipt, Account string
	// Amount is in cents.
	Amount int64
	// Detail tells what is known. It has no phone number.
	Detail   string
	OpenedAt time.Time
	// ClosedAt is zero while the case is open.
	ClosedAt time.Time
}

// Decision is what a person decided about a case.
type Decision struct {
	Case, Actor, Decision string
	At                    time.Time
}

// PIN is what is stored of a worker's PIN.
type PIN struct {
	Worker string
	// Hash is slow to compute, and needs a key that is not in the database.
	Hash  string
	SetAt time.Time
	// Session may change the PIN until SessionUntil, since its caller has typed the old
	// one.
	Session      string
	SessionUntil time.Time
}

// Payments stores deposits and withdrawals, inside a transaction.
type Payments interface {
	// AddPayment stores a new intent: ErrWithdrawing if it is a withdrawal and another
	// one of the worker has not ended. The transaction can go on after it.
	AddPayment(ctx context.Context, in payments.Intent) error
	// LockPayment reads an intent by ID. Until the transaction ends, others that lock
	// it wait. ErrNotFound if there is none.
	LockPayment(ctx context.Context, id string) (payments.Intent, error)
	// SetPayment stores what has changed of a locked intent.
	SetPayment(ctx context.Context, in payments.Intent) error
	// PaymentByReference finds the ID of an intent by its reference or by the
	// provider's ID of its request: ErrNotFound if there is none.
	PaymentByReference(ctx context.Context, provider, reference string) (id string, err error)
	// PaidSince sums the amounts of a worker's intents of a kind that were made since
	// a time and have not failed, and counts those of one amount, in cents.
	PaidSince(ctx context.Context, worker string, kind payments.Kind, since time.Time, amount int64) (sum int64, same int, err error)
	// Withdrawing reports whether the worker has a withdrawal that has not ended.
	Withdrawing(ctx context.Context, worker string) (bool, error)

	// OpenCase stores a case, unless it is stored already.
	OpenCase(ctx context.Context, c Case) error
	// LockCase reads a case: ErrNotFound if there is none.
	LockCase(ctx context.Context, id string) (Case, error)
	// Decide stores a decision and returns all decisions about the case. ErrDecided if
	// the same person decided before, in other words.
	Decide(ctx context.Context, d Decision) ([]Decision, error)
	// CloseCase ends a case.
	CloseCase(ctx context.Context, id string, at time.Time) error

	// PIN reads a worker's PIN: ErrNotFound if there is none.
	PIN(ctx context.Context, worker string) (PIN, error)
	// SetPIN stores a worker's PIN.
	SetPIN(ctx context.Context, p PIN) error
	// DropPIN removes a worker's PIN; the worker chooses another one. ErrNotFound if
	// there is none.
	DropPIN(ctx context.Context, worker string) error
	// WorkerByID reads the account with a Worker ID: ErrNotFound if there is none.
	WorkerByID(ctx context.Context, id string) (Worker, error)
	// AddAudit adds an entry to the audit in this transaction.
	AddAudit(ctx context.Context, e AuditEntry) error
}

// PaymentCount says how many intents of a kind are in a state, and since when the longest
// unchanged one of them is.
type PaymentCount struct {
	Kind    payments.Kind
	State   payments.State
	Intents int
	Oldest  time.Time
}

// CaseCount says how many cases of a kind are open, and since when the oldest is.
type CaseCount struct {
	Kind   string
	Cases  int
	Oldest time.Time
}

// PaymentLists reads deposits, withdrawals and cases.
type PaymentLists interface {
	// CountPayments counts the intents that have not ended, by kind and state.
	CountPayments(ctx context.Context) ([]PaymentCount, error)
	// CountCases counts the open cases by kind.
	CountCases(ctx context.Context) ([]CaseCount, error)
	// Payment reads one: ErrNotFound if there is none.
	Payment(ctx context.Context, id string) (payments.Intent, error)
	// PaymentsOf lists the newest intents of a worker first.
	PaymentsOf(ctx context.Context, worker string, limit int) ([]payments.Intent, error)
	// OpenPayments lists the IDs of intents that have not ended and were not changed
	// since a time, the longest unchanged first.
	OpenPayments(ctx context.Context, before time.Time, limit int) (ids []string, err error)
	// OpenCases lists the oldest open cases first.
	OpenCases(ctx context.Context, limit int) ([]Case, error)
	// CaseDecisions reads a case, also a closed one, and what was decided about it:
	// ErrNotFound if there is none.
	CaseDecisions(ctx context.Context, id string) (Case, []Decision, error)
}
