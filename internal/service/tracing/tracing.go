// Package tracing sends traces to OpenTelemetry. A call is one trace: the callbacks of
// its session have the same trace ID, whichever instance answers them, because the ID is
// a keyed hash of the session. Log lines carry the same ID.
//
// No span has a number, a name, or anything that was typed.
package tracing

import (
	"context"
	"encoding/binary"
	"log/slog"
	"math/rand/v2"
	"net/url"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/engine/secret"
)

// Config says where traces go.
type Config struct {
	// Endpoint is the base address of a collector that speaks OTLP over HTTP; traces are
	// posted to v1/traces below it.
	Endpoint *url.URL
	// Headers are sent with each request, for a collector that needs a key.
	Headers map[string]string
	// Share is the share of calls that are traced, from 0 to 1. All instances trace the
	// same calls.
	Share float64
	// Name, Version and Instance describe the service to the collector.
	Name, Version, Instance string
	// Identify returns the trace of a provider's session.
	Identify func(provider, session string) runner.TraceName
	// Menu returns the name of the menu with a hash.
	Menu func(hash string) string
	// Log gets the number of lost spans.
	Log *slog.Logger
}

// Tracing traces one service. New makes one, its methods wrap the ports, and Close sends
// the last spans.
type Tracing struct {
	config   Config
	provider *sdk.TracerProvider
	tracer   trace.Tracer
	bound    uint64 // calls whose trace is below it are traced
}

const (
	// queued bounds the spans that wait for the collector: a few seconds of some hundred
	// callbacks. Further spans are dropped, so a call never waits.
	queued = 8192
	// batch is how many spans are sent together at most.
	batch = 1024
	// patience is how long a span may wait for others.
	patience = 5 * time.Second
	// exportTimeout bounds one request to the collector.
	exportTimeout = 10 * time.Second
	// shownError bounds the text of an error in a span, in bytes.
	shownError = 200
)

// New returns a Tracing that sends spans to the collector from now on.
func New(config Config) *Tracing {
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	t := &Tracing{config: config, bound: uint64(config.Share * (1 << 63))}
	t.provider = sdk.NewTracerProvider(
		sdk.WithIDGenerator(ids{}),
		sdk.WithSampler(sdk.AlwaysSample()), // Handle chooses the calls
		sdk.WithBatcher(newExporter(config), sdk.WithMaxQueueSize(queued), sdk.WithMaxExportBatchSize(batch),
			sdk.WithBatchTimeout(patience), sdk.WithExportTimeout(exportTimeout)),
	)
	t.tracer = t.provider.Tracer("github.com/paytrace/paytrace")
	return t
}

// Close sends the waiting spans.
func (t *Tracing) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), exportTimeout)
	defer cancel()
	return t.provider.Shutdown(ctx)
}

// Begin returns a context for what concerns a provider's session: log lines within it
// have the ID of the session's trace, also where the call is not among the traced ones.
func (t *Tracing) Begin(ctx context.Context, provider, session string) context.Context {
	return context.WithValue(ctx, callKey{}, call{t.config.Identify(provider, session), false})
}

// callKey finds the call in a context.
type callKey struct{}

// call is a call in a context. first says that the next span is the first one of it.
type call struct {
	name  runner.TraceName
	first bool
}

// ids gives the first span of a call the ID that the spans of later callbacks name as
// their parent, and random IDs to all others.
type ids struct{}

// NewIDs implements sdk.IDGenerator.
func (ids) NewIDs(ctx context.Context) (trace.TraceID, trace.SpanID) {
	if at, ok := ctx.Value(callKey{}).(call); ok && at.first {
		return at.name.Trace(), at.name.Span()
	}
	var id trace.TraceID
	binary.NativeEndian.PutUint64(id[:8], rand.Uint64())
	binary.NativeEndian.PutUint64(id[8:], rand.Uint64()|1) // never all zero
	return id, randomSpan()
}

// NewSpanID implements sdk.IDGenerator.
func (ids) NewSpanID(context.Context, trace.TraceID) trace.SpanID { return randomSpan() }

func randomSpan() (id trace.SpanID) {
	binary.NativeEndian.PutUint64(id[:], rand.Uint64()|1) // never all zero
	return id
}

// chosen reports whether a trace is among the share that is traced.
func (t *Tracing) chosen(id trace.TraceID) bool {
	return t.config.Share >= 1 || binary.BigEndian.Uint64(id[8:])>>1 < t.bound
}

// Handle traces callbacks. The first callback of a session is the root of its trace, and
// the others are its children. A root is missing where a gateway does not tell the first
// callback and something was typed with the code.
func (t *Tracing) Handle(next func(context.Context, engine.Request) engine.Reply) func(context.Context, engine.Request) engine.Reply {
	return func(ctx context.Context, req engine.Request) engine.Reply {
		at, begun := ctx.Value(callKey{}).(call)
		if !begun {
			at.name = t.config.Identify(req.Provider, req.Session)
		}
		name := at.name
		if !t.chosen(name.Trace()) {
			return next(ctx, req)
		}
		if first := req.First || req.Text == "" && !req.LastInput; first {
			ctx = context.WithValue(ctx, callKey{}, call{name, true})
		} else {
			ctx = trace.ContextWithRemoteSpanContext(ctx, trace.NewSpanContext(trace.SpanContextConfig{
				TraceID: name.Trace(), SpanID: name.Span(), TraceFlags: trace.FlagsSampled, Remote: true,
			}))
		}
		ctx, span := t.tracer.Start(ctx, "callback", trace.WithSpanKind(trace.SpanKindServer))
		reply := next(ctx, req)
		span.SetAttributes(
			attribute.String("ussd.provider", req.Provider),
			attribute.String("ussd.session", engine.ShownSession(req.Session, req.Caller)),
			attribute.String("ussd.network", req.Network),
			attribute.String("ussd.service", t.config.Menu(reply.Program)),
			attribute.String("ussd.version", reply.Program[:min(len(reply.Program), versionShown)]),
			attribute.String("ussd.screen", reply.Screen),
			attribute.Bool("ussd.end", reply.End),
		)
		end(span, reply.Fault)
		return reply
	}
}

// versionShown is how much of a menu's hash is an attribute, as in the metrics.
const versionShown = 8

// end ends a span, with what went wrong.
func end(span trace.Span, err error) {
	if err != nil {
		span.SetStatus(codes.Error, secret.Foreign(err.Error(), shownError))
	}
	span.End()
}

// within starts a span inside of a traced callback. traced is false outside of one: the
// caller goes on without a span.
func (t *Tracing) within(ctx context.Context, name string, kind trace.SpanKind, attrs ...attribute.KeyValue) (inner context.Context, span trace.Span, traced bool) {
	if !trace.SpanFromContext(ctx).IsRecording() {
		return ctx, nil, false
	}
	inner, span = t.tracer.Start(ctx, name, trace.WithSpanKind(kind), trace.WithAttributes(attrs...))
	return inner, span, true
}

// Parent returns the header "traceparent" for a request that is made under ctx; "" if
// the call is not traced.
func Parent(ctx context.Context) string {
	at := trace.SpanContextFromContext(ctx)
	if !at.IsSampled() {
		return ""
	}
	return "00-" + at.TraceID().String() + "-" + at.SpanID().String() + "-01"
}
