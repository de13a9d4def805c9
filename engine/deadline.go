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

	mu sync.Mutex
	// err is how it ended, once somebody has asked or ended it.
	err error
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
	switch {
	case c.timed != nil:
		c.stop()
	case c.err == nil:
		c.err = context.Canceled
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
		if c.err != nil {
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
	case c.err != nil:
	case c.timed != nil:
		return c.timed.Err()
	case c.parent.Err() != nil:
		c.err = c.parent.Err()
	case !time.Now().Before(c.at):
		c.err = context.DeadlineExceeded
	}
	return c.err
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
