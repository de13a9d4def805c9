package runner

import (
	"context"
	"sync"
	"time"
)

// A Deadline is a context that ends at a time, like one of context.WithTimeout, but
// starts its timer only when something waits for the end. Most of a callback only
// asks when the end is, and a timer costs as much as a step of the menu. Make one
// with WithTimeout.
type Deadline struct {
	parent context.Context
	at     time.Time

	mu sync.Mutex
	// err says how it ended, once that was asked or End was called.
	err error
	// timed has the timer, once something waits.
	timed context.Context
	stop  context.CancelFunc
}

// WithTimeout returns a context that ends after d, or at its parent's deadline if
// that is earlier. Call End when the work is done.
func WithTimeout(parent context.Context, d time.Duration) *Deadline {
	at := time.Now().Add(d)
	if earlier, ok := parent.Deadline(); ok && earlier.Before(at) {
		at = earlier
	}
	return &Deadline{parent: parent, at: at}
}

// End cancels the context and releases its timer.
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

// Value implements context.Context. With a timer it asks the timer's context, by
// which the context package recognizes it: derived contexts then end with it and
// need no goroutine.
func (c *Deadline) Value(key any) any {
	c.mu.Lock()
	from := c.timed
	c.mu.Unlock()
	if from == nil {
		from = c.parent
	}
	return from.Value(key)
}
