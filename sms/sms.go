// Package sms is the outbound edge: it defines a text message, its senders, and
// what a failure means for the next try. The subfolders hold the senders, and
// smstest has the tests that each of them passes.
package sms

import (
	"context"
	"errors"
	"fmt"

	"github.com/paytrace/paytrace/engine/gsm7"
	"github.com/paytrace/paytrace/engine/msisdn"
)

// The network divides a text longer than one part (160 septets or 70 UTF-16 units)
// into parts of 153 or 67. MaxParts is the number that common phones join without
// loss; it also bounds the cost of one message.
const (
	MaxParts   = 6
	MaxSeptets = MaxParts * 153
	MaxUnits   = MaxParts * 67
)

// Message is one text to one phone.
type Message struct {
	// Ref is our own ID of the message, for logs; providers don't see it.
	Ref string
	// To is an MSISDN: digits with country code, without a plus sign.
	To string
	// Text has at most MaxSeptets, or MaxUnits outside the GSM 7-bit alphabet.
	Text string
}

// Check returns ErrPermanent for a message that no provider could send. Senders
// call it first. The error contains neither the number nor the text.
func (m Message) Check() error {
	size := gsm7.Measure(m.Text)
	switch {
	case !msisdn.Valid(m.To):
		return Permanent("the recipient is not a phone number in digits with a country code")
	case m.Text == "":
		return Permanent("the text is empty")
	case !gsm7.Fits(m.Text, MaxSeptets, MaxUnits):
		return Permanent(fmt.Sprintf("the text takes %d units, more than the %d parts one message may have", size.Units, MaxParts))
	}
	return nil
}

// Statuses of an accepted message.
const (
	Sent   = "sent"   // the provider accepted it
	Logged = "logged" // no provider is set; it was only logged
)

// Receipt describes a message that a sender accepted.
type Receipt struct {
	// Status is Sent or Logged.
	Status string
	// ProviderID is the provider's ID of the message; "" if Logged.
	ProviderID string
}

// Sender sends one message and does not try again. Its errors wrap ErrPermanent,
// ErrMaybeSent or neither. With neither, the message was surely not sent, and
// another try may succeed. It is safe for concurrent use.
type Sender interface {
	Send(ctx context.Context, m Message) (Receipt, error)
}

var (
	// ErrPermanent means that no further try can succeed.
	ErrPermanent = errors.New("message refused for good")
	// ErrMaybeSent means that the answer was lost or not understood. The message
	// may be on its way, and another try may send it twice.
	ErrMaybeSent = errors.New("message may have been sent")
)

// Failure says why a message was not accepted.
type Failure struct {
	// Class is ErrPermanent, ErrMaybeSent, or nil for a temporary failure.
	Class error
	// Word is the provider's reason, without the text, the number or a key.
	Word string
	// Cause is the underlying error, or nil.
	Cause error
}

// Permanent makes a Failure of class ErrPermanent.
func Permanent(word string) error { return &Failure{Class: ErrPermanent, Word: word} }

func (f *Failure) Error() string {
	head := "message not sent"
	if f.Class != nil {
		head = f.Class.Error()
	}
	if f.Cause != nil {
		return head + ": " + f.Word + ": " + f.Cause.Error()
	}
	return head + ": " + f.Word
}

// Unwrap returns the class and the cause.
func (f *Failure) Unwrap() []error {
	var errs []error
	for _, err := range []error{f.Class, f.Cause} {
		if err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}
