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
	// breakAfter is how many failures in a row open the circuit: fewer happen on
	// any day.
	breakAfter = 5
	// breakFor is how long the provider is then left alone. After that one
	// message tries whether it is back.
	breakFor = 30 * time.Second
)

// PausedError says that a message was not tried, because the provider has taken
// none for a while.
type PausedError struct {
	// For is how long to wait before the next try.
	For time.Duration
}

// Error names the pause.
func (e *PausedError) Error() string {
	return fmt.Sprintf("message not sent: the provider has taken none for a while and is left alone for %s", e.For.Round(time.Second))
}

// Breaker is a Sender that leaves a provider alone which has just failed several
// times. Hammering at it with a backlog would keep it down, and use up the
// attempts of every message in it.
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
		MaxRequests: 1, // one message tries
		ReadyToTrip: func(counts gobreaker.Counts) bool { return counts.ConsecutiveFailures >= breakAfter },
		// A message that was refused for good shows that the provider is there.
		IsSuccessful: func(err error) bool { return err == nil || errors.Is(err, ErrPermanent) },
		IsExcluded:   func(err error) bool { return errors.As(err, new(stopped)) },
		OnStateChange: func(string, gobreaker.State, gobreaker.State) {
			end := time.Now().Add(breakFor)
			b.until.Store(&end)
		},
	})
	return b
}

// stopped is the error of a message whose sending was stopped by this program,
// which says nothing about the provider.
type stopped struct{ error }

// Send sends a message, or returns a PausedError that says when to ask again.
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
