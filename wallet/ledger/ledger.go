// Package ledger has the rules of double entry: accounts, transfers in whole cents, and
// what may follow what. It has no I/O. A store keeps the transfers and applies these
// rules, its constraints are a second fence, and Audit recomputes everything.
//
// A transfer has one debit and one credit account, so the sum over all accounts is
// always zero. Transfers are only added: a mistake is undone by a reversal.
package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// MaxAmount bounds a transfer, in cents: a thousand million shillings. A sum of nine
// million such transfers still fits int64.
const MaxAmount = 1_000_000_000_00

// maxText bounds each text of a transfer, in bytes. The longest, an ID that ends in a
// part's name, needs half of it.
const maxText = 200

var (
	// ErrOverdraft means that a guarded account has less than the transfer takes.
	ErrOverdraft = errors.New("the account has too little")
	// ErrMismatch means that the ID was used before for a transfer with another body.
	ErrMismatch = errors.New("the transfer's ID was used for another transfer")
	// ErrResolved means that the pending transfer was posted or voided before.
	ErrResolved = errors.New("the pending transfer is resolved already")
	// ErrReversed means that the transfer was reversed before.
	ErrReversed = errors.New("the transfer is reversed already")
	// ErrReceipt means that the receipt belongs to another transfer.
	ErrReceipt = errors.New("the receipt is booked already")
	// ErrNoTransfer means that a transfer that another one refers to does not exist.
	ErrNoTransfer = errors.New("there is no such transfer")
	// ErrInvalid means that a transfer breaks a rule, whatever the ledger contains.
	ErrInvalid = errors.New("not a valid transfer")
)

// Kind says what an account is for.
type Kind string

const (
	// Caller holds what the service owes a worker.
	Caller Kind = "caller"
	// Escrow holds money for one agreement.
	Escrow Kind = "escrow"
	// Clearing is the other side of money that enters or leaves through a provider.
	Clearing Kind = "clearing"
	// Fee collects fees.
	Fee Kind = "fee"
	// Suspense holds money whose owner is not known, and losses.
	Suspense Kind = "suspense"
)

// SuspenseCode is the code of the one suspense account.
const SuspenseCode = "suspense"

// CallerCode returns the code of a worker's account.
func CallerCode(workerID string) string { return "caller:" + workerID }

// kinds lists the first part of each kind of code that has two parts.
var kinds = map[string]Kind{"caller": Caller, "escrow": Escrow, "clearing": Clearing, "fee": Fee}

// KindOf reads the kind of an account from its code, such as "caller:NW-9C7A7A9D",
// "clearing:mpesa:in", "fee:ours" or "suspense".
func KindOf(code string) (Kind, error) {
	first, rest, _ := strings.Cut(code, ":")
	kind, known := kinds[first]
	switch {
	case code == SuspenseCode:
		return Suspense, nil
	case !known || rest == "" || len(code) > maxText:
		return "", fmt.Errorf("%w: found the account %q, expected %q or one of caller, escrow, clearing and fee with a colon and a name",
			ErrInvalid, code, SuspenseCode)
	}
	return kind, nil
}

// Guarded reports whether accounts of the kind may not go below zero. Their balance is
// kept with the account. The others are summed when somebody asks, so that no row is
// written by every transfer.
func (k Kind) Guarded() bool { return k == Caller || k == Escrow }

// Account is an account with its balance, in cents.
type Account struct {
	Code string
	Kind Kind
	// Posted is what the account has. Held is the part of it that pending transfers
	// take.
	Posted, Held int64
	// Version counts the changes of a guarded account.
	Version int64
}

// Available returns what may be taken.
func (a Account) Available() int64 { return a.Posted - a.Held }

// Phase says what a transfer does to its accounts.
type Phase string

const (
	// Single moves the amount at once.
	Single Phase = "single"
	// Pending holds the amount on the debit account until it is posted or voided.
	Pending Phase = "pending"
	// Post moves the amount of a pending transfer.
	Post Phase = "post"
	// Void releases the amount of a pending transfer.
	Void Phase = "void"
)

// Transfer is one line of the ledger.
type Transfer struct {
	// ID is made by who asks for the transfer: the same request has the same ID.
	ID    string
	Phase Phase
	// Debit and Credit are codes of accounts. The amount goes from Debit to Credit.
	Debit, Credit string
	// Amount is in cents, above 0.
	Amount int64
	// PendingID is the pending transfer that a Post or Void resolves.
	PendingID string
	// Reverses is the transfer that this one undoes.
	Reverses string
	// What says what the transfer is for: "deposit", "withdrawal", "fee".
	What string
	// Intent is the deposit or withdrawal that the transfer belongs to, or "".
	Intent string
	// Provider and Receipt name the provider's payment: both or none. No two
	// transfers have the same.
	Provider, Receipt string
	// EffectiveAt is when the money moved. RecordedAt is when the ledger was told,
	// which the store sets.
	EffectiveAt, RecordedAt time.Time
	// Actor is who asked for it: a part of the program, or a person.
	Actor string
}

// Fingerprint identifies the body of a transfer: everything but RecordedAt.
func (t Transfer) Fingerprint() string {
	h := sha256.New()
	for _, field := range []string{
		t.ID, string(t.Phase), t.Debit, t.Credit, strconv.FormatInt(t.Amount, 10), t.PendingID, t.Reverses,
		t.What, t.Intent, t.Provider, t.Receipt, strconv.FormatInt(t.EffectiveAt.UnixMicro(), 10), t.Actor,
	} {
		_, _ = fmt.Fprintf(h, "%d:%s", len(field), field) // a hash has no error
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Check returns what is wrong with a transfer by itself; the error wraps ErrInvalid.
func (t Transfer) Check() error {
	switch {
	case t.ID == "":
		return t.invalid("it has no ID")
	case t.What == "" || t.Actor == "":
		return t.invalid("it does not say what it is for and who asked for it; set What and Actor")
	case t.EffectiveAt.IsZero():
		return t.invalid("it has no time; set EffectiveAt")
	case t.Amount < 1 || t.Amount > MaxAmount:
		return t.invalid("found the amount %d, expected 1 to %d cents", t.Amount, int64(MaxAmount))
	case t.Debit == t.Credit:
		return t.invalid("both sides are %q; name two accounts", t.Debit)
	case (t.Provider == "") != (t.Receipt == ""):
		return t.invalid("it has the provider %q and the receipt %q; give both or none", t.Provider, t.Receipt)
	}
	for _, text := range []string{t.ID, t.PendingID, t.Reverses, t.What, t.Intent, t.Provider, t.Receipt, t.Actor} {
		if len(text) > maxText {
			return t.invalid("a text has %d bytes, expected at most %d", len(text), maxText)
		}
	}
	for _, code := range []string{t.Debit, t.Credit} {
		if _, err := KindOf(code); err != nil {
			return fmt.Errorf("transfer %q: %w", t.ID, err)
		}
	}
	return t.checkPhase()
}

func (t Transfer) checkPhase() error {
	resolves := t.Phase == Post || t.Phase == Void
	switch {
	case !resolves && t.Phase != Single && t.Phase != Pending:
		return t.invalid("found the phase %q, expected single, pending, post or void", t.Phase)
	case resolves && t.PendingID == "":
		return t.invalid("a %s names no pending transfer; set PendingID", t.Phase)
	case !resolves && t.PendingID != "":
		return t.invalid("a %s transfer names the pending transfer %q; only a post and a void resolve one", t.Phase, t.PendingID)
	case t.Reverses != "" && t.Phase != Single:
		return t.invalid("a reversal has the phase %s, expected single", t.Phase)
	case t.Receipt != "" && (t.Phase == Pending || t.Phase == Void):
		return t.invalid("a %s transfer has the receipt %q; money that has not moved has none", t.Phase, t.Receipt)
	}
	return nil
}

func (t Transfer) invalid(format string, args ...any) error {
	return fmt.Errorf("%w: transfer %q: %s", ErrInvalid, t.ID, fmt.Sprintf(format, args...))
}

// Resolves returns nil if t may post or void a pending transfer: it must have the same
// sides, amount and intent.
func (t Transfer) Resolves(pending Transfer) error {
	switch {
	case pending.Phase != Pending:
		return t.invalid("it resolves %q, which is a %s transfer, not a pending one", pending.ID, pending.Phase)
	case t.Debit != pending.Debit || t.Credit != pending.Credit:
		return t.invalid("it goes from %q to %q, and its pending transfer from %q to %q; they must be the same",
			t.Debit, t.Credit, pending.Debit, pending.Credit)
	case t.Amount != pending.Amount:
		return t.invalid("it has the amount %d, and its pending transfer %d; they must be the same", t.Amount, pending.Amount)
	case t.Intent != pending.Intent:
		return t.invalid("it belongs to %q, and its pending transfer to %q; they must be the same", t.Intent, pending.Intent)
	}
	return nil
}

// Undoes returns nil if t may reverse a transfer: the sides must be swapped and the
// amount the same.
func (t Transfer) Undoes(done Transfer) error {
	switch {
	case done.Phase != Single && done.Phase != Post:
		return t.invalid("it reverses %q, which is a %s transfer and has moved nothing", done.ID, done.Phase)
	case t.Debit != done.Credit || t.Credit != done.Debit:
		return t.invalid("it goes from %q to %q, expected from %q to %q: a reversal swaps the sides",
			t.Debit, t.Credit, done.Credit, done.Debit)
	case t.Amount != done.Amount:
		return t.invalid("it has the amount %d, and the reversed transfer %d; they must be the same", t.Amount, done.Amount)
	}
	return nil
}

// Change is what a transfer adds to an account.
type Change struct{ Posted, Held int64 }

// Changes returns what t adds to its debit and its credit account.
func (t Transfer) Changes() (debit, credit Change) {
	switch t.Phase {
	case Single:
		return Change{Posted: -t.Amount}, Change{Posted: t.Amount}
	case Pending:
		return Change{Held: t.Amount}, Change{}
	case Post:
		return Change{Posted: -t.Amount, Held: -t.Amount}, Change{Posted: t.Amount}
	case Void:
		return Change{Held: -t.Amount}, Change{}
	}
	return Change{}, Change{}
}

// Apply adds a change to an account. The error wraps ErrOverdraft if a guarded account
// would have less than nothing left. It also refuses a hold below zero.
func (a *Account) Apply(c Change) error {
	posted, held := a.Posted+c.Posted, a.Held+c.Held
	if a.Kind.Guarded() && (posted-held < 0 || held < 0) {
		return fmt.Errorf("%w: %s has %d cents available, of them the transfer takes %d",
			ErrOverdraft, a.Code, a.Available(), c.Held-c.Posted)
	}
	a.Posted, a.Held = posted, held
	return nil
}
