package ledger

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// ErrDifference means that the ledger contradicts itself.
var ErrDifference = errors.New("the ledger does not agree with itself")

// Summary is what an audit has recomputed.
type Summary struct {
	// Transfers and Accounts count what was read.
	Transfers, Accounts int64
	// Balances has the balance of every account that is not guarded, and the sum of
	// the guarded ones by kind.
	Balances map[string]int64
	// Held is the sum of all holds, and Open counts the pending transfers that are not
	// resolved.
	Held int64
	Open int
}

// Audit recomputes a ledger from its transfers. Give it every transfer in the order in
// which the store added them, then every account. Each method returns the first
// difference, an error that wraps ErrDifference.
type Audit struct {
	// Reversed reads a transfer that another one reverses.
	Reversed func(id string) (Transfer, error)

	accounts  map[string]*Account
	pending   map[string]Transfer
	undone    map[string]string
	transfers int64
	seen      int64
}

// NewAudit returns an Audit that has read nothing.
func NewAudit(reversed func(id string) (Transfer, error)) *Audit {
	return &Audit{
		Reversed: reversed, accounts: map[string]*Account{}, pending: map[string]Transfer{}, undone: map[string]string{},
	}
}

// Add reads the next transfer with its stored fingerprint.
func (a *Audit) Add(t Transfer, fingerprint string) error {
	a.transfers++
	if err := t.Check(); err != nil {
		return fmt.Errorf("%w: line %d: %w", ErrDifference, a.transfers, err)
	}
	if got := t.Fingerprint(); got != fingerprint {
		return a.differs(t, "its fingerprint is %s, expected %s: the row was changed after it was added", fingerprint, got)
	}
	if err := a.refer(t); err != nil {
		return err
	}
	debit, credit := t.Changes()
	if err := a.account(t.Debit).Apply(debit); err != nil {
		return a.differs(t, "%v", err)
	}
	if err := a.account(t.Credit).Apply(credit); err != nil {
		return a.differs(t, "%v", err)
	}
	return nil
}

// refer checks t against the transfer that it resolves or reverses.
func (a *Audit) refer(t Transfer) error {
	switch {
	case t.Phase == Pending:
		a.pending[t.ID] = t
	case t.PendingID != "":
		pending, open := a.pending[t.PendingID]
		if !open {
			return a.differs(t, "it resolves %q, which is not pending before it", t.PendingID)
		}
		if err := t.Resolves(pending); err != nil {
			return a.differs(t, "%v", err)
		}
		delete(a.pending, t.PendingID)
	case t.Reverses != "":
		if other, again := a.undone[t.Reverses]; again {
			return a.differs(t, "it reverses %q, as %q did before", t.Reverses, other)
		}
		done, err := a.Reversed(t.Reverses)
		if err != nil {
			return a.differs(t, "it reverses %q: %v", t.Reverses, err)
		}
		if err := t.Undoes(done); err != nil {
			return a.differs(t, "%v", err)
		}
		a.undone[t.Reverses] = t.ID
	}
	return nil
}

func (a *Audit) differs(t Transfer, format string, args ...any) error {
	return fmt.Errorf("%w: line %d, transfer %q, %s: %s", ErrDifference, a.transfers, t.ID, t.What, fmt.Sprintf(format, args...))
}

func (a *Audit) account(code string) *Account {
	account := a.accounts[code]
	if account == nil {
		kind, _ := KindOf(code) // Check has read it
		account = &Account{Code: code, Kind: kind}
		a.accounts[code] = account
	}
	return account
}

// Compare reads the next stored account. The balance of one that is not guarded is 0 in
// the store, since it is summed.
func (a *Audit) Compare(stored Account) error {
	a.seen++
	kind, err := KindOf(stored.Code)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDifference, err)
	}
	if kind != stored.Kind {
		return fmt.Errorf("%w: account %s is stored as %s, expected %s", ErrDifference, stored.Code, stored.Kind, kind)
	}
	want := Account{}
	if kind.Guarded() {
		want = *a.account(stored.Code)
	}
	if stored.Posted != want.Posted || stored.Held != want.Held {
		return fmt.Errorf("%w: account %s has %d cents posted and %d held, expected %d and %d from its transfers",
			ErrDifference, stored.Code, stored.Posted, stored.Held, want.Posted, want.Held)
	}
	return nil
}

// End returns the summary once everything was read.
func (a *Audit) End() (Summary, error) {
	s := Summary{Transfers: a.transfers, Accounts: a.seen, Balances: map[string]int64{}, Open: len(a.pending)}
	var sum int64
	for _, code := range slices.Sorted(maps.Keys(a.accounts)) {
		account := a.accounts[code]
		sum += account.Posted
		if account.Kind.Guarded() {
			s.Held += account.Held
			s.Balances[string(account.Kind)] += account.Posted
		} else {
			s.Balances[code] = account.Posted
		}
	}
	if sum != 0 {
		return s, fmt.Errorf("%w: the sum of all accounts is %d cents, expected 0", ErrDifference, sum)
	}
	if known := int64(len(a.accounts)); known > a.seen {
		return s, fmt.Errorf("%w: transfers name %d accounts, and %d are stored", ErrDifference, known, a.seen)
	}
	return s, nil
}
