package mpesa

import (
	"errors"
	"fmt"

	"github.com/paytrace/paytrace/engine/secret"
)

// Certainty says what is known of a request that did not succeed.
type Certainty uint8

const (
	// Unknown says that M-Pesa may have taken the request: the connection broke, the
	// answer could not be read, or nobody documents its code. Ask what became of it,
	// and never send it as a new one. It is the zero value.
	Unknown Certainty = iota
	// NotSent says that M-Pesa has not seen the request. The same may be sent later.
	NotSent
	// Refused says that Safaricom looked at the request and did nothing.
	Refused
	// Duplicate says that an earlier request with this ID was taken. Ask what became
	// of it.
	Duplicate
	// Pending says that the answer to a question is not there yet.
	Pending
)

// String returns the certainty as logs and reports write it.
func (c Certainty) String() string {
	switch c {
	case NotSent:
		return "not sent"
	case Refused:
		return "refused"
	case Duplicate:
		return "duplicate"
	case Pending:
		return "pending"
	}
	return "unknown"
}

// maxWord bounds the bytes of Safaricom's own words in an Error.
const maxWord = 200

// Error is a request that did not succeed.
type Error struct {
	Certainty Certainty
	// Code is Safaricom's errorCode, such as 500.001.1001, or "".
	Code string
	// Meaning is the dictionary's entry for Code. Its words are for the caller.
	Meaning Meaning
	// Word says what happened, without secrets and numbers.
	Word string
	// Cause is the error of the connection, if there is one.
	Cause error
}

// Error says what happened, and what is known.
func (e *Error) Error() string {
	s := "mpesa: " + e.Word
	if e.Code != "" {
		s = fmt.Sprintf("mpesa: %s (%s)", e.Word, e.Code)
	}
	if e.Cause != nil {
		s += ": " + e.Cause.Error()
	}
	return s + "; the outcome is: " + e.Certainty.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// CertaintyOf returns what is known after an error of a Client. It is Unknown for every
// error that this package did not make.
func CertaintyOf(err error) Certainty {
	var e *Error
	if errors.As(err, &e) {
		return e.Certainty
	}
	return Unknown
}

// words clears Safaricom's words for an error.
func (c *Client) words(text string, known ...string) string {
	known = append(known, c.config.ConsumerKey, c.config.ConsumerSecret.Reveal(), c.config.Passkey.Reveal(), c.config.Credential.Reveal())
	return secret.Foreign(text, maxWord, known...)
}

func notSent(format string, args ...any) *Error {
	return &Error{Certainty: NotSent, Word: fmt.Sprintf(format, args...)}
}
