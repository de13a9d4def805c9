package server

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/gateway"
)

const (
	typed = "Content-Type: application/x-www-form-urlencoded\r\n"
	// smuggled is a second request hidden in the body of a first one.
	smuggled = "POST /ussd HTTP/1.1\r\nHost: x\r\n" + typed + "Connection: close\r\nContent-Length: 0\r\n\r\n"
)

// wireCases lists requests that are malformed HTTP, or that two readers may read
// differently. alone says whether Fiber accepts the request without the guard.
var wireCases = []struct {
	name, raw string
	status    int
	says      string
	alone     bool
}{
	{"well-formed", "POST /ussd HTTP/1.1\r\nHost: x\r\n" + typed + length(text("1")), 200, "CON ", true},
	{"HTTP/1.0", "POST /ussd HTTP/1.0\r\n" + typed + length(text("1")), 200, "CON ", true},
	{
		"chunks alone", "POST /ussd HTTP/1.1\r\nHost: x\r\n" + typed + "Transfer-Encoding: chunked\r\n\r\n" + chunk(text("1")) + "0\r\n\r\n",
		200, "CON ", true,
	},
	{
		"Transfer-Encoding and Content-Length", "POST /ussd HTTP/1.1\r\nHost: x\r\n" + typed +
			"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(text("1")) + "0\r\n\r\n",
		400, "Transfer-Encoding and Content-Length", true,
	},
	{
		"Content-Length and Transfer-Encoding", "POST /ussd HTTP/1.1\r\nHost: x\r\n" + typed +
			"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n" + chunk(text("1")) + "0\r\n\r\n",
		400, "Transfer-Encoding and Content-Length", true,
	},
	{
		"Transfer-Encoding twice", "POST /ussd HTTP/1.1\r\nHost: x\r\n" + typed +
			"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n" + chunk(text("1")) + "0\r\n\r\n",
		400, "Transfer-Encoding comes twice", true,
	},
	{
		"unknown Transfer-Encoding", "POST /ussd HTTP/1.1\r\nHost: x\r\n" + typed +
			"Transfer-Encoding: xchunked\r\n\r\n" + chunk(text("1")) + "0\r\n\r\n",
		400, "not chunked", true,
	},
	{
		"identity", "POST /ussd HTTP/1.1\r\nHost: x\r\n" + typed + "Transfer-Encoding: identity\r\n" + length(text("1")),
		400, "not chunked", true,
	},
	{
		"chunks in HTTP/1.0", "POST /ussd HTTP/1.0\r\n" + typed + "Transfer-Encoding: chunked\r\n\r\n" + chunk(text("1")) + "0\r\n\r\n",
		400, "HTTP/1.1", true,
	},
	{
		"Content-Length twice", "POST /ussd HTTP/1.1\r\nHost: x\r\n" + typed + "Content-Length: 1\r\n" + length(text("1")),
		400, "Content-Length comes twice", true,
	},
	{
		"Content-Length twice, the same", "POST /ussd HTTP/1.1\r\nHost: x\r\n" + typed + "Content-Length: " +
			itoa(len(text("1"))) + "\r\n" + length(text("1")),
		400, "Content-Length comes twice", true,
	},
	{"Content-Length list", "POST /ussd HTTP/1.1\r\nHost: x\r\n" + typed + "Content-Length: 1, 1\r\n\r\na", 400, "not well-formed", false},
	{"Content-Length with a sign", "POST /ussd HTTP/1.1\r\nHost: x\r\n" + typed + "Content-Length: +1\r\n\r\na", 400, "not well-formed", false},
	{"Content-Length negative", "POST /ussd HTTP/1.1\r\nHost: x\r\n" + typed + "Content-Length: -1\r\n\r\na", 400, "not well-formed", false},
	{
		"folded header", "POST /ussd HTTP/1.1\r\nHost: x\r\nX-Long: a\r\n b\r\n" + typed + length(text("1")),
		400, "folded", true,
	},
	{
		"folded Transfer-Encoding", "POST /ussd HTTP/1.1\r\nHost: x\r\n" + typed + "Transfer-Encoding:\r\n chunked\r\n" +
			length(chunk(text("1"))+"0\r\n\r\n"),
		400, "not chunked", true,
	},
	{"bare LF", "POST /ussd HTTP/1.1\r\nHost: x\nX-A: b\r\n" + typed + length(text("1")), 400, "CR LF", true},
	{
		"bare LF at the end", "POST /ussd HTTP/1.1\r\nHost: x\r\n" + typed + "Content-Length: " + itoa(len(text("1"))) + "\r\n\n" + text("1"),
		400, "CR LF", true,
	},
	{"bare CR", "POST /ussd HTTP/1.1\r\nHost: x\r\nX-A: a\rb\r\n" + typed + length(text("1")), 400, "control character", true},
	{"NUL in a header", "POST /ussd HTTP/1.1\r\nHost: x\r\nX-A: a\x00b\r\n" + typed + length(text("1")), 400, "control character", true},
	{
		"Authorization twice", "POST /ussd HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\r\nauthorization: Bearer b\r\n" + typed + length(text("1")),
		400, "Authorization comes twice", true,
	},
	{
		"Content-Type twice", "POST /ussd HTTP/1.1\r\nHost: x\r\nContent-Type: text/html\r\n" + typed + length(text("1")),
		400, "Content-Type comes twice", true,
	},
	{"Host twice", "POST /ussd HTTP/1.1\r\nHost: x\r\nHost: y\r\n" + typed + length(text("1")), 400, "Host comes twice", true},
	{"no Host", "POST /ussd HTTP/1.1\r\n" + typed + length(text("1")), 400, "Host header is missing", true},
	{"space before the colon", "POST /ussd HTTP/1.1\r\nHost: x\r\nX-A : b\r\n" + typed + length(text("1")), 400, "not well-formed", false},
	{"odd header name", "POST /ussd HTTP/1.1\r\nHost: x\r\nX-{A}: b\r\n" + typed + length(text("1")), 400, "no name", true},
	{"no colon", "POST /ussd HTTP/1.1\r\nHost: x\r\nnonsense\r\n" + typed + length(text("1")), 400, "not well-formed", false},
	{"other protocol", "POST /ussd HTTP/9.9\r\nHost: x\r\n" + typed + length(text("1")), 400, "protocol", true},
	{"no protocol", "POST /ussd\r\nHost: x\r\n" + typed + length(text("1")), 200, "CON ", true},
	{"path with a space", "POST /ussd a HTTP/1.1\r\nHost: x\r\n" + typed + length(text("1")), 400, "path", false},
	{"path with bytes over ASCII", "POST /ussd?\xff HTTP/1.1\r\nHost: x\r\n" + typed + length(text("1")), 400, "path", true},
	{"odd method", "PO(ST /ussd HTTP/1.1\r\nHost: x\r\n" + typed + length(text("1")), 400, "method", false},
	{"headers over 8 KB", "POST /ussd HTTP/1.1\r\nHost: x\r\nX-A: " + strings.Repeat("b", 9000) + "\r\n\r\n", 431, "headers", false},
	{"no HTTP at all", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400, "", false},
	{"broken chunk", "POST /ussd HTTP/1.1\r\nHost: x\r\n" + typed + "Transfer-Encoding: chunked\r\n\r\nZZ\r\n", 400, "", false},
	{"chunks over 60 KB", "POST /ussd HTTP/1.1\r\nHost: x\r\n" + typed + "Transfer-Encoding: chunked\r\n\r\n" + chunk(strings.Repeat("a", gateway.MaxBody+1)) + "0\r\n\r\n", 413, "61440", false},
}

func chunk(s string) string {
	const hex = "0123456789abcdef"
	n := len(s)
	return string([]byte{hex[n>>12&15], hex[n>>8&15], hex[n>>4&15], hex[n&15]}) + "\r\n" + s + "\r\n"
}

// TestWire checks that a refused request gets one answer and that the connection
// is then closed: nothing after the request is read as another one.
func TestWire(t *testing.T) {
	addr := start(t, newTest(t, nil))
	for _, test := range wireCases {
		t.Run(test.name, func(t *testing.T) {
			answers := exchange(t, addr, test.raw+smuggled, 3)
			if len(answers) == 0 {
				t.Fatal("no answer")
			}
			got := answers[0]
			if got.status != test.status || !strings.Contains(got.body, test.says) {
				t.Errorf("%+v, want %d and %q", got, test.status, test.says)
			}
			if test.status != http.StatusOK && len(answers) > 1 {
				t.Errorf("the connection stayed open: %+v", answers[1:])
			}
		})
	}
}

// TestWireUnguarded shows which of the cases the library accepts without the
// guard. They are the guard's reason, and an upgrade that changes them is seen.
func TestWireUnguarded(t *testing.T) {
	app := fiber.New(fiber.Config{DisableStartupMessage: true, BodyLimit: 8 << 10, ReadBufferSize: headerLimit})
	app.Post("/ussd", func(c *fiber.Ctx) error { return c.SendString("taken") })
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- app.Listener(ln) }()
	for _, test := range wireCases {
		answers := exchange(t, ln.Addr().String(), test.raw, 1)
		if taken := len(answers) == 1 && answers[0].body == "taken"; taken != test.alone {
			t.Errorf("%s: taken is %v, want %v: %+v", test.name, taken, test.alone, answers)
		}
	}
	if err := app.Shutdown(); err != nil {
		t.Error(err)
	}
	<-served
}

// TestKeepAlive checks that two callbacks on one connection get two answers.
func TestKeepAlive(t *testing.T) {
	addr := start(t, newTest(t, nil))
	one := "POST /ussd HTTP/1.1\r\nHost: x\r\n" + typed + length(text("1"))
	if got := exchange(t, addr, one+one, 2); len(got) != 2 || got[1].body != "CON 254711223344 1" {
		t.Errorf("%+v", got)
	}
}

// TestSlowRequests checks that a slow request and a silent connection end within
// their limits.
func TestSlowRequests(t *testing.T) {
	short := defaultLimits
	short.read, short.idle = 50*time.Millisecond, 50*time.Millisecond
	addr := start(t, newLimited(t, nil, short))
	for name, raw := range map[string]string{
		"nothing":     "",
		"half a line": "POST /us",
		"no end":      "POST /ussd HTTP/1.1\r\nHost: x\r\n",
		"half a body": "POST /ussd HTTP/1.1\r\nHost: x\r\n" + typed + "Content-Length: 100\r\n\r\ntext=",
	} {
		began := time.Now()
		answers := exchange(t, addr, raw, 2)
		if len(answers) > 1 || len(answers) == 1 && answers[0].status != http.StatusRequestTimeout {
			t.Errorf("%s: %+v, want a 408 or nothing", name, answers)
		}
		if took := time.Since(began); took >= patience {
			t.Errorf("%s: the connection stayed open", name)
		}
	}
	began := time.Now()
	answers := exchange(t, addr, "POST /ussd HTTP/1.1\r\nHost: x\r\n"+typed+length(text("1")), 2)
	if len(answers) != 1 || time.Since(began) >= patience {
		t.Errorf("an idle connection stayed open: %+v", answers)
	}
}

// TestConnectionLimit checks that one connection above the limit gets a 503 at
// once, and that the others go on.
func TestConnectionLimit(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	few := defaultLimits
	few.conns = 1
	s := newLimited(t, func(c *Config) {
		c.Handle = func(context.Context, engine.Request) engine.Reply {
			close(entered)
			<-release
			return engine.Reply{Text: "answered"}
		}
	}, few)
	addr := start(t, s)
	one := "POST /ussd HTTP/1.1\r\nHost: x\r\n" + typed + length(text("1"))
	first := make(chan []answer, 1)
	go func() { first <- exchange(t, addr, one, 1) }()
	<-entered
	if got := exchange(t, addr, "", 1); len(got) != 1 || got[0].status != http.StatusServiceUnavailable {
		t.Errorf("over the limit: %+v, want a 503", got)
	}
	close(release)
	if got := <-first; len(got) != 1 || got[0].body != "CON answered" {
		t.Errorf("within the limit: %+v", got)
	}
}

// FuzzInspect checks that inspect handles whatever the library can read, and that
// every request it accepts has one length.
func FuzzInspect(f *testing.F) {
	for _, test := range wireCases {
		f.Add(test.raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		var h fasthttp.RequestHeader
		if h.Read(bufio.NewReader(strings.NewReader(raw))) != nil {
			return
		}
		fault, chunked := inspect(&h)
		if fault != "" {
			return
		}
		lower := strings.ToLower(string(h.RawHeaders()))
		if strings.Count("\n"+lower, "\ncontent-length:") > 1 || strings.Contains(lower, "\n ") || strings.Contains(lower, "\x00") {
			t.Errorf("accepted: %q", raw)
		}
		if chunked && strings.Contains("\n"+lower, "\ncontent-length:") {
			t.Errorf("accepted with two lengths: %q", raw)
		}
	})
}
