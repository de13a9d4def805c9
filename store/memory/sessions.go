// Package memory keeps session records in the process, for a service without
// Redis, for dial scripts and for tests. Records are bytes here as anywhere:
// what can't be written down does not survive a callback.
package memory

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"time"

	"github.com/paytrace/paytrace/engine"
)

// Sessions implements engine.Sessions.
type Sessions struct {
	now func() time.Time

	mu     sync.Mutex
	items  map[string]item
	sweep  time.Time // when expired records are next looked for
	limit  int
	latest map[string]item
}

type item struct {
	value   []byte
	expires time.Time
}

var errFull = errors.New("the session store is full")

// Limits of the store.
const (
	// DefaultLimit is how many records are kept at most; beyond it the callback
	// is answered without a record. A record takes about 1 KB.
	DefaultLimit = 1_000_000
	sweepEvery   = 10 * time.Second
)

// NewSessions is an empty store on the clock now.
func NewSessions(now func() time.Time) *Sessions {
	return &Sessions{now: now, items: map[string]item{}, latest: map[string]item{}, limit: DefaultLimit}
}

// Load implements engine.Sessions.
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

// Save implements engine.Sessions.
func (s *Sessions) Save(_ context.Context, id, expect string, next []byte, ttl time.Duration) ([]byte, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expire()
	stored := s.get(s.items, id)
	if stored == nil && expect != "" || stored != nil && engine.HeadOf(stored) != expect {
		return stored, false, nil
	}
	if stored == nil && len(s.items) >= s.limit {
		return nil, false, errFull
	}
	s.items[id] = item{bytes.Clone(next), s.now().Add(ttl)}
	return nil, true, nil
}

// expire drops what has expired, now and then, so that a caller who never comes
// back leaves nothing behind.
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

// Latest implements engine.Sessions.
func (s *Sessions) Latest(_ context.Context, tag string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return string(s.get(s.latest, tag)), nil
}

// SetLatest implements engine.Sessions.
func (s *Sessions) SetLatest(_ context.Context, tag, id string, ttl time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id == "" {
		delete(s.latest, tag)
		return nil
	}
	s.latest[tag] = item{[]byte(id), s.now().Add(ttl)}
	return nil
}

// Forget drops every record, as a store that lost its memory. Dial scripts use
// it ("sessions are lost").
func (s *Sessions) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.items)
	clear(s.latest)
}
