package server

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/gateway"
	"github.com/paytrace/paytrace/internal/fuzz"
)

const (
	typed = "Content-Type: application/x-www-form-urlencoded\r\n"
	// smuggled is a second request hidden in the body of a first one.
	smuggled = "POST /ussd HTTP/1.1\r\nHost: x\r\n" + typed + "Connection: close\r\nContent-Length: 0\r\n\r\n"
)

// wireCases lists requests that are malformed HTTP, or that two readers may read
// differently. alone says whether the library accepts the request without the wire.
var wireCases = []struct {
	name, raw string
	status    int
	says      string
	alone     bool
}{
	{"well-formed", callbackHead + length(text("1")), 200, "CON ", true},
	{"an empty line before it", "\r\n" + callbackHead + length(text("1")), 400, "request line is empty", true},
	{"HTTP/1.0", "POST /ussd HTTP/1.0\r\n" + typed + length(text("1")), 200, "CON ", true},
	{"HTTP/1.0 with an invalid Host", "POST /ussd HTTP/1.0\r\nHost: a/b\r\n" + typed + length(text("1")), 400, "no host", false},

	{"no protocol", "POST /ussd\r\nHost: x\r\n" + typed + length(text("1")), 400, "protocol", true},
	{"other protocol", "POST /ussd HTTP/9.9\r\nHost: x\r\n" + typed + length(text("1")), 400, "protocol", true},
	{"HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "protocol", false},
	{"request line with a bare LF", "POST /ussd HTTP/1.1\nHost: x\r\n" + typed + length(text("1")), 400, "CR LF", true},
	{"request line with two spaces", "POST  /ussd HTTP/1.1\r\nHost: x\r\n" + typed + length(text("1")), 400, "", false},
	{"request line with a tab", "POST\t/ussd HTTP/1.1\r\nHost: x\r\n" + typed + length(text("1")), 400, "method", false},
	{"path with a space", "POST /ussd a HTTP/1.1\r\nHost: x\r\n" + typed + length(text("1")), 400, "path", false},
	{"path with bytes over ASCII", "POST /ussd?\xff HTTP/1.1\r\nHost: x\r\n" + typed + length(text("1")), 400, "path", true},
	{"path with a fragment", "POST /ussd#a HTTP/1.1\r\nHost: x\r\n" + typed + length(text("1")), 400, "#", true},
	{"absolute target", "POST http://x/ussd HTTP/1.1\r\nHost: x\r\n" + typed + length(text("1")), 400, "slash", true},
	{"authority target", "CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n", 400, "slash", false},
	{"asterisk target", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", 400, "slash", false},
	{"target without a slash", "POST ussd HTTP/1.1\r\nHost: x\r\n" + typed + length(text("1")), 400, "slash", false},
	{"odd method", "PO(ST /ussd HTTP/1.1\r\nHost: x\r\n" + typed + length(text("1")), 400, "method", false},
	{"unknown method", "BREW /ussd HTTP/1.1\r\nHost: x\r\n" + typed + length(text("1")), 501, "method", false},
	{"method in small letters", "post /ussd HTTP/1.1\r\nHost: x\r\n" + typed + length(text("1")), 501, "method", false},

	{"no Host", "POST /ussd HTTP/1.1\r\n" + typed + length(text("1")), 400, "Host header is missing", true},
	{"empty Host", "POST /ussd HTTP/1.1\r\nHost:\r\n" + typed + length(text("1")), 400, "no host", true},
	{"Host with a path", "POST /ussd HTTP/1.1\r\nHost: x/y\r\n" + typed + length(text("1")), 400, "no host", false},
	{"Host with a user", "POST /ussd HTTP/1.1\r\nHost: a@x\r\n" + typed + length(text("1")), 400, "no host", true},
	{"Host with a space", "POST /ussd HTTP/1.1\r\nHost: x y\r\n" + typed + length(text("1")), 400, "no host", false},
	{"Host list", "POST /ussd HTTP/1.1\r\nHost: x,y\r\n" + typed + length(text("1")), 400, "no host", true},
	{"Host with a wrong port", "POST /ussd HTTP/1.1\r\nHost: x:70000\r\n" + typed + length(text("1")), 400, "no host", true},
	{"Host with a broken address", "POST /ussd HTTP/1.1\r\nHost: [::1\r\n" + typed + length(text("1")), 400, "no host", false},
	{"Host with an address", "POST /ussd HTTP/1.1\r\nHost: [::1]:5000\r\n" + typed + length(text("1")), 200, "CON ", true},
	{"Host twice", "POST /ussd HTTP/1.1\r\nHost: x\r\nHost: y\r\n" + typed + length(text("1")), 400, "Host comes twice", true},

	{"unknown expectation", callbackHead + "Expect: 200-ok\r\n" + length(text("1")), 417, "Expect", true},
	{"two expectations", callbackHead + "Expect: 100-continue, x\r\n" + length(text("1")), 417, "Expect", true},
	{"empty expectation", callbackHead + "Expect:\r\n" + length(text("1")), 417, "Expect", true},

	{"chunks alone", callbackHead + "Transfer-Encoding: chunked\r\n\r\n" + chunk(text("1")) + "0\r\n\r\n", 200, "CON ", true},
	{
		"Transfer-Encoding and Content-Length", callbackHead +
			"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(text("1")) + "0\r\n\r\n",
		400, "Transfer-Encoding and Content-Length", true,
	},
	{
		"Content-Length and Transfer-Encoding", callbackHead +
			"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n" + chunk(text("1")) + "0\r\n\r\n",
		400, "Transfer-Encoding and Content-Length", true,
	},
	{
		"Transfer-Encoding twice", callbackHead +
			"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n" + chunk(text("1")) + "0\r\n\r\n",
		400, "Transfer-Encoding comes twice", true,
	},
	{"unknown Transfer-Encoding", callbackHead + "Transfer-Encoding: xchunked\r\n\r\n" + chunk(text("1")) + "0\r\n\r\n", 501, "not chunked", true},
	{"two codings", callbackHead + "Transfer-Encoding: gzip, chunked\r\n\r\n" + chunk(text("1")) + "0\r\n\r\n", 501, "not chunked", true},
	{"identity", callbackHead + "Transfer-Encoding: identity\r\n" + length(text("1")), 501, "not chunked", true},
	{
		"chunks in HTTP/1.0", "POST /ussd HTTP/1.0\r\n" + typed + "Transfer-Encoding: chunked\r\n\r\n" + chunk(text("1")) + "0\r\n\r\n",
		400, "HTTP/1.1", true,
	},
	{"chunk extension", callbackHead + "Transfer-Encoding: chunked\r\n\r\n1;a=b\r\nt\r\n0\r\n\r\n", 400, "", true},
	{"chunk trailer", callbackHead + "Transfer-Encoding: chunked\r\n\r\n" + chunk(text("1")) + "0\r\nX-A: y\r\n\r\n", 400, "", true},
	{"chunk with bare LF", callbackHead + "Transfer-Encoding: chunked\r\n\r\n1\nt\n0\n\n", 400, "", false},
	{"chunk that is too long", callbackHead + "Transfer-Encoding: chunked\r\n\r\n1\r\ntt\r\n0\r\n\r\n", 400, "", false},
	{"chunk size with a sign", callbackHead + "Transfer-Encoding: chunked\r\n\r\n+1\r\nt\r\n0\r\n\r\n", 400, "", false},
	{"chunk size that overflows", callbackHead + "Transfer-Encoding: chunked\r\n\r\n10000000000000001\r\nt\r\n0\r\n\r\n", 400, "", false},
	{"broken chunk", callbackHead + "Transfer-Encoding: chunked\r\n\r\nZZ\r\n", 400, "", false},
	{"chunks over 60 KB", callbackHead + "Transfer-Encoding: chunked\r\n\r\n" + chunk(strings.Repeat("a", gateway.MaxBody+1)) + "0\r\n\r\n", 413, "61440", false},

	{"Content-Length twice", callbackHead + "Content-Length: 1\r\n" + length(text("1")), 400, "Content-Length comes twice", true},
	{
		"Content-Length twice, the same", callbackHead + "Content-Length: " + itoa(len(text("1"))) + "\r\n" + length(text("1")),
		400, "Content-Length comes twice", true,
	},
	{"Content-Length list", callbackHead + "Content-Length: 1, 1\r\n\r\na", 400, "no whole number", false},
	{"Content-Length with a sign", callbackHead + "Content-Length: +1\r\n\r\na", 400, "no whole number", false},
	{"Content-Length negative", callbackHead + "Content-Length: -1\r\n\r\na", 400, "no whole number", false},
	{"Content-Length empty", callbackHead + "Content-Length:\r\n\r\na", 400, "no whole number", false},
	{"Content-Length over all numbers", callbackHead + "Content-Length: 99999999999999999999\r\n\r\na", 400, "no whole number", false},
	{"Content-Length over 60 KB", callbackHead + "Content-Length: 61441\r\n\r\na", 413, "61440", false},

	{"folded header", callbackHead + "X-Long: a\r\n b\r\n" + length(text("1")), 400, "folded", true},
	{"folded with a tab", callbackHead + "X-Long: a\r\n\tb\r\n" + length(text("1")), 400, "folded", true},
	{"folded first header", "POST /ussd HTTP/1.1\r\n Host: x\r\n" + typed + length(text("1")), 400, "folded", false},
	{"folded Transfer-Encoding", callbackHead + "Transfer-Encoding:\r\n chunked\r\n" + length(chunk(text("1"))+"0\r\n\r\n"), 501, "not chunked", true},
	{"bare LF", "POST /ussd HTTP/1.1\r\nHost: x\nX-A: b\r\n" + typed + length(text("1")), 400, "CR LF", true},
	{"bare LF at the end", callbackHead + "Content-Length: " + itoa(len(text("1"))) + "\r\n\n" + text("1"), 400, "CR LF", true},
	{"bare CR", callbackHead + "X-A: a\rb\r\n" + length(text("1")), 400, "control character", true},
	{"NUL in a header", callbackHead + "X-A: a\x00b\r\n" + length(text("1")), 400, "control character", true},
	{"Authorization twice", callbackHead + "Authorization: Bearer a\r\nauthorization: Bearer b\r\n" + length(text("1")), 400, "Authorization comes twice", true},
	{"Content-Type twice", callbackHead + "Content-Type: text/html\r\n" + length(text("1")), 400, "Content-Type comes twice", true},
	{"space before the colon", callbackHead + "X-A : b\r\n" + length(text("1")), 400, "no name", false},
	{"odd header name", callbackHead + "X-{A}: b\r\n" + length(text("1")), 400, "no name", true},
	{"no header name", callbackHead + ": b\r\n" + length(text("1")), 400, "no name", true},
	{"no colon", callbackHead + "nonsense\r\n" + length(text("1")), 400, "no name", false},
	{"headers over 8 KB", callbackHead + "X-A: " + strings.Repeat("b", 9000) + "\r\n\r\n", 431, "headers", false},
	{"request line over 8 KB", "POST /ussd?" + strings.Repeat("b", 9000) + " HTTP/1.1\r\n\r\n", 431, "headers", false},
	{"TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400, "", false},
}

// callbackHead begins a callback whose length is still to be said.
const callbackHead = "POST /ussd HTTP/1.1\r\nHost: x\r\n" + typed

func chunk(s string) string {
	const hex = "0123456789abcdef"
	n := len(s)
	return string([]byte{hex[n>>12&15], hex[n>>8&15], hex[n>>4&15], hex[n&15]}) + "\r\n" + s + "\r\n"
}

// TestWire checks that a refused request gets one answer in the form of its route,
// that no handler sees it, and that the connection is then closed: nothing after the
// request is read as another one. A request before it changes nothing.
func TestWire(t *testing.T) {
	var handled atomic.Int64
	addr := start(t, newTest(t, func(c *Config) {
		c.Handle = func(ctx context.Context, r engine.Request) engine.Reply {
			handled.Add(1)
			return echo(ctx, r)
		}
	}))
	for _, test := range wireCases {
		t.Run(test.name, func(t *testing.T) {
			for before, raw := range []string{test.raw, callbackHead + length(text("1")) + test.raw} {
				handled.Store(0)
				answers := exchange(t, addr, raw+smuggled, 3+before)
				if len(answers) <= before {
					t.Fatalf("no answer after %d requests", before)
				}
				got := answers[before]
				if got.status != test.status || !strings.Contains(got.body, test.says) {
					t.Errorf("%+v, want %d and %q", got, test.status, test.says)
				}
				if test.status == http.StatusOK {
					continue
				}
				if len(answers) > before+1 {
					t.Errorf("the connection stayed open: %+v", answers[before+1:])
				}
				if n := handled.Load(); n != int64(before) {
					t.Errorf("%d callbacks were handled, want %d", n, before)
				}
				if ours := pathOf([]byte(test.raw)) == "/ussd"; ours != (got.contentType == plain) {
					t.Errorf("the answer has the type %s", got.contentType)
				}
			}
		})
	}
}

// TestBodyWithoutItsEnd checks that a body that the sender breaks off is handled by
// nobody, wherever it ends.
func TestBodyWithoutItsEnd(t *testing.T) {
	s := newTest(t, func(c *Config) {
		c.Handle = func(context.Context, engine.Request) engine.Reply {
			t.Error("a callback without its end is handled")
			return engine.Reply{Text: "handled"}
		}
	})
	addr := start(t, s)
	whole := map[string]string{
		"chunks":    callbackHead + "Transfer-Encoding: chunked\r\n\r\n" + chunk(text("1")) + "0\r\n\r\n",
		"one piece": callbackHead + length(text("1")),
	}
	for name, raw := range whole {
		body := strings.Index(raw, "\r\n\r\n") + 4
		for end := 1; end < len(raw); end++ {
			got := exchangeHalf(t, addr, raw[:end])
			if len(got) != 1 || got[0].status != http.StatusBadRequest {
				t.Fatalf("%s, %d bytes, the body begins at %d: %+v, want one 400", name, end, body, got)
			}
		}
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
		answers := exchangeHalf(t, ln.Addr().String(), test.raw)
		if taken := len(answers) > 0 && answers[0].body == "taken"; taken != test.alone {
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

// TestContinue checks that a client that waits for "100 Continue" gets it only after
// its key and the length of its body were found right.
func TestContinue(t *testing.T) {
	var asked []string
	created := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if r.Header.Get("Authorization") != "Bearer right" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		io.WriteString(w, "made "+string(body))
	})
	addr := start(t, newTest(t, func(c *Config) {
		c.APIKey, c.PathSecret = []string{"key"}, "secret-secret-secret"
		c.Routes = []Route{{Method: "POST", Path: "/api/{kind}/new", Handler: created, Knows: func(authorization string) bool {
			asked = append(asked, authorization)
			return authorization == "Bearer right"
		}}}
	}))
	size := "Content-Length: " + itoa(len(text("1"))) + "\r\n"
	for _, test := range []struct {
		name, line, headers string
		status              int
		then                string
	}{
		{"right key", "POST /ussd HTTP/1.1", "Authorization: Bearer key\r\n" + size, 100, "CON "},
		{"right key, chunks", "POST /ussd HTTP/1.1", "Authorization: Bearer key\r\nTransfer-Encoding: chunked\r\n", 100, ""},
		{"wrong key", "POST /ussd HTTP/1.1", "Authorization: Bearer other\r\n" + size, 403, ""},
		{"wrong key, chunks", "POST /ussd HTTP/1.1", "Transfer-Encoding: chunked\r\n", 403, ""},
		{"no key for an event", "POST /ussd/events HTTP/1.1", size, 403, ""},
		{"no key for a report", "POST /sms/delivery HTTP/1.1", size, 403, ""},
		{"right secret", "POST /ussd/secret-secret-secret HTTP/1.1", size, 100, "CON "},
		{"wrong secret", "POST /ussd/another-secret-xyz HTTP/1.1", size, 403, ""},
		{"too long", "POST /ussd HTTP/1.1", "Authorization: Bearer key\r\nContent-Length: 61441\r\n", 413, "61440"},
		{"key of a route", "POST /api/account/new HTTP/1.1", "Authorization: Bearer right\r\n" + size, 100, "made networkCode"},
		{"no key of a route", "POST /api/account/new HTTP/1.1", "Authorization: Bearer wrong\r\n" + size, 401, ""},
		{"a client that does not know 100 Continue", "POST /ussd HTTP/1.0", "Authorization: Bearer key\r\n" + size, 0, "CON "},
	} {
		t.Run(test.name, func(t *testing.T) {
			head := test.line + "\r\nHost: x\r\nExpect: 100-continue\r\nConnection: keep-alive\r\n" + typed + test.headers + "\r\n"
			c := dial(t, addr)
			in := bufio.NewReader(c)
			if _, err := io.WriteString(c, head); err != nil {
				t.Fatal(err)
			}
			if test.status == http.StatusContinue {
				if line, err := in.ReadString('\n'); err != nil || line != "HTTP/1.1 100 Continue\r\n" {
					t.Fatalf("%q, %v", line, err)
				}
				if _, err := in.ReadString('\n'); err != nil {
					t.Fatal(err)
				}
			}
			if test.status < http.StatusOK {
				body := text("1")
				if strings.Contains(head, "chunked") {
					body = chunk(body) + "0\r\n\r\n"
				}
				if _, err := io.WriteString(c, body); err != nil {
					t.Fatal(err)
				}
			}
			resp, err := http.ReadResponse(in, nil)
			if err != nil {
				t.Fatal(err)
			}
			got, want := read(t, resp), test.status
			if want < http.StatusOK {
				want = http.StatusOK
			} else if !resp.Close {
				t.Error("the connection stays open, and the body may still come")
			}
			if got.status != want || !strings.Contains(got.body, test.then) {
				t.Errorf("%+v, want %d and %q", got, want, test.then)
			}
		})
	}
	if want := []string{"Bearer right", "Bearer wrong"}; !slices.Equal(asked, want) {
		t.Errorf("the route was asked about %q, want %q", asked, want)
	}
}

// FuzzHead checks that the wire handles every header, and that the library reads one
// that it accepts in the same way: with the same first line and the same length.
func FuzzHead(tf *testing.F) {
	f := fuzz.New(tf)
	for _, test := range wireCases {
		f.Add(test.raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		size, _, fault := headEnd([]byte(raw), 0)
		if size == 0 || fault != "" {
			return
		}
		ours, refused := readHead([]byte(raw)[:size])
		if refused != nil {
			if refused.status < 400 || refused.detail == "" {
				t.Errorf("refused with %+v", refused)
			}
			return
		}
		var theirs fasthttp.RequestHeader
		in := bufio.NewReaderSize(strings.NewReader(raw), headerLimit)
		if err := theirs.Read(in); err != nil {
			if size <= headerLimit {
				t.Errorf("the library refuses %q: %v", raw[:size], err)
			}
			return
		}
		length := ours.length
		if ours.chunked {
			length = -1
		} else if theirs.ContentLength() == -2 {
			length = -2 // no Content-Length, which is a length of 0
		}
		if string(theirs.Method()) != string(ours.method) || string(theirs.RequestURI()) != string(ours.target) ||
			theirs.IsHTTP11() != ours.http11 || int64(theirs.ContentLength()) != length {
			t.Errorf("%q: the library reads %s %s and %d bytes", raw[:size], theirs.Method(), theirs.RequestURI(), theirs.ContentLength())
		}
		if strings.Contains(strings.ToLower(raw[:size]), "\n ") || strings.Contains(raw[:size], "\x00") {
			t.Errorf("accepted: %q", raw)
		}
	})
}

// FuzzWire checks that the bytes that pass the wire do not depend on the pieces in
// which they come, and that the wire ends. Before an error more of them may pass.
func FuzzWire(tf *testing.F) {
	f := fuzz.New(tf)
	for _, test := range wireCases {
		f.Add(test.raw+smuggled, 7)
	}
	f.Fuzz(func(t *testing.T, raw string, size int) {
		if size < 1 || len(raw) > 4*headerLimit {
			return
		}
		whole, wholeErr := passed(strings.NewReader(raw))
		pieces, piecesErr := passed(&inPieces{raw, size})
		if same := whole == pieces || wholeErr != nil && strings.HasPrefix(pieces, whole); !same || (wholeErr == nil) != (piecesErr == nil) {
			t.Errorf("%q passes as %q, %v, and in pieces of %d as %q, %v", raw, whole, wholeErr, size, pieces, piecesErr)
		}
	})
}

// passed returns what passes the wire.
func passed(in io.Reader) (string, error) {
	w := wire{in: in, deadline: func(time.Time) error { return nil }, rules: wireRules{
		limit:   func([]byte) int64 { return gateway.MaxBody },
		welcome: func(head) bool { return false },
		now:     func() time.Time { return time.Unix(0, 0) },
	}}
	all, err := io.ReadAll(&w)
	return string(all), err
}

// inPieces reads a text in pieces of a size.
type inPieces struct {
	text string
	size int
}

func (r *inPieces) Read(p []byte) (int, error) {
	if r.text == "" {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), r.size)], r.text)
	r.text = r.text[n:]
	return n, nil
}
