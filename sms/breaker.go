package sms

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/sony/gobreaker/v2"
)

const (
	// breakAfter counts the failures in a row that open the circuit. Fewer happen
	// on an ordinary day.
	breakAfter = 5
	// breakFor is how long the circuit stays open. Then one message tests the provider.
	breakFor = 30 * time.Second
)

// PausedError reports that a message was not tried, because the provider has just
// failed several times.
type PausedError struct {
	// For is the time until the next try.
	For time.Duration
}

func (e *PausedError) Error() string {
	return fmt.Sprintf("message not sent: the provider keeps failing; the next try is in %s", e.For.Round(time.Second))
}

// Breaker is a Sender that pauses after several failures of the provider in a row.
// Sending it the whole backlog would keep it down and use up the attempts of every
// message.
type Breaker struct {
	sender  Sender
	circuit *gobreaker.CircuitBreaker[Receipt]
	until   atomic.Pointer[time.Time] // when the last pause ends
}

// NewBreaker returns a Breaker before a sender.
func NewBreaker(sender Sender) *Breaker {
	b := &Breaker{sender: sender}
	b.circuit = gobreaker.NewCircuitBreaker[Receipt](gobreaker.Settings{
		Timeout:     breakFor,
		MaxRequests: 1, // one message tests the provider
		ReadyToTrip: func(counts gobreaker.Counts) bool { return counts.ConsecutiveFailures >= breakAfter },
		// A message refused for good shows that the provider works.
		IsSuccessful: func(err error) bool { return err == nil || errors.Is(err, ErrPermanent) },
		IsExcluded:   func(err error) bool { return errors.As(err, new(stopped)) },
		OnStateChange: func(string, gobreaker.State, gobreaker.State) {
			end := time.Now().Add(breakFor)
			b.until.Store(&end)
		},
	})
	return b
}

// stopped wraps the error of a message whose sending this program stopped. It says
// nothing about the provider.
type stopped struct{ error }

// Send sends a message, or returns a PausedError with the time until the next try.
func (b *Breaker) Send(ctx context.Context, m Message) (Receipt, error) {
	receipt, err := b.circuit.Execute(func() (Receipt, error) {
		receipt, err := b.sender.Send(ctx, m)
		if err != nil && !errors.Is(err, ErrPermanent) && ctx.Err() != nil {
			err = stopped{err}
		}
		return receipt, err
	})
	var cause stopped
	switch {
	case errors.Is(err, gobreaker.ErrOpenState):
		return Receipt{}, &PausedError{For: time.Until(*b.until.Load())}
	case errors.Is(err, gobreaker.ErrTooManyRequests):
		return Receipt{}, &PausedError{For: breakFor}
	case errors.As(err, &cause):
		return receipt, cause.error
	}
	return receipt, err
}
