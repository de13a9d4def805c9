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
	now   func() time.Time
	began time.Time

	mu             sync.Mutex
	limit          int
	records        expiring
	latestSessions expiring // of callers
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
)

// NewSessions returns an empty store on the clock now.
func NewSessions(now func() time.Time) *Sessions {
	return &Sessions{now: now, began: now(), limit: DefaultLimit, records: newExpiring(), latestSessions: newExpiring()}
}

// Load implements runner.Sessions.
func (s *Sessions) Load(_ context.Context, id string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return bytes.Clone(s.records.get(id, s.age())), nil
}

// age is how long the store exists.
func (s *Sessions) age() time.Duration { return s.now().Sub(s.began) }

// Save implements runner.Sessions.
func (s *Sessions) Save(_ context.Context, id, expect string, next []byte, ttl time.Duration) ([]byte, bool, error) {
	if n := len(next); n == 0 || n > engine.MaxRecord {
		return nil, false, fmt.Errorf("%w: the record has %d bytes, want 1 to %d", errRefused, n, engine.MaxRecord)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.age()
	stored := s.records.get(id, now)
	// A record without a head is not the engine's and equals no expectation.
	if stored == nil && expect != "" || stored != nil && (expect == "" || engine.HeadOf(stored) != expect) {
		return bytes.Clone(stored), false, nil
	}
	err := s.put(&s.records, id, next, now, ttl)
	return nil, err == nil, err
}

func (s *Sessions) put(into *expiring, key string, value []byte, now, ttl time.Duration) error {
	if ttl < time.Millisecond {
		return fmt.Errorf("%w: the life is %s, want at least a millisecond", errRefused, ttl)
	}
	if !into.put(key, value, now, now+ttl, s.limit) {
		return errFull
	}
	return nil
}

// Latest implements runner.Sessions.
func (s *Sessions) Latest(_ context.Context, tag string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return string(s.latestSessions.get(tag, s.age())), nil
}

// SetLatest implements runner.Sessions.
func (s *Sessions) SetLatest(_ context.Context, tag, id string, ttl time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id == "" {
		s.latestSessions.remove(tag)
		return nil
	}
	return s.put(&s.latestSessions, tag, []byte(id), s.age(), ttl)
}

// Forget removes every record, as a restart does. Dial scripts use it ("sessions are
// lost").
func (s *Sessions) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.records.clear()
	s.latestSessions.clear()
}
