package engine

import (
	"context"
	"sync"
	"time"
)

// Deadline is a context that ends at a time, as context.WithTimeout makes one,
// but no timer runs until somebody waits for its end: most of what a callback
// does only asks when that is, and a timer costs as much as a step of the menu.
// Make one with WithTimeout.
type Deadline struct {
	parent context.Context
	at     time.Time

	mu    sync.Mutex
	ended bool
	// timed has the timer, once somebody waits.
	timed context.Context
	stop  context.CancelFunc
}

// WithTimeout is a context that ends after d, or with its parent if that is
// earlier. End it when what it was made for is done.
func WithTimeout(parent context.Context, d time.Duration) *Deadline {
	at := time.Now().Add(d)
	if earlier, ok := parent.Deadline(); ok && earlier.Before(at) {
		at = earlier
	}
	return &Deadline{parent: parent, at: at}
}

// End ends the context before its time and lets go of what it holds.
func (c *Deadline) End() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = true
	if c.stop != nil {
		c.stop()
	}
}

// Deadline implements context.Context.
func (c *Deadline) Deadline() (time.Time, bool) { return c.at, true }

// Done implements context.Context.
func (c *Deadline) Done() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.timed == nil {
		c.timed, c.stop = context.WithDeadline(c.parent, c.at)
		if c.ended {
			c.stop()
		}
	}
	return c.timed.Done()
}

// Err implements context.Context.
func (c *Deadline) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.timed != nil:
		return c.timed.Err()
	case c.ended:
		return context.Canceled
	case c.parent.Err() != nil:
		return c.parent.Err()
	case !time.Now().Before(c.at):
		return context.DeadlineExceeded
	}
	return nil
}

// Value implements context.Context. Once there is a timer its context is asked,
// which tells the context package of itself: what is derived from here then ends
// with it, and needs no goroutine for that.
func (c *Deadline) Value(key any) any {
	c.mu.Lock()
	from := c.timed
	c.mu.Unlock()
	if from == nil {
		from = c.parent
	}
	return from.Value(key)
}
