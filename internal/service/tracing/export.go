package tracing

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdk "go.opentelemetry.io/otel/sdk/trace"
)

// exporter posts spans as OTLP in JSON. The library's own exporter needs gRPC and
// Protocol Buffers, which would be the largest part of the program.
type exporter struct {
	config Config
	to     string
	client *http.Client

	mu     sync.Mutex
	lost   int  // spans
	silent bool // the collector's failure is logged already
}

func newExporter(config Config) *exporter {
	return &exporter{
		config: config, to: config.Endpoint.JoinPath("v1", "traces").String(),
		client: &http.Client{Timeout: exportTimeout, Transport: http.DefaultTransport.(*http.Transport).Clone()},
	}
}

// ExportSpans implements sdk.SpanExporter. Spans that the collector does not take are
// lost; the first failure in a row is logged, and how many were lost in all.
func (e *exporter) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	err := e.post(ctx, spans)
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case err != nil:
		e.lost += len(spans)
		if !e.silent {
			e.config.Log.Warn("traces were not sent: see OTEL_EXPORTER_OTLP_ENDPOINT; further failures are not logged", "error", err, "spans", len(spans))
		}
	case e.silent:
		e.config.Log.Info("traces are sent again", "spans_lost", e.lost)
	}
	e.silent = err != nil
	return nil // the library would log it again, for each batch
}

// Shutdown implements sdk.SpanExporter.
func (e *exporter) Shutdown(context.Context) error {
	e.client.CloseIdleConnections()
	return nil
}

// shownAnswer bounds how much of a collector's answer is read, in bytes.
const shownAnswer = 512

func (e *exporter) post(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.to, bytes.NewReader(e.encode(spans)))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	for name, value := range e.config.Headers {
		req.Header.Set(name, value)
	}
	resp, err := e.client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }() // it was only read
	answer, _ := io.ReadAll(io.LimitReader(resp.Body, shownAnswer))
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("the collector answered %s: %q", resp.Status, answer)
	}
	return nil
}

// encode writes spans as OTLP has them in JSON: IDs in hex, and whole numbers of 64 bits as
// texts. Writing them without reflection halves what a span costs.
func (e *exporter) encode(spans []sdk.ReadOnlySpan) []byte {
	b := make([]byte, 0, spanRoom*len(spans)+spanRoom)
	b = append(b, `{"resourceSpans":[{"resource":`...)
	b = appendAttributes(append(b, '{'), []attribute.KeyValue{
		attribute.String("service.name", e.config.Name),
		attribute.String("service.version", e.config.Version),
		attribute.String("service.instance.id", e.config.Instance),
	})
	b = append(b, `},"scopeSpans":[{"scope":{"name":"github.com/paytrace/paytrace"},"spans":[`...)
	for i, s := range spans {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendSpan(b, s)
	}
	return append(b, `]}]}]}`...)
}

// spanRoom is enough for most spans, in bytes.
const spanRoom = 1024

// statusError is the code of a span that failed.
const statusError = `2`

func appendSpan(b []byte, s sdk.ReadOnlySpan) []byte {
	at := s.SpanContext()
	trace, span := at.TraceID(), at.SpanID()
	b = hex.AppendEncode(append(b, `{"traceId":"`...), trace[:])
	b = hex.AppendEncode(append(b, `","spanId":"`...), span[:])
	if parent := s.Parent().SpanID(); parent.IsValid() {
		b = hex.AppendEncode(append(b, `","parentSpanId":"`...), parent[:])
	}
	b = appendText(append(b, `","name":`...), s.Name())
	b = strconv.AppendInt(append(b, `,"kind":`...), int64(s.SpanKind()), 10)
	b = strconv.AppendInt(append(b, `,"startTimeUnixNano":"`...), s.StartTime().UnixNano(), 10)
	b = strconv.AppendInt(append(b, `","endTimeUnixNano":"`...), s.EndTime().UnixNano(), 10)
	b = appendAttributes(append(b, `",`...), s.Attributes())
	if status := s.Status(); status.Code == codes.Error {
		b = append(b, `,"status":{"code":`+statusError+`,"message":`...)
		b = append(appendText(b, status.Description), '}')
	}
	return append(b, '}')
}

func appendAttributes(b []byte, list []attribute.KeyValue) []byte {
	b = append(b, `"attributes":[`...)
	for i, kv := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendText(append(b, `{"key":`...), string(kv.Key))
		b = append(b, `,"value":{`...)
		switch kv.Value.Type() {
		case attribute.BOOL:
			b = strconv.AppendBool(append(b, `"boolValue":`...), kv.Value.AsBool())
		case attribute.INT64:
			b = strconv.AppendInt(append(b, `"intValue":"`...), kv.Value.AsInt64(), 10)
			b = append(b, '"')
		default:
			b = appendText(append(b, `"stringValue":`...), kv.Value.AsString())
		}
		b = append(b, `}}`...)
	}
	return append(b, ']')
}

// appendText writes a text, by the library if it needs an escape.
func appendText(b []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			quoted, _ := json.Marshal(text) // a text can always be written
			return append(b, quoted...)
		}
	}
	return append(append(append(b, '"'), text...), '"')
}
