// Package sms is the outbound edge: what a text message is, who sends one, and
// what a failure means for the next try. The senders are its subfolders, and
// smstest is the one suite that each of them passes.
package sms

import (
	"context"
	"errors"
	"fmt"

	"github.com/paytrace/paytrace/engine/gsm7"
	"github.com/paytrace/paytrace/engine/msisdn"
)

// A text longer than one part (160 septets or 70 UTF-16 units) is divided by
// the network into parts of 153 or 67. MaxParts is as many as phones of the
// field put together again without loss, and bounds what one message costs.
const (
	MaxParts   = 6
	MaxSeptets = MaxParts * 153
	MaxUnits   = MaxParts * 67
)

// Message is one text to one phone.
type Message struct {
	// Ref is our own name for the message, for logs; providers don't see it.
	Ref string
	// To is an MSISDN: digits with country code, no plus sign.
	To string
	// Text has at most MaxSeptets, or MaxUnits outside the GSM 7-bit alphabet.
	Text string
}

// Check refuses what no provider could send: ErrPermanent. Senders call it
// first. The error holds neither the number nor the text.
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

// Statuses of a message that was taken.
const (
	Sent   = "sent"   // the provider accepted it
	Logged = "logged" // there is no provider; it was only noted
)

// Receipt is what a sender knows of a message it took.
type Receipt struct {
	// Status is Sent or Logged.
	Status string
	// ProviderID is the provider's name for the message; "" when Logged.
	ProviderID string
}

// Sender sends messages, one at a time, without trying again. Its errors wrap
// ErrPermanent, ErrMaybeSent, or neither: then the message was surely not sent
// and another try may succeed. It is safe for concurrent use.
type Sender interface {
	Send(ctx context.Context, m Message) (Receipt, error)
}

var (
	// ErrPermanent: no further try can succeed.
	ErrPermanent = errors.New("message refused for good")
	// ErrMaybeSent: the answer was lost or not understood, so the message may
	// be on its way. Trying again may send it twice.
	ErrMaybeSent = errors.New("message may have been sent")
)

// Failure is why a message was not taken, in the provider's own words.
type Failure struct {
	// Class is ErrPermanent, ErrMaybeSent, or nil for a temporary failure.
	Class error
	// Word is what the provider said, without the text, the number or a key.
	Word string
	// Cause is the error beneath, or nil.
	Cause error
}

// Permanent is a Failure of class ErrPermanent.
func Permanent(word string) error { return &Failure{Class: ErrPermanent, Word: word} }

// Error is the class and the provider's word.
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

// Unwrap gives the class and the cause.
func (f *Failure) Unwrap() []error {
	var errs []error
	for _, err := range []error{f.Class, f.Cause} {
		if err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}
