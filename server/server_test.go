package server

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/gateway/africastalking"
)

// patience bounds how long a test waits for an immediate answer.
const patience = 5 * time.Second

// echo shows the request as a screen; an input of 0 ends the call.
func echo(_ context.Context, r engine.Request) engine.Reply {
	return engine.Reply{
		Text: r.Caller + " " + r.Text, End: strings.HasSuffix(r.Text, "0"),
		Screen: "echo", Program: "0123456789abcdef0123",
	}
}

// newTest makes a server with echo as its handler; change may edit its Config.
func newTest(t testing.TB, change func(*Config)) *Server {
	t.Helper()
	return newLimited(t, change, defaultLimits)
}

func newLimited(t testing.TB, change func(*Config), limits limits) *Server {
	t.Helper()
	config := Config{Handle: echo, Codec: africastalking.Codec{}}
	if change != nil {
		change(&config)
	}
	s, err := newServer(config, limits)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// start serves s on a local port until the test ends, then checks that no
// goroutine is left.
func start(t *testing.T, s *Server) (addr string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(ln) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Errorf("Shutdown: %v", err)
		}
		if err := <-served; err != nil {
			t.Errorf("Serve: %v", err)
		}
		noLeak(t)
	})
	return ln.Addr().String()
}

func noLeak(t *testing.T) {
	t.Helper()
	http.DefaultClient.CloseIdleConnections()
	goleak.VerifyNone(t,
		// Runs once per process, for the Date header.
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"),
		// Checks every 10 s whether its pool was stopped.
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*workerPool).Start.func2"))
}

// form makes a callback's body with some fields replaced.
func form(fields map[string]string) string {
	values := url.Values{
		"sessionId": {"ATUid_1"}, "phoneNumber": {"+254711223344"}, "serviceCode": {"*384*8481#"},
		"networkCode": {"63902"}, "text": {""},
	}
	for name, value := range fields {
		values.Set(name, value)
	}
	return values.Encode()
}

func text(inputs string) string { return form(map[string]string{"text": inputs}) }

// post makes a request with a form body.
func post(path, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

// plain is the type of the answers to gateways.
const plain = "text/plain; charset=utf-8"

type answer struct {
	status      int
	contentType string
	body        string
}

// ask sends a request through the library's own parsing, without a network.
func ask(t testing.TB, s *Server, r *http.Request) answer {
	t.Helper()
	resp, err := s.app.Test(r, int(patience.Milliseconds()))
	if err != nil {
		t.Fatal(err)
	}
	return read(t, resp)
}

func read(t testing.TB, resp *http.Response) answer {
	t.Helper()
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header.Get("Content-Type"), string(body)}
}

// exchange writes raw bytes and returns the server's answers, at most want of
// them, until it closes the connection.
func exchange(t testing.TB, addr, raw string, want int) []answer {
	t.Helper()
	c := dial(t, addr)
	// A server that refuses closes before it has read everything; its answer
	// still arrives.
	_, _ = io.WriteString(c, raw)
	return answersOn(t, c, want)
}

// exchangeHalf is exchange for a client that sends no more, and says so.
func exchangeHalf(t testing.TB, addr, raw string) []answer {
	t.Helper()
	c := dial(t, addr)
	_, _ = io.WriteString(c, raw)
	// A server that refused the request may have closed the connection by now.
	if err := c.CloseWrite(); err != nil && !errors.Is(err, syscall.ENOTCONN) {
		t.Fatal(err)
	}
	return answersOn(t, c, 2)
}

// dial connects to the server until the test ends.
func dial(t testing.TB, addr string) *net.TCPConn {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	return c.(*net.TCPConn)
}

func answersOn(t testing.TB, c net.Conn, want int) []answer {
	t.Helper()
	defer c.Close()
	var answers []answer
	for in := bufio.NewReader(c); len(answers) < want; {
		resp, err := http.ReadResponse(in, nil)
		if err != nil {
			break
		}
		answers = append(answers, read(t, resp))
	}
	return answers
}

// logged returns a logger and the buffer it writes to.
func logged() (*slog.Logger, *lines) {
	out := &lines{}
	return slog.New(slog.NewJSONHandler(out, &slog.HandlerOptions{Level: slog.LevelDebug})), out
}

// lines is a log that a timer may write while a test reads.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *lines) Reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Reset()
}

func TestNewRefuses(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"no handler":             func(c *Config) { c.Handle = nil },
		"no codec":               func(c *Config) { c.Codec = nil },
		"short secret":           func(c *Config) { c.PathSecret = "tooshort-7391" },
		"old without new":        func(c *Config) { c.PathSecretOld = []string{"secret-secret-secret"} },
		"short old secret":       func(c *Config) { c.PathSecret, c.PathSecretOld = "secret-secret-secret", []string{"tooshort"} },
		"secret with a slash":    func(c *Config) { c.PathSecret = "7391/7391/7391/7391" },
		"secret with percent":    func(c *Config) { c.PathSecret = "7391%7391%7391%7391" },
		"route without a method": func(c *Config) { c.Routes = []Route{{"", "/x", http.NotFoundHandler(), nil}} },
		"unknown method":         func(c *Config) { c.Routes = []Route{{"BREW", "/x", http.NotFoundHandler(), nil}} },
		"broken pattern":         func(c *Config) { c.Routes = []Route{{"GET", "/{x", http.NotFoundHandler(), nil}} },
		"mount at the root":      func(c *Config) { c.Mounts = []Mount{{Path: "/", Handler: http.NotFoundHandler()}} },
		"mount of nothing":       func(c *Config) { c.Mounts = []Mount{{Path: "/metrics"}} },
	} {
		config := Config{Handle: echo, Codec: africastalking.Codec{}}
		change(&config)
		if _, err := New(config); err == nil {
			t.Errorf("%s: no error", name)
		} else if strings.Contains(err.Error(), "7391") {
			t.Errorf("%s: the error shows the secret: %v", name, err)
		}
	}
}

func TestListen(t *testing.T) {
	s := newTest(t, nil)
	if err := s.Listen("256.0.0.1:0"); err == nil {
		t.Error("listening on no address: no error")
	}
	if err := s.Shutdown(context.Background()); err != nil {
		t.Errorf("Shutdown before Serve: %v", err)
	}
	if err := s.Listen("127.0.0.1:0"); err != nil {
		t.Errorf("Listen after Shutdown: %v, want nil at once", err)
	}
	noLeak(t)
}

// TestShutdownAnswers checks that Shutdown answers a callback in flight, closes
// an idle connection and accepts no new one.
func TestShutdownAnswers(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	s := newTest(t, func(c *Config) {
		c.Handle = func(_ context.Context, r engine.Request) engine.Reply {
			close(entered)
			<-release
			return engine.Reply{Text: "answered"}
		}
	})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served, down, got := make(chan error, 1), make(chan error, 1), make(chan []answer, 1)
	go func() { served <- s.Serve(ln) }()
	raw := "POST /ussd HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n" + length(text("1"))
	go func() { got <- exchange(t, ln.Addr().String(), raw, 2) }()
	<-entered
	go func() { down <- s.Shutdown(context.Background()) }()
	if err := <-served; err != nil {
		t.Errorf("Serve: %v", err)
	}
	if !refused(ln.Addr().String()) {
		t.Error("connections are accepted during Shutdown")
	}
	select {
	case err := <-down:
		t.Errorf("Shutdown returned with a callback in flight: %v", err)
	default:
	}
	close(release)
	if answers := <-got; len(answers) != 1 || answers[0].body != "CON answered" {
		t.Errorf("the callback in flight got %v", answers)
	}
	if err := <-down; err != nil {
		t.Errorf("Shutdown: %v", err)
	}
	noLeak(t)
}

// refused waits until addr refuses connections: Serve can return a moment before
// the kernel has closed the socket.
func refused(addr string) bool {
	for end := time.Now().Add(patience); time.Now().Before(end); {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			return true
		}
		c.Close()
	}
	return false
}

func TestShutdownGivesUp(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	s := newTest(t, func(c *Config) {
		c.Handle = func(context.Context, engine.Request) engine.Reply {
			close(entered)
			<-release
			return engine.Reply{}
		}
	})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served, asked := make(chan error, 1), make(chan struct{})
	go func() { served <- s.Serve(ln) }()
	go func() {
		defer close(asked)
		exchange(t, ln.Addr().String(), "POST /ussd HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"+length(text("1")), 1)
	}()
	<-entered
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Shutdown(ctx); err == nil {
		t.Error("Shutdown returned nil with a callback in flight")
	}
	close(release)
	<-asked
	<-served
	noLeak(t)
}

// length ends a request's header with the body's Content-Length and adds the
// body.
func length(body string) string {
	return "Content-Length: " + itoa(len(body)) + "\r\n\r\n" + body
}
