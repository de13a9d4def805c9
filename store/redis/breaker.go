package redis

import (
	"context"
	"errors"
	"time"

	"github.com/sony/gobreaker/v2"

	"github.com/paytrace/paytrace/engine/runner"
)

// ErrSkipped says that Redis failed a moment ago and was not asked this time.
var ErrSkipped = errors.New("the session store is skipped for a moment: it failed or was slow")

// pause is how long Redis is left alone after a failure. Callers then wait for
// one slow call a second at most, and a restart is noticed soon.
const pause = time.Second

// Breaker puts a circuit breaker before a session store. After an error or a
// slow call, every call returns ErrSkipped at once, for a second. Then a single
// call is let through, and its end decides for all.
type Breaker struct {
	sessions runner.Sessions
	circuit  *gobreaker.CircuitBreaker[struct{}]
	// slow is the longest that a successful call may take.
	slow time.Duration
}

// Verdicts on a call, for the circuit breaker only: the caller gets the call's
// own error.
var (
	errFailed = errors.New("failed or slow")
	// errNeutral says nothing about Redis: the caller left, or nothing was sent.
	errNeutral = errors.New("neutral")
)

// NewBreaker returns a Breaker before sessions.
func NewBreaker(sessions runner.Sessions) *Breaker {
	return &Breaker{sessions: sessions, slow: runner.SessionBudget, circuit: gobreaker.NewCircuitBreaker[struct{}](gobreaker.Settings{
		Timeout:     pause,
		MaxRequests: 1, // one probe at a time
		ReadyToTrip: func(counts gobreaker.Counts) bool { return counts.ConsecutiveFailures > 0 },
		IsExcluded:  func(err error) bool { return errors.Is(err, errNeutral) },
	})}
}

// Load implements runner.Sessions.
func (b *Breaker) Load(ctx context.Context, id string) (stored []byte, err error) {
	err = b.guard(func() (err error) {
		stored, err = b.sessions.Load(ctx, id)
		return err
	})
	return stored, err
}

// Save implements runner.Sessions.
func (b *Breaker) Save(ctx context.Context, id, expect string, next []byte, ttl time.Duration) (stored []byte, saved bool, err error) {
	err = b.guard(func() (err error) {
		stored, saved, err = b.sessions.Save(ctx, id, expect, next, ttl)
		return err
	})
	return stored, saved, err
}

// Latest implements runner.Sessions.
func (b *Breaker) Latest(ctx context.Context, tag string) (id string, err error) {
	err = b.guard(func() (err error) {
		id, err = b.sessions.Latest(ctx, tag)
		return err
	})
	return id, err
}

// SetLatest implements runner.Sessions.
func (b *Breaker) SetLatest(ctx context.Context, tag, id string, ttl time.Duration) error {
	return b.guard(func() error { return b.sessions.SetLatest(ctx, tag, id, ttl) })
}

func (b *Breaker) guard(call func() error) (err error) {
	_, verdict := b.circuit.Execute(func() (struct{}, error) {
		began := time.Now()
		err = call()
		return struct{}{}, b.judge(err, time.Since(began))
	})
	if errors.Is(verdict, gobreaker.ErrOpenState) || errors.Is(verdict, gobreaker.ErrTooManyRequests) {
		return ErrSkipped
	}
	return err
}

func (b *Breaker) judge(err error, took time.Duration) error {
	switch {
	case took > b.slow:
		return errFailed
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled), errors.Is(err, errRefused):
		return errNeutral
	}
	return errFailed
}
