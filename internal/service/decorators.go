package service

import (
	"context"
	"slices"

	"github.com/paytrace/paytrace/actions/backend"
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/sms"
	"github.com/paytrace/paytrace/store"
)

// Handle answers one callback.
type Handle = func(context.Context, engine.Request) engine.Reply

// Decorators wrap the ports of a service: to measure or trace what passes, or to
// inject faults in a test. Each list goes from the inside out, and what the
// service itself adds is inside of it:
//
// Metrics are inside of traces, and both are outside of what this list names:
//
//	Store     nothing
//	Sessions  redis.Breaker, where sessions are in Redis
//	Actions   nothing
//	Backend   nothing; a request has the host, the action and the ID, an error is a *backend.Fault
//	Sender    sms.Breaker, where a provider sends
//	Handle    journal.Journal, unless CALL_JOURNAL_DAYS is 0
type Decorators struct {
	Store    []func(store.Store) store.Store
	Sessions []func(runner.Sessions) runner.Sessions
	Actions  []func(runner.Actions) runner.Actions
	Backend  []func(backend.Backend) backend.Backend
	Sender   []func(sms.Sender) sms.Sender
	Handle   []func(Handle) Handle
}

// decorate wraps x in its own decorators, if any, and then in others.
func decorate[T any](x T, others []func(T) T, own ...func(T) T) T {
	for _, wrap := range slices.Concat(own, others) {
		x = wrap(x)
	}
	return x
}
