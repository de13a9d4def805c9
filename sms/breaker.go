package sms

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

const (
	// breakAfter failures in a row the provider is left alone: fewer happen
	// on any day.
	breakAfter = 5
	// breakFor is how long. Then one message tries whether it is back.
	breakFor = 30 * time.Second
)

// PausedError says that a message was not tried, because the provider has not
// taken any for a while.
type PausedError struct {
	// For is when to ask again.
	For time.Duration
}

// Error says so.
func (e *PausedError) Error() string {
	return fmt.Sprintf("message not sent: the provider has taken none for a while and is left alone for %s", e.For.Round(time.Second))
}

// Breaker is a Sender that leaves a provider alone which has just failed several
// times: a backlog that hammers at it would keep it down, and use up the
// attempts of every message in it.
type Breaker struct {
	sender Sender
	now    func() time.Time

	mu       sync.Mutex
	failures int       // in a row
	until    time.Time // no message before this
}

// NewBreaker puts a Breaker before a sender.
func NewBreaker(sender Sender, now func() time.Time) *Breaker {
	return &Breaker{sender: sender, now: now}
}

// Send sends a message, or says when to ask again.
func (b *Breaker) Send(ctx context.Context, m Message) (Receipt, error) {
	if wait := b.admit(); wait > 0 {
		return Receipt{}, &PausedError{For: wait}
	}
	receipt, err := b.sender.Send(ctx, m)
	b.note(ctx, err)
	return receipt, err
}

// admit is how long to wait. When the pause is over the first one is let
// through, and the others wait for what becomes of it.
func (b *Breaker) admit() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failures < breakAfter {
		return 0
	}
	now := b.now()
	if wait := b.until.Sub(now); wait > 0 {
		return wait
	}
	b.until = now.Add(breakFor)
	return 0
}

// note counts. A message that was refused for good shows that the provider is
// there; one that was told to stop shows nothing.
func (b *Breaker) note(ctx context.Context, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case err == nil, errors.Is(err, ErrPermanent):
		b.failures = 0
	case ctx.Err() != nil:
	default:
		b.failures++
		b.until = b.now().Add(breakFor)
	}
}
