package tracing

import (
	"context"
	"log/slog"

	"go.opentelemetry.io/otel/trace"
)

// Lines returns a handler that adds IDs to lines: that of the trace where a line concerns
// a call, and that of the span where it is logged within one.
func Lines(next slog.Handler) slog.Handler { return lines{next} }

type lines struct{ slog.Handler }

func (l lines) Handle(ctx context.Context, r slog.Record) error {
	if at := trace.SpanContextFromContext(ctx); at.IsValid() {
		r.AddAttrs(slog.String("trace_id", at.TraceID().String()), slog.String("span_id", at.SpanID().String()))
	} else if in, ok := ctx.Value(callKey{}).(call); ok {
		r.AddAttrs(slog.String("trace_id", trace.TraceID(in.name.Trace()).String()))
	}
	return l.Handler.Handle(ctx, r)
}

func (l lines) WithAttrs(attrs []slog.Attr) slog.Handler { return lines{l.Handler.WithAttrs(attrs)} }

func (l lines) WithGroup(name string) slog.Handler { return lines{l.Handler.WithGroup(name)} }
