// Package memory stores session records in the process: for a service without Redis,
// for dial scripts and for tests. Records are bytes here too, so only what can be
// encoded survives a callback.
package memory

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/paytrace/paytrace/engine"
)

// Sessions implements runner.Sessions.
type Sessions struct {
	now func() time.Time

	mu     sync.Mutex
	items  map[string]item
	sweep  time.Time // when expired records are next removed
	limit  int
	latest map[string]item
}

type item struct {
	value   []byte
	expires time.Time
}

var (
	errFull    = errors.New("the session store is full")
	errRefused = errors.New("not stored")
)

// Limits of the store.
const (
	// DefaultLimit bounds the records, and the callers' latest sessions. Beyond it a
	// callback is answered without a record. A record takes about 1 KB.
	DefaultLimit = 1_000_000
	sweepEvery   = 10 * time.Second
)

// NewSessions returns an empty store on the clock now.
func NewSessions(now func() time.Time) *Sessions {
	return &Sessions{now: now, items: map[string]item{}, latest: map[string]item{}, limit: DefaultLimit}
}

// Load implements runner.Sessions.
func (s *Sessions) Load(_ context.Context, id string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.get(s.items, id), nil
}

func (s *Sessions) get(from map[string]item, key string) []byte {
	it, ok := from[key]
	if !ok {
		return nil
	}
	if !it.expires.After(s.now()) {
		delete(from, key)
		return nil
	}
	return bytes.Clone(it.value)
}

// Save implements runner.Sessions.
func (s *Sessions) Save(_ context.Context, id, expect string, next []byte, ttl time.Duration) ([]byte, bool, error) {
	if n := len(next); n == 0 || n > engine.MaxRecord {
		return nil, false, fmt.Errorf("%w: the record has %d bytes, want 1 to %d", errRefused, n, engine.MaxRecord)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	stored := s.get(s.items, id)
	// A record without a head is not the engine's and equals no expectation.
	if stored == nil && expect != "" || stored != nil && (expect == "" || engine.HeadOf(stored) != expect) {
		return stored, false, nil
	}
	err := s.put(s.items, id, next, ttl)
	return nil, err == nil, err
}

func (s *Sessions) put(into map[string]item, key string, value []byte, ttl time.Duration) error {
	if ttl < time.Millisecond {
		return fmt.Errorf("%w: the life is %s, want at least a millisecond", errRefused, ttl)
	}
	s.expire()
	if _, ok := into[key]; !ok && len(into) >= s.limit {
		return errFull
	}
	into[key] = item{bytes.Clone(value), s.now().Add(ttl)}
	return nil
}

// expire removes what has expired, at most every sweepEvery, so a caller who never
// comes back leaves nothing behind.
func (s *Sessions) expire() {
	now := s.now()
	if now.Before(s.sweep) {
		return
	}
	s.sweep = now.Add(sweepEvery)
	for _, from := range []map[string]item{s.items, s.latest} {
		for key, it := range from {
			if !it.expires.After(now) {
				delete(from, key)
			}
		}
	}
}

// Latest implements runner.Sessions.
func (s *Sessions) Latest(_ context.Context, tag string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return string(s.get(s.latest, tag)), nil
}

// SetLatest implements runner.Sessions.
func (s *Sessions) SetLatest(_ context.Context, tag, id string, ttl time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id == "" {
		delete(s.latest, tag)
		return nil
	}
	return s.put(s.latest, tag, []byte(id), ttl)
}

// Forget removes every record, as a restart does. Dial scripts use it ("sessions are
// lost").
func (s *Sessions) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.items)
	clear(s.latest)
}
