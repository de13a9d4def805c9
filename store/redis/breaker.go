package redis

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/paytrace/paytrace/engine"
)

// ErrSkipped: the session store failed a moment ago and is not asked now.
var ErrSkipped = errors.New("the session store is skipped for a moment: it failed or was slow")

const (
	// pause is how long a store that failed is left alone: callers wait no
	// longer than for one slow call a second, and a restart is noticed soon.
	pause = time.Second
	// slow is how long a call may take that succeeds.
	slow = engine.SessionBudget
)

// Breaker is a session store that is not asked while it fails. After an error
// or a slow call every call gets ErrSkipped at once, for a second; then a single
// one is let through, and how it ends decides for all.
type Breaker struct {
	sessions engine.Sessions
	now      func() time.Time

	mu      sync.Mutex
	until   time.Time // when the next call is let through; zero: all are
	probing bool      // that call is under way
}

// NewBreaker guards sessions, on the clock now.
func NewBreaker(sessions engine.Sessions, now func() time.Time) *Breaker {
	return &Breaker{sessions: sessions, now: now}
}

// Load implements engine.Sessions.
func (b *Breaker) Load(ctx context.Context, id string) (stored []byte, err error) {
	err = b.guard(func() (err error) {
		stored, err = b.sessions.Load(ctx, id)
		return err
	})
	return stored, err
}

// Save implements engine.Sessions.
func (b *Breaker) Save(ctx context.Context, id, expect string, next []byte, ttl time.Duration) (stored []byte, saved bool, err error) {
	err = b.guard(func() (err error) {
		stored, saved, err = b.sessions.Save(ctx, id, expect, next, ttl)
		return err
	})
	return stored, saved, err
}

// Latest implements engine.Sessions.
func (b *Breaker) Latest(ctx context.Context, tag string) (id string, err error) {
	err = b.guard(func() (err error) {
		id, err = b.sessions.Latest(ctx, tag)
		return err
	})
	return id, err
}

// SetLatest implements engine.Sessions.
func (b *Breaker) SetLatest(ctx context.Context, tag, id string, ttl time.Duration) error {
	return b.guard(func() error { return b.sessions.SetLatest(ctx, tag, id, ttl) })
}

// verdict is what a call says about the store.
type verdict uint8

const (
	failed verdict = iota // and a call that panics
	works
	nothing // the caller left, or asked for what can't be
)

func (b *Breaker) guard(call func() error) error {
	probe, err := b.enter()
	if err != nil {
		return err
	}
	var v verdict
	defer func() { b.leave(probe, v) }()
	began := b.now()
	err = call()
	v = judge(err, b.now().Sub(began))
	return err
}

func judge(err error, took time.Duration) verdict {
	switch {
	case took > slow:
		return failed
	case err == nil:
		return works
	case errors.Is(err, context.Canceled), errors.Is(err, errRefused):
		return nothing
	}
	return failed
}

func (b *Breaker) enter() (probe bool, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.until.IsZero() {
		return false, nil
	}
	if b.probing || b.now().Before(b.until) {
		return false, ErrSkipped
	}
	b.probing = true
	return true, nil
}

// leave ends a call. Only the probe lets the others in again: a call that began
// before the fault says nothing about the time after it.
func (b *Breaker) leave(probe bool, v verdict) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case v == failed:
		b.until = b.now().Add(pause)
	case v == works && probe:
		b.until = time.Time{}
	}
	if probe {
		b.probing = false
	}
}
