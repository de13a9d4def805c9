// Package store declares what PayTrace keeps: workers, the action log, messages,
// jobs, remembered values and limits. Its subfolders implement it, and storetest
// is the one suite that each of them passes.
package store

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/paytrace/paytrace/wallet"
)

var (
	// ErrNotFound means that there is no such row.
	ErrNotFound = errors.New("not found")
	// ErrPhoneTaken means that another worker has this phone number.
	ErrPhoneTaken = errors.New("phone number taken")
	// ErrWorkerIDTaken means that another worker has this worker ID; make a new one.
	ErrWorkerIDTaken = errors.New("worker ID taken")
	// ErrMismatch means that the action ID was used before, for another action or
	// other arguments.
	ErrMismatch = errors.New("action ID used for another action")
	// ErrUnknown means that the answer to COMMIT was lost: the transaction may or
	// may not have happened. Running it again under the same action ID tells which.
	ErrUnknown = errors.New("transaction outcome unknown")
	// ErrAmbiguous means that several accounts of the legacy service have the
	// number, each in another form, and no decision says which one answers.
	ErrAmbiguous = errors.New("several accounts have this number; see \"paytrace migrate\"")
	// ErrBusy means that another transaction did not release a row in time.
	// Nothing happened, and the same transaction may be tried again.
	ErrBusy = errors.New("another transaction holds the row")
	// ErrSchema means that the database has a schema this program does not know.
	ErrSchema = errors.New("unknown schema")
)

// Worker is one account, a row of the table "workers".
type Worker struct {
	// WorkerID is "NW-" and eight upper-case hex digits.
	WorkerID string
	// Phone is an MSISDN: digits with country code, no plus sign.
	Phone string
	Name  string // "" when unknown
	// PublicKey is the wallet's Stellar address (G…, 56 characters).
	PublicKey string
	// SealedSecret is the wallet's secret as wallet.Sealer seals it.
	SealedSecret string
	// VerifiedAt is when the phone number proved to be the caller's own; zero for
	// an account that was created from a typed number only.
	VerifiedAt time.Time
	CreatedAt  time.Time
}

// Store is a database. Every method is safe for concurrent use.
type Store interface {
	// Within runs fn in one READ COMMITTED transaction and commits it if fn
	// returns nil. It runs fn again where the database asks for that
	// (serialisation, busy), so fn must keep no state of its own. An error that
	// wraps ErrUnknown says that the outcome isn't known; any other error says
	// that nothing happened. fn reads and writes through tx only: the store's own
	// methods refuse fn's ctx, since a transaction that waits for a second
	// connection can wait for itself.
	Within(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error

	Jobs
	Fundings
	Programs
	Calls
	CallDays
	Versions
	Forgetter
	Auditor
	Books
	PaymentLists
	Reconciliations
	Callbacks
	SharedValues
	Drops

	// Worker returns the account that answers for a phone number: ErrNotFound if
	// there is none, ErrAmbiguous if a person has to decide between several.
	Worker(ctx context.Context, phone string) (Worker, error)
	// Result returns the stored result of an action, nil if it has none.
	Result(ctx context.Context, id string) ([]byte, error)
	// Remembered returns the values stored for a phone number under a service,
	// none for a number never seen.
	Remembered(ctx context.Context, service, phone string) (map[string]json.RawMessage, error)

	// Vault has the wallets as "paytrace keys rewrap" needs them.
	wallet.Vault

	// Messages lists the newest messages first.
	Messages(ctx context.Context, limit int) ([]Message, error)
	// Message reads one: ErrNotFound if there is none.
	Message(ctx context.Context, id string) (Message, error)
	// SetMessage stores what became of a message: its status, the provider's ID,
	// the error, the time, and the text, from which a secret may have been removed.
	SetMessage(ctx context.Context, m Message) error
	// ClaimMessage changes a queued message to "unknown" before it is sent. Of
	// several senders one gets true. ErrNotFound if there is no such message.
	ClaimMessage(ctx context.Context, id string) (claimed bool, err error)
	// Delivered stores a report on the message of d.ProviderID if its rank is
	// above that of the stored one. The message need not exist yet.
	Delivered(ctx context.Context, d Delivery) error

	APIKeys

	// Setting reads a value that belongs to this database, such as the check tag
	// of the ID key: ErrNotFound if it was never set.
	Setting(ctx context.Context, key string) (string, error)
	// SetSettingOnce stores value unless the key has one, and returns the stored
	// one. Two instances that start together agree on the first.
	SetSettingOnce(ctx context.Context, key, value string) (stored string, err error)
	// SetSetting stores value whatever the key had.
	SetSetting(ctx context.Context, key, value string) error

	// Purge removes what has expired by now: after Retention, results of actions,
	// states of calls, messages that went out and reports on them; counts of windows
	// that have ended; codes that have expired. Actions that Tx.Retain marked and
	// calls that are Kept stay. Several instances may call it at any time.
	Purge(ctx context.Context, now time.Time) (Purged, error)

	// Ping returns nil if the database answers.
	Ping(ctx context.Context) error
	// Close waits for running calls and closes the database.
	Close() error
}

// Tx offers what one transaction can do.
type Tx interface {
	// Begin starts an action under its ID. It waits for a duplicate that runs now.
	// done is true, with the stored result, if the action has already ended.
	// ErrMismatch if the ID belongs to another fingerprint.
	Begin(ctx context.Context, id string, fingerprint []byte) (result []byte, done bool, err error)
	// Finish stores the action's result.
	Finish(ctx context.Context, id string, result []byte) error
	// Result returns the stored result of an action, nil if it has none.
	Result(ctx context.Context, id string) ([]byte, error)
	// Retain keeps an action begun in this transaction from ever being purged: it
	// moved money.
	Retain(ctx context.Context, id string) error

	CallStates
	Ledger
	Payments

	// Worker reads as Store.Worker does, within this transaction.
	Worker(ctx context.Context, phone string) (Worker, error)
	// AddWorker stores a new account: ErrPhoneTaken, ErrWorkerIDTaken. After either
	// the transaction can go on.
	AddWorker(ctx context.Context, w Worker) error
	// Verify marks the account of a phone number as its caller's own. first is true
	// if it was not marked before. ErrNotFound if there is no account.
	Verify(ctx context.Context, phone string, at time.Time) (first bool, err error)

	Secrets

	// Remember stores values for a phone number under a service.
	Remember(ctx context.Context, service, phone string, values map[string]json.RawMessage) error

	// Count adds one to what subject did under name in the current window and
	// returns the new count. Windows are aligned to the Unix epoch.
	Count(ctx context.Context, name, subject string, window time.Duration, now time.Time) (int, error)

	// AddMessage stores an SMS to send, with status "queued". It leaves an existing
	// message of the same ID alone.
	AddMessage(ctx context.Context, m Message) error
	// QueueFunding asks for the funding of a wallet and returns how often that was
	// asked for. A held funding waits for a call with held false. A funded or
	// submitted one stays as it is; a failed one starts again.
	QueueFunding(ctx context.Context, address string, held bool) (asked int, err error)

	// AddCallback stores what a provider of mobile money posted. added is false for one
	// that is stored already.
	AddCallback(ctx context.Context, c Callback) (added bool, err error)

	// Enqueue adds a job in this transaction. It leaves an existing job of the same
	// kind and key alone.
	Enqueue(ctx context.Context, j Job) error
}

// Fundings stores which wallets are to be funded on the network, and their
// progress.
type Fundings interface {
	wallet.Book

	// ListFundings lists the fundings in a state, the oldest first.
	ListFundings(ctx context.Context, state wallet.FundingState, limit int) ([]wallet.Funding, error)
	// CountFundings counts fundings by state, and the workers' wallets without any.
	CountFundings(ctx context.Context) (byState map[wallet.FundingState]int, none int, err error)
	// Unfunded lists the workers' wallets whose funding may be asked for again, by
	// address, beginning after one: those never asked for, pending and failed. It
	// leaves out accounts that were set aside.
	Unfunded(ctx context.Context, after string, limit int) (addresses []string, err error)
	// FundedBefore lists the wallets that were funded before a time, by address, those
	// after an address.
	FundedBefore(ctx context.Context, before time.Time, after string, limit int) (addresses []string, err error)
	// FundAgain makes the fundings pending that were funded before a time. It is for
	// wallets that a reset of the test network took away.
	FundAgain(ctx context.Context, addresses []string, before, now time.Time) error
}
