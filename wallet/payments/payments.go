// Package payments has the rules of a deposit and of a withdrawal: what is known of
// each, which states follow which, and what a provider of mobile money must be able to
// do. It has no I/O. A provider implements Provider, and package actions/payments moves
// the money.
package payments

import (
	"context"
	"time"
)

// Kind says in which direction the money goes.
type Kind string

const (
	// Deposit asks a caller's phone to pay into the caller's account.
	Deposit Kind = "deposit"
	// Withdrawal pays out of a caller's account to the caller's phone.
	Withdrawal Kind = "withdrawal"
)

// Intent is one deposit or withdrawal, from the caller's Yes to its end. All amounts
// are whole cents.
type Intent struct {
	// ID names the intent in callback addresses, jobs and transfers.
	ID   string
	Kind Kind
	// Worker is the Worker ID of the account.
	Worker string
	// Phone is the MSISDN that pays or is paid.
	Phone  string
	Amount int64
	// Fee is what a withdrawal costs the caller on top of Amount.
	Fee int64
	// Lang is the language of the call, for messages about the intent.
	Lang string
	// Provider is the Name of the provider.
	Provider string
	// Reference names the intent at the provider: 12 letters and digits, unique. It
	// is the account reference of a push and the client's conversation ID of a payout.
	Reference string
	// Token makes the callback address of the intent unguessable.
	Token string
	State State
	// Request and Second are the IDs that the provider gave the request, "" until
	// it has answered: of a push the checkout and the merchant request, of a payout
	// the conversation.
	Request, Second string
	// Receipt is the provider's number of the payment, "" until it is known.
	Receipt string
	// Code and Reason are the provider's last words on the intent.
	Code, Reason string
	// Asked counts the questions about the outcome since the request was sent.
	Asked                int
	CreatedAt, ChangedAt time.Time
	// SentAt is when the request was about to be sent; zero before that.
	SentAt time.Time
}

// Provider moves money between callers' phones and the service's own account. Its
// methods return no error, since an error alone says nothing about the money: they
// return a verdict, and anything that is not documented as certain is Unknown.
type Provider interface {
	// Name is the provider's name in stored rows, such as "mpesa".
	Name() string
	// Push asks the phone of a deposit to pay.
	Push(ctx context.Context, in Intent) Answer
	// Pay sends the money of a withdrawal. It is called at most once for an intent
	// unless it answered Refused with Again.
	Pay(ctx context.Context, in Intent) Answer
	// Ask asks what became of an intent that was sent. The report is Unsaid if the
	// provider answers later, through a callback, or could not be asked.
	Ask(ctx context.Context, in Intent) Report
	// Explain returns words for the caller about a code in a language; "" if it has
	// none.
	Explain(kind Kind, code, lang string) string
}

// Verdict says what is certain about a request to a provider.
type Verdict string

const (
	// Accepted means that the provider works on the request and will report.
	Accepted Verdict = "accepted"
	// Refused means that nothing will happen at the provider. Only documented refusals
	// and requests that surely were not sent are Refused.
	Refused Verdict = "refused"
	// Unknown means that the provider may have taken the request.
	Unknown Verdict = "unknown"
)

// Answer is a provider's answer to a request.
type Answer struct {
	Verdict Verdict
	// Request and Second are the provider's IDs of an accepted request.
	Request, Second string
	// Code and Reason tell why a request was not accepted. They have no phone number
	// and no secret.
	Code, Reason string
	// Again is how long to wait before a refused request may be sent again; 0 if it
	// must not be.
	Again time.Duration
	// Stop says that no withdrawal may be sent until a person has mended what is wrong:
	// the next attempts would make it worse.
	Stop bool
}

// Outcome says what a report tells of a payment.
type Outcome string

const (
	// Unsaid tells nothing new: the outcome is still open.
	Unsaid Outcome = "unsaid"
	// Paid means that the money has moved.
	Paid Outcome = "paid"
	// Failed means that the money has not moved and will not: only documented final
	// codes say so.
	Failed Outcome = "failed"
)

// Source says by which way a report came.
type Source string

const (
	// FromCallback came to the address of one intent, with its token.
	FromCallback Source = "callback"
	// FromConfirmation came to the address for payments that callers make by
	// themselves. It names an account and no intent.
	FromConfirmation Source = "confirmation"
	// FromQuery answers Provider.Ask, at once or through a callback.
	FromQuery Source = "query"
	// FromPull is a line of the provider's list of payments.
	FromPull Source = "pull"
	// FromStatement is a line of a statement that a person imported.
	FromStatement Source = "statement"
)

// Report is what a provider told about one payment. Reports come never, late, twice and
// in any order, and each may be forged.
type Report struct {
	Provider string
	Source   Source
	Kind     Kind
	// Intent and Token are from the callback address. Both are "" for a report that
	// names no intent; Token is also "" for an answer that the service itself asked
	// for over an authenticated connection.
	Intent, Token string
	// Account is the account number that the payer typed, or the reference of a push.
	Account string
	// Request is the provider's ID of the request that the report is about, if it
	// has one.
	Request string
	Outcome Outcome
	// Amount is what moved, in cents; 0 if the report does not say.
	Amount int64
	// Fee is what the provider charged the service, in cents; 0 if the report does
	// not say.
	Fee int64
	// Receipt is the provider's unique number of the payment. A report without one
	// credits nothing.
	Receipt string
	// Code and Reason are the provider's words, without a phone number.
	Code, Reason string
	// Stop is that of an Answer.
	Stop bool
	// At is when the payment happened; zero if the report does not say.
	At time.Time
}

// Desk works through reports. Package actions/payments implements it, and whoever reads
// a provider's callbacks calls it.
type Desk interface {
	// Report does what follows from a report, once, however often it comes. An error
	// means that nothing happened and the report must be brought again; a forged or
	// useless report is no error.
	Report(ctx context.Context, r Report) error
	// Payable reports whether a payment to an account number would be credited.
	Payable(ctx context.Context, account string) (bool, error)
}
