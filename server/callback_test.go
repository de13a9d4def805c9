package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/gateway"
	"github.com/paytrace/paytrace/gateway/africastalking"
)

func itoa(n int) string { return strconv.Itoa(n) }

func TestCallback(t *testing.T) {
	s := newTest(t, nil)
	for _, test := range []struct {
		name, body string
		want       string
	}{
		{"first", text(""), "CON 254711223344 "},
		{"next", text("1*2"), "CON 254711223344 1*2"},
		{"last", text("1*0"), "END 254711223344 1*0"},
		{"from Uganda", form(map[string]string{"phoneNumber": "+256772123456"}), "CON 256772123456 "},
	} {
		got := ask(t, s, post("/ussd", test.body))
		if want := (answer{200, plain, test.want}); got != want {
			t.Errorf("%s: %+v, want %+v", test.name, got, want)
		}
	}
}

// TestHostileBodies checks that a malformed body gets one sentence and never
// reaches the engine.
func TestHostileBodies(t *testing.T) {
	asked := false
	s := newTest(t, func(c *Config) {
		c.Handle = func(context.Context, engine.Request) engine.Reply { asked = true; return engine.Reply{} }
	})
	addr := start(t, s)
	without := func(field string) string {
		return strings.ReplaceAll("&"+text("7391"), "&"+field+"=", "&x=")[1:]
	}
	for _, test := range []struct {
		name, body string
		status     int
		says       string
	}{
		{"empty", "", 400, "sessionId is missing"},
		{"no session", without("sessionId"), 400, "sessionId is missing"},
		{"no phone", without("phoneNumber"), 400, "phoneNumber is missing"},
		{"no service", without("serviceCode"), 400, "serviceCode is missing"},
		{"no text", without("text"), 400, "text is missing"},
		{"session twice", text("7391") + "&sessionId=b", 400, "sessionId comes twice"},
		{"invalid UTF-8", form(map[string]string{"networkCode": "7391\xff"}), 400, "UTF-8"},
		{"NUL", form(map[string]string{"serviceCode": "*7391\x00#"}), 400, "UTF-8 text"},
		{"thousands of fields", text("7391") + strings.Repeat("&a=1", 1500), 400, "twice"},
		{"thousands of new fields", text("7391") + many(900), 400, "more than 16 fields"},
		{"over 60 KB", text("7391") + "&x=" + strings.Repeat("y", gateway.MaxBody), 413, "61440 bytes"},
		{"1 MB", strings.Repeat("7391", 1<<18), 413, "61440 bytes"},
		{"JSON", `{"sessionId":"1"}`, 400, "sessionId is missing"},
		{"XML", "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", 400, "missing"},
	} {
		t.Run(test.name, func(t *testing.T) {
			raw := "POST /ussd HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n" + length(test.body)
			answers := exchange(t, addr, raw, 1)
			if len(answers) != 1 {
				t.Fatal("no answer")
			}
			got := answers[0]
			if got.status != test.status || got.contentType != plain || !strings.Contains(got.body, test.says) {
				t.Errorf("%+v, want %d and %q", got, test.status, test.says)
			}
			if strings.Contains(got.body, "7391") || strings.Contains(got.body, "\n") || strings.Count(got.body, ". ") > 0 {
				t.Errorf("not one clean sentence: %q", got.body)
			}
		})
	}
	if asked {
		t.Error("the engine was asked")
	}
}

// Nothing that a caller types is answered with an error of HTTP: the call ends with a
// text, and the log has a warning that does not repeat it.
func TestTooMuchIsTyped(t *testing.T) {
	const long, unreadable = "END Your answers are too long. Please dial again.", "END Your answer can't be read. Please dial again."
	for name, c := range map[string]struct {
		field, typed, want string
	}{
		"many inputs":            {"text", "7391" + strings.Repeat("*1", 64), long},
		"a long input":           {"text", strings.Repeat("7391", 41), long},
		"many bytes":             {"text", strings.Repeat(strings.Repeat("ሰ", 150)+"*", 40), long},
		"a long deep dial":       {"serviceCode", "*384*" + strings.Repeat("7391*", 40) + "#", long},
		"a control":              {"text", "7391\x1b[2J", unreadable},
		"NUL":                    {"text", "7391\x00", unreadable},
		"letters in a deep dial": {"serviceCode", "*384*ሰላም#", unreadable},
		"bytes of no text":       {"text", "7391\xff", "CON 254711223344 7391ÿ"},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			s := newTest(t, func(c *Config) { c.Logger = slog.New(slog.NewJSONHandler(&log, nil)) })
			got := ask(t, s, post("/ussd", form(map[string]string{c.field: c.typed})))
			if got.status != 200 || got.body != c.want {
				t.Errorf("%+v", got)
			}
			if c.want[:3] == "END" && !strings.Contains(log.String(), `"level":"WARN"`) || strings.Contains(log.String(), "7391") && name != "a long deep dial" {
				t.Errorf("logged: %s", log.String())
			}
		})
	}
}

func many(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "&f%d=", i)
	}
	return b.String()
}

// TestCompressedBody checks that a body marked as compressed is not unpacked.
func TestCompressedBody(t *testing.T) {
	r := post("/ussd", "\x1f\x8b\x08\x00 not a form")
	r.Header.Set("Content-Encoding", "gzip")
	if got := ask(t, newTest(t, nil), r); got.status != 400 || got.contentType != plain {
		t.Errorf("%+v, want a refusal", got)
	}
}

func TestPanicIsAnswered(t *testing.T) {
	logger, out := logged()
	for _, cause := range []any{"typed 7391", errors.New("typed 7391"), struct{ PIN string }{"7391"}, nil} {
		s := newTest(t, func(c *Config) {
			c.Logger = logger
			c.Handle = func(_ context.Context, r engine.Request) engine.Reply {
				if cause == nil {
					return engine.Reply{Text: string([]byte(nil)[len(r.Text)])}
				}
				panic(cause)
			}
		})
		got := ask(t, s, post("/ussd", text("1*7391")))
		if want := (answer{200, plain, "END " + engine.BuiltinBusy.In("en")}); got != want {
			t.Errorf("panic of a %T: %+v, want %+v", cause, got, want)
		}
	}
	for _, want := range []string{"a value of type string", "index out of range", "server.TestPanicIsAnswered"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the log does not say %q:\n%s", want, out)
		}
	}
	if strings.Contains(out.String(), "7391") {
		t.Errorf("the log shows what was typed:\n%s", out)
	}
}

func TestBusyTextFits(t *testing.T) {
	if len(engine.BuiltinBusy.In("en")) > 156 {
		t.Errorf("%d characters", len(engine.BuiltinBusy.In("en")))
	}
}

func TestBudget(t *testing.T) {
	var left time.Duration
	s := newTest(t, func(c *Config) {
		c.Handle = func(ctx context.Context, _ engine.Request) engine.Reply {
			deadline, ok := ctx.Deadline()
			if !ok {
				t.Error("no deadline")
			}
			left = time.Until(deadline)
			return engine.Reply{}
		}
	})
	ask(t, s, post("/ussd", text("")))
	if left <= 0 || left > Budget {
		t.Errorf("%v left, want at most %v", left, Budget)
	}
}

// TestMemoryIsNotShared checks that the engine gets copies: the library reuses a
// request's memory for the next request on the connection.
func TestMemoryIsNotShared(t *testing.T) {
	var got []engine.Request
	var mu sync.Mutex
	s := newTest(t, func(c *Config) {
		c.Handle = func(_ context.Context, r engine.Request) engine.Reply {
			mu.Lock()
			defer mu.Unlock()
			got = append(got, r)
			return engine.Reply{}
		}
	})
	addr := start(t, s)
	var raw strings.Builder
	var want []engine.Request
	for i := range 50 {
		r := engine.Request{
			Provider: "africastalking", Session: fmt.Sprintf("ATUid_%d", i), Caller: fmt.Sprintf("2547112233%02d", i),
			Service: "*384*8481#", Network: "63902", Text: strings.Repeat("1*", i),
		}
		want = append(want, r)
		raw.WriteString("POST /ussd HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n")
		raw.WriteString(length(form(map[string]string{"sessionId": r.Session, "phoneNumber": "+" + r.Caller, "text": r.Text})))
	}
	if n := len(exchange(t, addr, raw.String(), len(want))); n != len(want) {
		t.Fatalf("%d answers, want %d", n, len(want))
	}
	mu.Lock()
	defer mu.Unlock()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

const event = "durationInMillis=192&phoneNumber=%2B254711223344&errorMessage=lost+https%3A%2F%2Fx%2Fussd%2Fsecret-secret-secret&" +
	"serviceCode=%2A384%2A8481%23&lastAppResponse=CON+PIN%0A1.+7391&hopsCount=1&status=Incomplete&sessionId=ATUid_1&input=1%2A7391"

func TestEvents(t *testing.T) {
	logger, out := logged()
	s := newTest(t, func(c *Config) {
		c.Logger, c.PathSecret, c.PathSecretOld = logger, "another-secret-of-now", []string{"secret-secret-secret"}
	})
	for path, want := range map[string]answer{
		"/ussd/secret-secret-secret/events": {200, plain, "OK"},
		"/ussd/secret-secret-secret":        {200, plain, "END Session ended."},
		"/ussd/events":                      {403, plain, ""},
		"/ussd/wrong/events":                {403, plain, ""},
	} {
		if got := ask(t, s, post(path, event)); got != want {
			t.Errorf("%s: %+v, want %+v", path, got, want)
		}
	}
	got := ask(t, s, post("/ussd/secret-secret-secret/events", "status=Success"))
	if want := (answer{400, plain, "The field sessionId is missing."}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if lines := strings.Count(out.String(), `"msg":"session ended"`); lines != 2 {
		t.Errorf("%d lines, want 2:\n%s", lines, out)
	}
	for _, hidden := range []string{"7391", "254711223344", "secret-secret-secret"} {
		if strings.Contains(out.String(), hidden) {
			t.Errorf("the log shows %s:\n%s", hidden, out)
		}
	}
	if !strings.Contains(out.String(), `"caller":"254711****44"`) || !strings.Contains(out.String(), `ussd/…"`) {
		t.Errorf("the log lacks the masked caller or the redacted error:\n%s", out)
	}
}

// noEvents is a codec without events.
type noEvents struct{ gateway.Codec }

func TestEventsOfAGatewayWithoutEvents(t *testing.T) {
	s := newTest(t, func(c *Config) { c.Codec = noEvents{africastalking.Codec{}} })
	for _, path := range []string{"/ussd", "/ussd/events"} {
		if got := ask(t, s, post(path, event)); got.status != http.StatusBadRequest {
			t.Errorf("%s: %+v, want 400", path, got)
		}
	}
}

func TestCallbackLine(t *testing.T) {
	logger, out := logged()
	now := time.Unix(0, 0)
	s := newTest(t, func(c *Config) {
		c.Logger = logger
		c.Now = func() time.Time { now = now.Add(3 * time.Millisecond); return now }
	})
	ask(t, s, post("/ussd", text("1*7391")))
	_, line, _ := strings.Cut(out.String(), `"level"`)
	want := `:"INFO","msg":"callback","provider":"africastalking","session":"ATUid_1","caller":"254711****44",` +
		`"service":"*384*…","screen":"echo","end":false,"took_ms":3,"program":"0123456789ab"}` + "\n"
	if line != want {
		t.Errorf("line (-want +got):\n%s", cmp.Diff(want, line))
	}

	out.Reset()
	s.config.Handle = func(context.Context, engine.Request) engine.Reply {
		return engine.Reply{End: true, Fault: errors.New("the store is away")}
	}
	ask(t, s, post("/ussd", text("1*7391")))
	if l := out.String(); !strings.Contains(l, `"ERROR"`) || !strings.Contains(l, `"fault":"the store is away"`) {
		t.Errorf("the fault is not logged: %s", l)
	}

	out.Reset()
	ask(t, s, post("/ussd", "text=7391"))
	if l := out.String(); !strings.Contains(l, `"callback refused"`) || strings.Contains(l, "7391") {
		t.Errorf("the refusal is not logged, or the line shows what was typed: %s", l)
	}
}
