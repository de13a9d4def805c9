package tracing

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/paytrace/paytrace/actions/backend"
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/sms"
	"github.com/paytrace/paytrace/store"
)

// Sessions traces the round trips to the store of session records.
func (t *Tracing) Sessions(next runner.Sessions) runner.Sessions { return &tracedSessions{next, t} }

type tracedSessions struct {
	runner.Sessions
	t *Tracing
}

// Load traces a read.
func (s *tracedSessions) Load(ctx context.Context, id string) ([]byte, error) {
	ctx, span, traced := s.t.within(ctx, "session load", trace.SpanKindClient)
	record, err := s.Sessions.Load(ctx, id)
	if traced {
		end(span, err)
	}
	return record, err
}

// Save traces a compare-and-set.
func (s *tracedSessions) Save(ctx context.Context, id, expect string, next []byte, ttl time.Duration) ([]byte, bool, error) {
	ctx, span, traced := s.t.within(ctx, "session save", trace.SpanKindClient)
	stored, saved, err := s.Sessions.Save(ctx, id, expect, next, ttl)
	if traced {
		span.SetAttributes(attribute.Bool("saved", saved))
		end(span, err)
	}
	return stored, saved, err
}

// Actions traces actions.
func (t *Tracing) Actions(next runner.Actions) runner.Actions { return &tracedActions{next, t} }

type tracedActions struct {
	runner.Actions
	t *Tracing
}

// Act traces an action that writes.
func (a *tracedActions) Act(ctx context.Context, call engine.Call, at *runner.Place) (engine.Outcome, error) {
	return a.trace(ctx, &call, func(ctx context.Context) (engine.Outcome, error) { return a.Actions.Act(ctx, call, at) })
}

// Read traces an action that only reads.
func (a *tracedActions) Read(ctx context.Context, call engine.Call) (engine.Outcome, error) {
	return a.trace(ctx, &call, func(ctx context.Context) (engine.Outcome, error) { return a.Actions.Read(ctx, call) })
}

func (a *tracedActions) trace(ctx context.Context, call *engine.Call, run func(context.Context) (engine.Outcome, error)) (engine.Outcome, error) {
	ctx, span, traced := a.t.within(ctx, "action "+call.Action, trace.SpanKindInternal)
	out, err := run(ctx)
	if traced {
		span.SetAttributes(attribute.String("action.at", call.Pos.String()), attribute.String("action.result", out.Name))
		end(span, err)
	}
	return out, err
}

// Store traces the transactions of callbacks.
func (t *Tracing) Store(next store.Store) store.Store { return &tracedStore{next, t} }

type tracedStore struct {
	store.Store
	t *Tracing
}

// Within traces a transaction, with its tries.
func (s *tracedStore) Within(ctx context.Context, fn func(ctx context.Context, tx store.Tx) error) error {
	ctx, span, traced := s.t.within(ctx, "transaction", trace.SpanKindClient)
	if !traced {
		return s.Store.Within(ctx, fn)
	}
	tries := 0
	err := s.Store.Within(ctx, func(ctx context.Context, tx store.Tx) error { tries++; return fn(ctx, tx) })
	span.SetAttributes(attribute.Int("tries", tries))
	end(span, err)
	return err
}

// Backend traces the requests for actions over HTTP.
func (t *Tracing) Backend(next backend.Backend) backend.Backend { return &tracedBackend{next, t} }

type tracedBackend struct {
	backend.Backend
	t *Tracing
}

// Ask traces a request.
func (b *tracedBackend) Ask(ctx context.Context, r backend.Request) (engine.Outcome, error) {
	ctx, span, traced := b.t.within(ctx, "POST "+r.Contract.Name, trace.SpanKindClient)
	out, err := b.Backend.Ask(ctx, r)
	if traced {
		span.SetAttributes(attribute.String("server.address", r.To.Host))
		end(span, err)
	}
	return out, err
}

// Sender traces the messages that a provider is given. They are sent after the call, so
// each is a trace of its own.
func (t *Tracing) Sender(provider string) func(sms.Sender) sms.Sender {
	return func(next sms.Sender) sms.Sender { return &tracedSender{next, provider, t} }
}

type tracedSender struct {
	sms.Sender
	provider string
	t        *Tracing
}

// Send traces a message.
func (s *tracedSender) Send(ctx context.Context, msg sms.Message) (sms.Receipt, error) {
	ctx, span := s.t.tracer.Start(ctx, "send SMS", trace.WithSpanKind(trace.SpanKindClient),
		trace.WithAttributes(attribute.String("sms.provider", s.provider)))
	receipt, err := s.Sender.Send(ctx, msg)
	end(span, err)
	return receipt, err
}
