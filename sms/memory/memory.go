// Package memory collects messages instead of sending them, for dial scripts and
// tests.
package memory

import (
	"context"
	"slices"
	"strconv"
	"sync"

	"github.com/paytrace/paytrace/sms"
)

// Outbox is an sms.Sender that collects messages. The zero Outbox is ready.
type Outbox struct {
	mu       sync.Mutex
	sent     []sms.Message
	failures []error
}

var _ sms.Sender = (*Outbox)(nil)

// Send adds m to the outbox, or returns the next error of FailNext.
func (o *Outbox) Send(ctx context.Context, m sms.Message) (sms.Receipt, error) {
	if err := ctx.Err(); err != nil {
		return sms.Receipt{}, err
	}
	if err := m.Check(); err != nil {
		return sms.Receipt{}, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.failures) > 0 {
		err := o.failures[0]
		o.failures = o.failures[1:]
		return sms.Receipt{}, err
	}
	o.sent = append(o.sent, m)
	return sms.Receipt{Status: sms.Sent, ProviderID: "memory-" + strconv.Itoa(len(o.sent))}, nil
}

// FailNext makes the next calls of Send fail, one with each error.
func (o *Outbox) FailNext(errs ...error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.failures = append(o.failures, errs...)
}

// Sent returns the messages sent so far, in order.
func (o *Outbox) Sent() []sms.Message {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.sent)
}
