package backend_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/paytrace/paytrace/actions/backend"
	"github.com/paytrace/paytrace/actions/backend/backendtest"
	"github.com/paytrace/paytrace/engine"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const presentKey, formerKey = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_bm9ib2R5IGtub3dzIHRoaXMga2V5IGFueSBtb3Jl"

func keys(t testing.TB, texts ...string) []backend.Key {
	t.Helper()
	var list []backend.Key
	for _, text := range texts {
		k, err := backend.ParseKey(text)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, k)
	}
	return list
}

func text(n int) engine.Type { return engine.Type{Kind: engine.KindText, Width: n} }

// pay is an action that writes.
func pay(takes time.Duration) *engine.Contract {
	return &engine.Contract{
		Name: "pay", Takes: takes,
		Params:   []engine.Field{{Name: "note", Type: text(20)}, {Name: "pin", Type: engine.Type{Kind: engine.KindSecret, Digits: 4, Width: 4}}},
		Outcomes: []engine.OutcomeContract{{Name: "done", Gives: []engine.Field{{Name: "ref", Type: text(10)}}}},
	}
}

// plenty is more than any test needs, also on a slow machine.
const plenty = time.Minute

func request(t testing.TB, address, id string) backend.Request {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return backend.Request{
		Contract: pay(plenty), To: u, ID: id, Caller: "254712345678", Service: "*384*55#", Lang: "sw", Session: "s1",
		Args: []engine.Value{engine.TextValue("rent"), engine.SecretValue("4821")},
	}
}

func act(backendtest.Request) backendtest.Answer {
	return backendtest.Answer{Outcome: "done", Values: map[string]any{"ref": "R-1"}}
}

func serve(t testing.TB, b *backendtest.Backend) string { return serveHandler(t, b) }

func serveHandler(t testing.TB, h http.Handler) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

func client(t testing.TB, config backend.Config) *backend.Client {
	t.Helper()
	if config.Now == nil {
		config.Now = time.Now
	}
	c := backend.New(config)
	t.Cleanup(c.CloseIdle)
	return c
}

func TestAsk(t *testing.T) {
	b := &backendtest.Backend{Act: act, Keys: keys(t, formerKey)}
	at := serve(t, b)
	c := client(t, backend.Config{Keys: keys(t, presentKey, formerKey)})
	for range 2 {
		out, err := c.Ask(context.Background(), request(t, at+"/pay", "id-1"))
		if err != nil || out.Name != "done" || out.Values[0].Value.Text() != "R-1" {
			t.Fatal(out, err)
		}
	}
	got := b.Requests()[0]
	if got.Path != "/pay" || got.Key != "id-1" || got.Header.Get("Webhook-Id") != "id-1" || got.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%+v", got)
	}
	const want = `{"action":"pay","service":"*384*55#","caller":"+254712345678","language":"sw","call":"s1","values":{"note":"rent","pin":"4821"}}`
	if got.Body != want {
		t.Errorf("%s\nwant %s", got.Body, want)
	}
	if list := b.Judge(); len(list) > 0 || b.Effects()["id-1"] != 1 {
		t.Error(list, b.Effects())
	}
	_, err := client(t, backend.Config{Keys: keys(t, presentKey)}).Ask(context.Background(), request(t, at, "id-2"))
	checkFault(t, err, backend.Status, true, "status 401: it does not accept the signature")
}

func checkFault(t testing.TB, err error, kind backend.Kind, certain bool, says string) {
	t.Helper()
	var f *backend.Fault
	if !errors.As(err, &f) || f.Kind != kind || f.Certain != certain || !strings.Contains(err.Error(), says) {
		t.Errorf("%v; want a fault %q, certain %v, that says %q", err, kind, certain, says)
	}
	if err != nil && (strings.Contains(err.Error(), "Amina") || strings.Contains(err.Error(), "0712345678") || strings.Contains(err.Error(), "4821") || strings.Contains(err.Error(), "rent")) {
		t.Errorf("the fault shows what was sent or answered: %v", err)
	}
}

// A fault says whether the backend may have acted, and repeats nothing of its answer.
func TestFaults(t *testing.T) {
	for fault, want := range map[backendtest.Fault]struct {
		kind    backend.Kind
		certain bool
		says    string
	}{
		backendtest.DoesNot:    {backend.Status, false, "status 500"},
		backendtest.Status500:  {backend.Status, false, "status 500"},
		backendtest.Dies:       {backend.Unreachable, false, "it may have acted"},
		backendtest.CutBody:    {backend.Cut, false, "ends early"},
		backendtest.Oversize:   {backend.Malformed, false, "more than 64 KB"},
		backendtest.WrongTypes: {backend.Malformed, false, "value ref: it is an object; expected a string of at most 10 characters"},
		backendtest.Stranger:   {backend.Malformed, false, "a text that is not a name"},
		backendtest.Redirects:  {backend.Status, true, "redirects are not followed"},
		backendtest.Refuses:    {backend.Status, true, "status 400"},
		backendtest.Conflicts:  {backend.Conflict, false, "status 409"},
	} {
		t.Run(string(fault), func(t *testing.T) {
			b := &backendtest.Backend{Act: act, Fault: func(backendtest.Request, int) backendtest.Fault { return fault }}
			_, err := client(t, backend.Config{}).Ask(context.Background(), request(t, serve(t, b), "id"))
			checkFault(t, err, want.kind, want.certain, want.says)
		})
	}
}

// A backend that never answers takes the action's time, and no more.
func TestLate(t *testing.T) {
	b := &backendtest.Backend{Act: act, Fault: func(backendtest.Request, int) backendtest.Fault { return backendtest.Never }}
	c := client(t, backend.Config{})
	r := request(t, serve(t, b), "id")
	r.Contract = pay(50 * time.Millisecond)
	_, err := c.Ask(context.Background(), r)
	checkFault(t, err, backend.Late, false, "no answer in time (it may have acted)")
	r.Contract = pay(plenty)
	ctx, stop := context.WithCancel(context.Background())
	stop()
	_, err = c.Ask(ctx, r)
	checkFault(t, err, backend.Stopped, true, "the request was ended")
}

func TestUnreachable(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := "http://" + ln.Addr().String()
	ln.Close()
	_, err = client(t, backend.Config{}).Ask(context.Background(), request(t, at, "id"))
	checkFault(t, err, backend.Unreachable, true, "connection refused (it did nothing)")
}

// Without TLS, requests stay on this machine, whatever a name stands for.
func TestPlainStaysHere(t *testing.T) {
	c := client(t, backend.Config{Dial: func(context.Context, string, string) (net.Conn, error) {
		here, there := net.Pipe() // its address is no loopback address
		t.Cleanup(func() { there.Close() })
		return here, nil
	}})
	_, err := c.Ask(context.Background(), request(t, "http://localhost:8000", "id"))
	checkFault(t, err, backend.Refused, true, "would leave this machine")
	_, err = c.Ask(context.Background(), request(t, "http://10.0.0.1", "id"))
	checkFault(t, err, backend.Refused, true, "write https://")
}

// Link-local addresses and metadata services are refused after the name is resolved.
func TestForbiddenAddresses(t *testing.T) {
	c := client(t, backend.Config{Keys: keys(t, presentKey), Hosts: []string{
		"169.254.169.254", "[fe80::1]", "[::ffff:169.254.1.1]", "[fd00:ec2::254]", "100.100.100.200", "0.0.0.0", "[64:ff9b::a9fe:a9fe]", "224.0.0.1",
	}})
	for host, says := range map[string]string{
		"169.254.169.254": "a metadata service|a link-local address", "[fe80::1]": "link-local", "[::ffff:169.254.1.1]": "link-local",
		"[fd00:ec2::254]": "metadata", "100.100.100.200": "metadata", "0.0.0.0": "no address of a host", "[64:ff9b::a9fe:a9fe]": "link-local",
		"224.0.0.1": "many hosts",
	} {
		_, err := c.Ask(context.Background(), request(t, "https://"+host+"/latest", "id"))
		_, last, _ := strings.Cut("|"+says, "|")
		if i := strings.LastIndex(last, "|"); i >= 0 {
			last = last[i+1:]
		}
		checkFault(t, err, backend.Refused, true, last)
	}
}

func TestHosts(t *testing.T) {
	b := &backendtest.Backend{Act: act, Keys: keys(t, presentKey)}
	s := httptest.NewTLSServer(b)
	t.Cleanup(s.Close)
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	config := backend.Config{Keys: keys(t, presentKey), Roots: roots, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, s.Listener.Addr().String())
	}}
	ask := func(hosts []string, address string) error {
		config := config
		config.Hosts = hosts
		_, err := client(t, config).Ask(context.Background(), request(t, address, "id"))
		return err
	}
	for _, c := range []struct {
		hosts   []string
		address string
		refused bool
	}{
		{[]string{"example.com"}, "https://example.com/pay", false},
		{[]string{"EXAMPLE.com"}, "https://example.COM:8443/pay", false},
		{[]string{"example.com:8443"}, "https://example.com:8443/pay", false},
		{[]string{"example.com:8443"}, "https://example.com/pay", true},
		{[]string{"*.example.com"}, "https://example.com/pay", true},
		{[]string{"other.com", "*.com"}, "https://example.com/pay", false},
		{[]string{"*.ample.com"}, "https://example.com/pay", true},
		{nil, "https://example.com/pay", true},
	} {
		err := ask(c.hosts, c.address)
		if c.refused {
			checkFault(t, err, backend.Refused, true, "ACTIONS_HOSTS does not list the host")
		} else if err != nil {
			t.Errorf("%v, %s: %v", c.hosts, c.address, err)
		}
	}
	unsigned := config
	unsigned.Keys, unsigned.Hosts = nil, []string{"example.com"}
	_, err := client(t, unsigned).Ask(context.Background(), request(t, "https://example.com", "id"))
	checkFault(t, err, backend.Refused, true, "set ACTIONS_KEY")
	untrusted := config
	untrusted.Roots, untrusted.Hosts = nil, []string{"example.com"}
	_, err = client(t, untrusted).Ask(context.Background(), request(t, "https://example.com", "id"))
	checkFault(t, err, backend.Unreachable, true, "certificate")
	for _, bad := range []string{"", "https://a", "a/b", "*", "a.*.b", "a b"} {
		if backend.CheckHost(bad) == nil {
			t.Errorf("%q is taken for a host", bad)
		}
	}
}

// Answers that break the contract show that the host works.
func TestBreakerLeavesWorkingHosts(t *testing.T) {
	b := &backendtest.Backend{Act: act, Fault: func(_ backendtest.Request, n int) backendtest.Fault {
		return []backendtest.Fault{backendtest.Refuses, backendtest.WrongTypes, backendtest.Conflicts}[n%3]
	}}
	c, at := client(t, backend.Config{}), serve(t, b)
	for range 20 {
		_, err := c.Ask(context.Background(), request(t, at, "id"))
		var f *backend.Fault
		if !errors.As(err, &f) || f.Kind == backend.Paused {
			t.Fatal(err)
		}
	}
}

// A connection serves many requests.
func TestConnectionsAreKept(t *testing.T) {
	var opened atomic.Int32
	s := httptest.NewUnstartedServer(&backendtest.Backend{Act: act})
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	s.Start()
	t.Cleanup(s.Close)
	c := client(t, backend.Config{})
	for i := range 20 {
		if _, err := c.Ask(context.Background(), request(t, s.URL, fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
	}
	if n := opened.Load(); n != 1 {
		t.Errorf("%d connections for 20 requests in a row", n)
	}
}

// What is printed of a request shows no secret.
func TestRequestIsNotPrinted(t *testing.T) {
	var b bytes.Buffer
	log := slog.New(slog.NewTextHandler(&b, nil))
	r := request(t, "http://127.0.0.1:1", "id")
	log.Info("request", "request", r, "verbose", fmt.Sprintf("%+v %#v", r, r), "keys", keys(t, presentKey))
	if strings.Contains(b.String(), "4821") || strings.Contains(b.String(), "MfKQ9r8G") {
		t.Errorf("a secret is printed: %s", b.String())
	}
}

// What is no HTTP is a fault that says so, and repeats nothing of it.
func TestAnswersThatAreNotHTTP(t *testing.T) {
	const pin = "70931846"
	for _, answer := range []string{
		"HTTP/1.1 " + pin + " OK\r\n\r\n", pin + "\r\n\r\n", "HTTP/1.1 200 OK\r\n" + pin + "\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: " + pin + "x\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: " + pin + "\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: " + pin + "\r\n\r\n", "HTTP/" + pin + " 200 OK\r\n\r\n", "",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + pin + "zz\r\n",
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			_, _ = io.WriteString(conn, answer)
			_ = conn.Close()
		}))
		to, err := url.Parse(s.URL)
		if err != nil {
			t.Fatal(err)
		}
		client := backend.New(backend.Config{Now: time.Now})
		_, err = client.Ask(t.Context(), backend.Request{Contract: &engine.Contract{Name: "pay", Takes: time.Minute}, To: to, ID: "one"})
		var fault *backend.Fault
		if !errors.As(err, &fault) || fault.Certain || strings.Contains(err.Error(), pin) {
			t.Errorf("%q: %v", answer, err)
		}
		s.Close()
	}
}

// A host that lets the callback run out of time is late, and then left alone; one that
// had hardly any time is not blamed. An action that only reads did nothing in any case.
func TestCallbackOutOfTime(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // without that the server does not see that the client is gone
		<-r.Context().Done()
	}))
	defer s.Close()
	to, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	client := backend.New(backend.Config{Now: time.Now})
	defer client.CloseIdle()
	for takes, want := range map[time.Duration]backend.Kind{50 * time.Millisecond: backend.Late, time.Hour: backend.Stopped} {
		ctx, cancel := context.WithTimeout(t.Context(), 40*time.Millisecond)
		_, err = client.Ask(ctx, backend.Request{Contract: &engine.Contract{Name: "find", Reads: true, Takes: takes}, To: to, ID: "one"})
		cancel()
		var fault *backend.Fault
		if !errors.As(err, &fault) || fault.Kind != want || !fault.Certain {
			t.Errorf("within %v: %v, want the kind %s", takes, err, want)
		}
	}
}
