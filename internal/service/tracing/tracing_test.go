package tracing_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/paytrace/paytrace/actions/backend"
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/internal/service/tracing"
	"github.com/paytrace/paytrace/sms"
	"github.com/paytrace/paytrace/store"
)

// span is what a collector reads of a span.
type span struct {
	TraceID, SpanID, ParentSpanID, Name string
	Kind                                int
	StartTimeUnixNano                   string
	Status                              struct {
		Code    int
		Message string
	}
	Attributes []struct {
		Key   string
		Value map[string]any
	}
}

// collector takes traces.
type collector struct {
	*httptest.Server
	mu     sync.Mutex
	bodies []string
	keys   []string
	fails  bool
}

func collect(t *testing.T) *collector {
	c := &collector{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.fails {
			http.Error(w, "no room", http.StatusInsufficientStorage)
			return
		}
		if r.URL.Path != "/base/v1/traces" || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("a post of %s to %s", r.Header.Get("Content-Type"), r.URL.Path)
		}
		c.bodies, c.keys = append(c.bodies, string(body)), append(c.keys, r.Header.Get("x-api-key"))
	}))
	t.Cleanup(c.Close)
	return c
}

// tracing returns an instance that traces a share of calls.
func (c *collector) tracing(share float64, log *slog.Logger) *tracing.Tracing {
	at, _ := url.Parse(c.URL + "/base")
	key := runner.NewIdentity([]byte("0123456789abcdef0123456789abcdef"))
	return tracing.New(tracing.Config{
		Endpoint: at, Headers: map[string]string{"x-api-key": "k"}, Share: share, Name: "ussd", Version: "1.2.3", Instance: "a",
		Identify: key.Trace, Menu: func(string) string { return "wallet" }, Log: log,
	})
}

// spans returns what has arrived.
func (c *collector) spans(t *testing.T) (list []span) {
	t.Helper()
	for _, body := range c.bodies {
		var traces struct {
			ResourceSpans []struct{ ScopeSpans []struct{ Spans []span } }
		}
		if err := json.Unmarshal([]byte(body), &traces); err != nil {
			t.Fatalf("%v in %s", err, body)
		}
		for _, r := range traces.ResourceSpans {
			for _, s := range r.ScopeSpans {
				list = append(list, s.Spans...)
			}
		}
	}
	return list
}

type acts struct{ runner.Actions }

func (acts) Act(ctx context.Context, _ engine.Call, _ *runner.Place) (engine.Outcome, error) {
	return engine.Outcome{Name: "paid"}, nil
}

func (acts) Read(context.Context, engine.Call) (engine.Outcome, error) {
	return engine.Outcome{}, errors.New("no balance of 254711000111")
}

// A call that two instances answer is one trace, and each part of it is a span.
func TestOneCallIsOneTrace(t *testing.T) {
	c := collect(t)
	var parents []string
	for i, text := range []string{"", "1*9713"} {
		instance := c.tracing(1, nil)
		actions := instance.Actions(acts{})
		handle := instance.Handle(func(ctx context.Context, _ engine.Request) engine.Reply {
			parents = append(parents, tracing.Parent(ctx))
			if i == 0 {
				return engine.Reply{Screen: "start", Program: "0123456789ab"}
			}
			_, _ = actions.Act(ctx, engine.Call{Action: "pay"}, nil)
			_, err := actions.Read(ctx, engine.Call{Action: "balance"})
			return engine.Reply{Screen: "(busy)", End: true, Fault: err}
		})
		ctx := instance.Begin(t.Context(), "at", "ATUid_254711000111")
		handle(ctx, engine.Request{Provider: "at", Session: "ATUid_254711000111", Caller: "254711000111", Text: text})
		if err := instance.Close(); err != nil {
			t.Fatal(err)
		}
	}
	got := map[string]span{}
	for i, s := range c.spans(t) {
		got[fmt.Sprint(i, " ", s.Name)] = s
	}
	root, second := got["0 callback"], got["3 callback"]
	act, read := got["1 action pay"], got["2 action balance"]
	if len(got) != 4 || root.ParentSpanID != "" || second.ParentSpanID != root.SpanID || act.ParentSpanID != second.SpanID || read.ParentSpanID != second.SpanID {
		t.Errorf("the spans are %+v", got)
	}
	for name, s := range got {
		if s.TraceID != root.TraceID || len(s.TraceID) != 32 || len(s.SpanID) != 16 {
			t.Errorf("%s has the IDs %s %s, want the trace %s", name, s.TraceID, s.SpanID, root.TraceID)
		}
	}
	if root.Kind != 2 || root.Status.Code != 0 || second.Status.Code != 2 || !strings.HasPrefix(second.Status.Message, "no balance of") {
		t.Errorf("the callbacks are %+v and %+v", root, second)
	}
	if want := "00-" + root.TraceID + "-" + root.SpanID + "-01"; parents[0] != want {
		t.Errorf("traceparent is %q, want %q", parents[0], want)
	}
	all := strings.Join(c.bodies, "\n")
	for _, private := range []string{"254711000111", "711000111", "9713"} {
		if strings.Contains(all, private) {
			t.Errorf("the traces have %q: %s", private, all)
		}
	}
	for _, wanted := range []string{`{"key":"service.name","value":{"stringValue":"ussd"}}`, `{"key":"ussd.screen","value":{"stringValue":"start"}}`, `{"key":"ussd.end","value":{"boolValue":true}}`} {
		if !strings.Contains(all, wanted) {
			t.Errorf("the traces lack %s: %s", wanted, all)
		}
	}
	if c.keys[0] != "k" {
		t.Errorf("the header is %q", c.keys[0])
	}
}

// All instances trace the same share of calls, and log lines of the others have the ID too.
func TestShare(t *testing.T) {
	c := collect(t)
	var traced [2][]string
	for i := range traced {
		instance := c.tracing(0.25, nil)
		for n := range 400 {
			session := fmt.Sprint("s", n)
			handle := instance.Handle(func(ctx context.Context, _ engine.Request) engine.Reply {
				if tracing.Parent(ctx) != "" {
					traced[i] = append(traced[i], session)
				}
				return engine.Reply{}
			})
			handle(instance.Begin(t.Context(), "at", session), engine.Request{Provider: "at", Session: session})
		}
		if err := instance.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(traced[0]); n < 60 || n > 140 || strings.Join(traced[0], " ") != strings.Join(traced[1], " ") {
		t.Errorf("%d and %d of 400 calls are traced: %v", n, len(traced[1]), traced)
	}
	if n := len(c.spans(t)); n != 2*len(traced[0]) {
		t.Errorf("%d spans arrived, want %d", n, 2*len(traced[0]))
	}
}

// Lines have the IDs under which the collector has the span; without a trace, none.
func TestLines(t *testing.T) {
	c := collect(t)
	for share, want := range map[float64]string{1: "span_id", 0: ""} {
		c.bodies = nil
		var out bytes.Buffer
		log := slog.New(tracing.Lines(slog.NewTextHandler(&out, nil)))
		instance := c.tracing(share, nil)
		handle := instance.Handle(func(ctx context.Context, _ engine.Request) engine.Reply {
			log.InfoContext(ctx, "action")
			return engine.Reply{}
		})
		ctx := instance.Begin(t.Context(), "at", "s1")
		handle(ctx, engine.Request{Provider: "at", Session: "s1"})
		log.InfoContext(ctx, "callback")
		log.InfoContext(t.Context(), "started")
		if err := instance.Close(); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(out.String(), "\n")
		var ids string
		if spans := c.spans(t); len(spans) == 1 {
			ids = "trace_id=" + spans[0].TraceID
			want = " span_id=" + spans[0].SpanID
		} else if share == 1 {
			t.Fatalf("%d spans", len(spans))
		} else {
			_, ids, _ = strings.Cut(lines[1], "msg=callback ")
		}
		if !strings.HasSuffix(lines[0], ids+want) || !strings.HasSuffix(lines[1], ids) || len(ids) != len("trace_id=")+32 || strings.Contains(lines[2], "trace_id") {
			t.Errorf("share %g: the lines are\n%s", share, &out)
		}
	}
}

// A collector that fails costs spans and one line of the log.
func TestCollectorFails(t *testing.T) {
	c := collect(t)
	c.fails = true
	var out bytes.Buffer
	instance := c.tracing(1, slog.New(slog.NewTextHandler(&out, nil)))
	handle := instance.Handle(func(context.Context, engine.Request) engine.Reply { return engine.Reply{} })
	for n := range 3000 {
		handle(t.Context(), engine.Request{Session: fmt.Sprint(n)})
	}
	if err := instance.Close(); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), "traces were not sent"); n != 1 || !strings.Contains(out.String(), "no room") {
		t.Errorf("the log has %d lines:\n%s", n, &out)
	}
}

// Any text of a span is a text in JSON, and reads as it was.
func TestTexts(t *testing.T) {
	c := collect(t)
	instance := c.tracing(1, nil)
	session := "a\"b\\c\n\u0001é€😀\x7f"
	instance.Handle(func(context.Context, engine.Request) engine.Reply { return engine.Reply{} })(t.Context(), engine.Request{Session: session})
	if err := instance.Close(); err != nil {
		t.Fatal(err)
	}
	for _, a := range c.spans(t)[0].Attributes {
		if a.Key == "ussd.session" && a.Value["stringValue"] != session {
			t.Errorf("the session reads %q, want %q", a.Value["stringValue"], session)
		}
	}
}

// What happens outside of a traced call has no span, except for messages: each is a trace
// of its own.
func TestOutsideOfACall(t *testing.T) {
	c := collect(t)
	instance := c.tracing(1, nil)
	_, _ = instance.Actions(acts{}).Act(t.Context(), engine.Call{Action: "pay"}, nil)
	_, _ = instance.Sessions(records{}).Load(t.Context(), "s")
	_, _ = instance.Backend(asks{}).Ask(t.Context(), backend.Request{Contract: &engine.Contract{Name: "pay"}})
	_ = instance.Store(stores{}).Within(t.Context(), nil)
	for range 2 {
		_, _ = instance.Sender("at")(sends{}).Send(t.Context(), sms.Message{To: "254711000111", Text: "Hello"})
	}
	if err := instance.Close(); err != nil {
		t.Fatal(err)
	}
	spans := c.spans(t)
	if len(spans) != 2 || spans[0].Name != "send SMS" || spans[0].TraceID == spans[1].TraceID || spans[0].ParentSpanID != "" {
		t.Errorf("the spans are %+v", spans)
	}
	if strings.Contains(c.bodies[0], "254711000111") || strings.Contains(c.bodies[0], "Hello") {
		t.Errorf("the traces have what was sent: %s", c.bodies[0])
	}
}

type records struct{ runner.Sessions }

func (records) Load(context.Context, string) ([]byte, error) { return nil, nil }

type asks struct{}

func (asks) Ask(context.Context, backend.Request) (engine.Outcome, error) {
	return engine.Outcome{}, nil
}

type stores struct{ store.Store }

func (stores) Within(context.Context, func(context.Context, store.Tx) error) error { return nil }

type sends struct{ sms.Sender }

func (sends) Send(context.Context, sms.Message) (sms.Receipt, error) { return sms.Receipt{}, nil }

// BenchmarkHandle measures what traces cost a callback: of a call that is not traced, and of
// one that is, sending included.
func BenchmarkHandle(b *testing.B) {
	c := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }))
	defer c.Close()
	for name, share := range map[string]float64{"untraced": 0, "traced": 1} {
		b.Run(name, func(b *testing.B) {
			instance := (&collector{Server: c}).tracing(share, nil)
			handle := instance.Handle(func(context.Context, engine.Request) engine.Reply { return engine.Reply{Screen: "start"} })
			req := engine.Request{Provider: "africastalking", Session: "ATUid_1c1e09269ff2b366033529d495e083e5", Caller: "254711000111", Network: "63902"}
			b.ReportAllocs()
			for b.Loop() {
				handle(instance.Begin(context.Background(), req.Provider, req.Session), req)
			}
			_ = instance.Close()
		})
	}
}
