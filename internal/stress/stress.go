// Package stress makes calls on a service at a steady rate and measures how long callers
// wait. It is an open loop: a call begins when it is due, however many others still wait
// for their answers, and its time counts from when it was due. A service that falls
// behind can't slow the callers down, and so can't hide it.
package stress

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/gateway"
)

const (
	// MaxRate and MaxFor bound a run: calls a second, and its length.
	MaxRate = 10_000
	MaxFor  = time.Hour
	// MaxCalls bounds the calls of a run, whose times are all kept in memory.
	MaxCalls = 2_000_000
	// MaxOpen bounds the calls in progress: above it, calls do not begin, and are
	// counted.
	MaxOpen = 20_000
	// patience is how long an aggregator waits for an answer.
	patience = 10 * time.Second
)

// Plan says what calls to make.
type Plan struct {
	// Address returns where a callback is sent. Header is added to each.
	Address func(gateway.Request) string
	Header  http.Header
	// Gateway writes the callbacks and reads the answers.
	Gateway gateway.Client
	// Code is dialled, and then Keys are typed, one for each further callback.
	Code string
	Keys []string
	// Rate is how many calls begin in a second, for the time For.
	Rate float64
	For  time.Duration
	// Pause is how long a caller reads a screen before the next key.
	Pause time.Duration
	// Callers is how many phone numbers take turns. FirstCaller is the first of them.
	Callers     int
	FirstCaller int64
	// Network is the code of the callers' network.
	Network string
	// Name makes the session IDs of this run different from those of others.
	Name string
	// Client sends the callbacks.
	Client *http.Client
}

// Run makes the calls of a plan. If ctx ends, no more calls begin, and the report has
// what came until then.
func Run(ctx context.Context, p Plan) Report {
	r := &run{plan: p, failed: map[string]int{}}
	calls := p.calls()
	r.took = make([]time.Duration, 0, calls*(1+len(p.Keys)))
	began := time.Now()
	var open sync.WaitGroup
	places := make(chan struct{}, MaxOpen)
	for n := range calls {
		due := began.Add(time.Duration(float64(n) / p.Rate * float64(time.Second)))
		if !waitUntil(ctx, due) {
			break
		}
		select {
		case places <- struct{}{}:
		default:
			r.refuse()
			continue
		}
		open.Go(func() {
			defer func() { <-places }()
			r.call(ctx, n, due)
		})
	}
	open.Wait()
	return r.report(time.Since(began))
}

// calls returns how many calls the plan makes.
func (p Plan) calls() int { return int(p.Rate * p.For.Seconds()) }

// Check says what is wrong with a plan.
func (p Plan) Check() error {
	switch {
	case p.Rate <= 0 || p.Rate > MaxRate:
		return fmt.Errorf("the rate is %g, and more than 0 and at most %d calls a second were expected", p.Rate, MaxRate)
	case p.For <= 0 || p.For > MaxFor:
		return fmt.Errorf("the time is %s, and at most %s was expected", p.For, MaxFor)
	case p.calls() == 0:
		return fmt.Errorf("%g calls a second for %s are no call; raise the rate or the time", p.Rate, p.For)
	case p.calls() > MaxCalls:
		return fmt.Errorf("%g calls a second for %s are %d calls; at most %d are possible", p.Rate, p.For, p.calls(), MaxCalls)
	case p.Callers < 1:
		return fmt.Errorf("there are %d callers, and at least 1 was expected", p.Callers)
	case p.Pause < 0:
		return fmt.Errorf("the pause is %s; it can't be negative", p.Pause)
	}
	return nil
}

// run collects what happens.
type run struct {
	plan Plan

	mu     sync.Mutex
	took   []time.Duration
	failed map[string]int
	// begun and notBegun count calls; ends counts those that the service ended.
	begun, notBegun, ends int
}

func (r *run) refuse() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.notBegun++
}

// call makes one call: each key is due a pause after the answer before it.
func (r *run) call(ctx context.Context, n int, due time.Time) {
	r.mu.Lock()
	r.begun++
	r.mu.Unlock()
	p := r.plan
	made := gateway.Call{Dialled: p.Code, Number: 1, Request: engine.Request{
		Provider: p.Gateway.Name(), Session: fmt.Sprintf("stress-%s-%d", p.Name, n), Service: p.Code, Network: p.Network,
		Caller: fmt.Sprint(p.FirstCaller + int64(n%p.Callers)), First: true,
	}}
	for i := 0; ; i++ {
		end, err := r.turn(ctx, made)
		answered := time.Now()
		r.note(answered.Sub(due), end, err)
		if end || err != nil || i == len(p.Keys) {
			return
		}
		due = answered.Add(p.Pause)
		if !waitUntil(ctx, due) {
			return
		}
		made.First = false
		if i > 0 {
			made.Text += "*"
		}
		made.Text += p.Keys[i]
		made.Last = p.Keys[i]
		made.Number++
	}
}

// turn sends one callback and reads the screen.
func (r *run) turn(ctx context.Context, made gateway.Call) (end bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	callback := r.plan.Gateway.Callback(made)
	request, err := http.NewRequestWithContext(ctx, callback.Method, r.plan.Address(callback), bytes.NewReader(callback.Body))
	if err != nil {
		return false, errors.New("no request can be made for this address")
	}
	if r.plan.Header != nil {
		request.Header = r.plan.Header.Clone()
	}
	if kind := callback.ContentType(); kind != "" {
		request.Header.Set("Content-Type", kind)
	}
	answer, err := r.plan.Client.Do(request)
	if err != nil {
		return false, failure(err)
	}
	defer func() { _ = answer.Body.Close() }() // it was only read
	screen, err := io.ReadAll(io.LimitReader(answer.Body, gateway.MaxBody))
	if err != nil {
		return false, failure(err)
	}
	_, end, err = r.plan.Gateway.Screen(answer.StatusCode, answer.Header, screen)
	switch {
	case err != nil && answer.StatusCode != http.StatusOK:
		return false, fmt.Errorf("status %d", answer.StatusCode)
	case err != nil:
		return false, errors.New("no screen")
	}
	return end, nil
}

// failure names the error of a request in one of a few words, without its address: that
// may hold a secret.
func failure(err error) error {
	var wrapped *url.Error
	switch {
	case errors.Is(err, ErrElsewhere):
		return ErrElsewhere
	case errors.As(err, &wrapped) && wrapped.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("no answer in %s", patience)
	case errors.Is(err, context.Canceled):
		return errors.New("stopped")
	}
	return errors.New("no connection, or it broke")
}

func (r *run) note(took time.Duration, end bool, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		r.failed[err.Error()]++
		return
	}
	r.took = append(r.took, took)
	if end {
		r.ends++
	}
}

// waitUntil waits until a time, and reports whether ctx still lives.
func waitUntil(ctx context.Context, at time.Time) bool {
	if wait := time.Until(at); wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
	}
	return ctx.Err() == nil
}
