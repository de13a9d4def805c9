// Package store declares what must be kept: workers, the action log, messages,
// jobs, remembered values and limits. The implementations are its
// subfolders, and storetest is the one suite that each of them passes.
package store

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/paytrace/paytrace/wallet"
)

var (
	// ErrNotFound: no such row.
	ErrNotFound = errors.New("not found")
	// ErrPhoneTaken: another worker has this phone number.
	ErrPhoneTaken = errors.New("phone number taken")
	// ErrWorkerIDTaken: another worker has this worker ID; make a new one.
	ErrWorkerIDTaken = errors.New("worker ID taken")
	// ErrMismatch: the same action ID came with another action or other
	// arguments.
	ErrMismatch = errors.New("action ID used for another action")
	// ErrUnknown: the answer to COMMIT was lost, so the transaction may or may
	// not have happened. The same action ID tells which.
	ErrUnknown = errors.New("transaction outcome unknown")
	// ErrAmbiguous: several accounts of the service before this one hold the
	// number, each in another form, and nobody has decided which one answers.
	ErrAmbiguous = errors.New("several accounts hold this number; see \"paytrace migrate\"")
	// ErrBusy: another transaction holds what this one needs and did not let go
	// in time. Nothing happened; the same may be tried again.
	ErrBusy = errors.New("held by another transaction")
	// ErrSchema: the database holds a schema this program does not know.
	ErrSchema = errors.New("unknown schema")
)

// Worker is one account, as the table "workers" holds it.
type Worker struct {
	// WorkerID is "NW-" and eight upper-case hex digits.
	WorkerID string
	// Phone is an MSISDN: digits with country code, no plus sign.
	Phone string
	Name  string // "" when unknown
	// PublicKey is the wallet's Stellar address (G…, 56 characters).
	PublicKey string
	// SealedSecret is the wallet's secret as a Fernet token.
	SealedSecret string
	// VerifiedAt is when the phone number proved to be the caller's own; zero
	// for an account that was only typed.
	VerifiedAt time.Time
	CreatedAt  time.Time
}

// Message is an SMS to be sent, and what became of it.
type Message struct {
	ID   string // the action that caused it, and its place there; unique
	To   string // MSISDN
	Text string
	// Status is "queued", "sent", "failed", "logged" where no provider is set,
	// or "unknown" where a message that must not go out twice may have gone.
	Status     string
	ProviderID string // the provider's message ID
	Error      string // the provider's last word, without the text
	CreatedAt  time.Time
	SentAt     time.Time
	// Once says that it is never sent a second time by itself, as a one-time
	// code must not be.
	Once bool
	// ExpiresAt is when sending it has no more use; zero for never.
	ExpiresAt time.Time
	// Delivery is the furthest that the provider reported; zero for nothing.
	Delivery Delivery
}

// Job is one piece of background work: what to do (Kind) and on what (Args).
// Key makes it unique: a second job of the same kind and key is the same job.
type Job struct {
	Kind string
	Key  string
	Args json.RawMessage
}

// JobState is where a job stands.
type JobState string

// The states a person sees. A waiting job runs at RunAt, again after an error;
// a failed one has used up its attempts and waits for a person.
const (
	JobWaiting JobState = "waiting"
	JobRunning JobState = "running"
	JobDone    JobState = "done"
	JobFailed  JobState = "failed"
)

// JobInfo is a job as "paytrace jobs" shows it.
type JobInfo struct {
	ID          int64
	Kind, Key   string
	State       JobState
	Attempt     int
	MaxAttempts int
	LastError   string
	RunAt       time.Time
	CreatedAt   time.Time
}

// Store is a database. Every method is safe for concurrent use.
type Store interface {
	// Within runs fn in one READ COMMITTED transaction and commits it if fn
	// returns nil. fn may be run again where the database asks for that
	// (serialisation, busy), so it must hold no state of its own. An error that
	// wraps ErrUnknown says the outcome isn't known; any other, that nothing
	// happened. fn reads and writes through tx only: the store's own methods
	// refuse fn's ctx, since a transaction that waits for a second connection
	// can wait for itself.
	Within(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error

	Jobs
	Fundings
	Programs
	Calls
	Forgetting

	// Worker reads the account that answers for a phone number: ErrNotFound if
	// there is none, ErrAmbiguous if that is for a person to decide.
	Worker(ctx context.Context, phone string) (Worker, error)
	// Result is the stored result of an action, nil if it has none.
	Result(ctx context.Context, id string) ([]byte, error)
	// Remembered are the values kept for a phone number under a service; a
	// phone number never seen has none.
	Remembered(ctx context.Context, service, phone string) (map[string]json.RawMessage, error)

	// Wallets as "paytrace keys rewrap" needs them.
	wallet.Vault

	// Messages lists the newest messages first.
	Messages(ctx context.Context, limit int) ([]Message, error)
	// Message reads one: ErrNotFound if there is none.
	Message(ctx context.Context, id string) (Message, error)
	// SetMessage stores what became of a message: status, provider's ID,
	// error, time, and the text, out of which a secret may have been taken.
	SetMessage(ctx context.Context, m Message) error
	// ClaimMessage makes a queued message an "unknown" one, before it is sent:
	// of several who want to send it one gets true. ErrNotFound if there is
	// none.
	ClaimMessage(ctx context.Context, id string) (claimed bool, err error)
	// Delivered keeps a report on the message of d.ProviderID, if its rank is
	// above that of the one that is kept. The message need not be there yet.
	Delivered(ctx context.Context, d Delivery) error

	APIKeys

	// Setting reads a value that belongs to this database, such as the check
	// tag of the ID key: ErrNotFound if it was never set.
	Setting(ctx context.Context, key string) (string, error)
	// SetSettingOnce keeps value unless the key has one, and returns the one
	// that stands: two instances that start together agree on the first.
	SetSettingOnce(ctx context.Context, key, value string) (stored string, err error)

	// Purge removes what is over as of now: results of actions, messages that
	// went out and reports on them after KeepFor, counts of windows that have
	// ended, and codes that have expired. What Tx.Keep marked stays. It may be called again at any time, by several instances.
	Purge(ctx context.Context, now time.Time) (Purged, error)

	// Ping says whether the database answers.
	Ping(ctx context.Context) error
	// Close waits for what is running and lets go of the database.
	Close() error
}

// Tx is what one transaction offers.
type Tx interface {
	// Begin starts an action under its ID. A twin that runs now is waited for.
	// done is true with the stored result if the action has already ended;
	// ErrMismatch if the ID belongs to another fingerprint.
	Begin(ctx context.Context, id string, fingerprint []byte) (result []byte, done bool, err error)
	// Finish stores the action's result.
	Finish(ctx context.Context, id string, result []byte) error
	// Keep marks an action begun in this transaction as never to be purged: it
	// moved money.
	Keep(ctx context.Context, id string) error

	Worker(ctx context.Context, phone string) (Worker, error)
	// AddWorker stores a new account: ErrPhoneTaken, ErrWorkerIDTaken. After
	// either the transaction goes on.
	AddWorker(ctx context.Context, w Worker) error
	// Verify marks the account of a phone number as its caller's own, once:
	// first is true when it was not marked before. ErrNotFound if there is no
	// account.
	Verify(ctx context.Context, phone string, at time.Time) (first bool, err error)

	Secrets

	// Remember keeps values for a phone number under a service.
	Remember(ctx context.Context, service, phone string, values map[string]json.RawMessage) error

	// Count adds one to what subject did under name in the window that now
	// falls in, and returns the count with it. Windows are aligned to the Unix
	// epoch.
	Count(ctx context.Context, name, subject string, window time.Duration, now time.Time) (int, error)

	// AddMessage stores an SMS to send, status "queued". A message ID that is
	// there already is left alone.
	AddMessage(ctx context.Context, m Message) error
	// QueueFunding asks for the funding of a wallet and returns how often that
	// was asked for. A held one waits until it is asked for again and not
	// held. One that is funded or in a transaction stays so; a failed one
	// begins anew.
	QueueFunding(ctx context.Context, address string, held bool) (asked int, err error)

	// Enqueue adds a job in this transaction. A job of the same kind and key
	// is left alone.
	Enqueue(ctx context.Context, j Job) error
}

// Fundings keeps which wallets are to be funded on the network and how far
// that is.
type Fundings interface {
	wallet.Book

	// ListFundings lists those in a state, the oldest first.
	ListFundings(ctx context.Context, state wallet.FundingState, limit int) ([]wallet.Funding, error)
	// CountFundings counts them by state, and the workers' wallets of which
	// none was asked for.
	CountFundings(ctx context.Context) (byState map[wallet.FundingState]int, none int, err error)
	// Unfunded lists workers' wallets that may be asked for again, in the
	// order of their addresses and after one: those never asked for, pending
	// and failed. Accounts that were set aside are left out.
	Unfunded(ctx context.Context, after string, limit int) (addresses []string, err error)
}

// Jobs runs background work on the same database.
type Jobs interface {
	// Work runs jobs with the handlers, by kind, until ctx ends; then it gives
	// running ones the grace to finish and hands the others back. A handler's
	// error is a retry with growing pauses, until the attempts are used up.
	Work(ctx context.Context, handlers map[string]JobHandler, grace time.Duration) error
	// ListJobs lists waiting, running and failed jobs, the next to run first.
	ListJobs(ctx context.Context, limit int) ([]JobInfo, error)
	// RetryJob runs a waiting or failed job now: ErrNotFound if there is none.
	RetryJob(ctx context.Context, id int64) error
}

// JobHandler does one job. attempt counts from 1. An error is a failure, but
// for Later.
type JobHandler func(ctx context.Context, job Job, attempt int) error
