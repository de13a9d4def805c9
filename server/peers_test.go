package server

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/valyala/fasthttp"
)

// TestDeniedRequestsAreLimited checks that one address gets only so many answers a
// minute without a valid key, that a valid key still passes, and that the address may
// go on in the next minute.
func TestDeniedRequestsAreLimited(t *testing.T) {
	now := time.Unix(0, 0)
	few := defaultLimits
	few.denied = 3
	addr := start(t, newLimited(t, func(c *Config) {
		c.APIKey, c.Now = []string{"key"}, func() time.Time { return now }
		c.Routes = []Route{{Method: "GET", Path: "/api/one", Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusUnauthorized)
		})}}
	}, few))
	const (
		wrongKey  = callbackHead + "Authorization: Bearer other\r\nContent-Length: 0\r\n\r\n"
		malformed = "POST /ussd\r\n\r\n"
		unknown   = "GET /none HTTP/1.1\r\nHost: x\r\n\r\n"
		api       = "GET /api/one HTTP/1.1\r\nHost: x\r\n\r\n"
		page      = "GET /docs HTTP/1.1\r\nHost: x\r\n\r\n"
		health    = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
	)
	right := callbackHead + "Authorization: Bearer key\r\n" + length(text("1"))
	kinds := map[string]int{wrongKey: 403, malformed: 400, unknown: 404, api: 401, page: 200}
	for denied, status := range kinds {
		now = now.Add(deniedWindow)
		for range few.denied {
			if got := exchange(t, addr, denied, 1); got[0].status != status {
				t.Fatalf("%q: %+v, want %d", denied, got, status)
			}
		}
		for over := range kinds {
			if got := exchange(t, addr, over, 1); got[0].status != http.StatusTooManyRequests || !strings.Contains(got[0].body, "Retry-After") {
				t.Errorf("%q after three of %q: %+v, want 429", over, denied, got)
			}
		}
		for _, passes := range []string{right, health} {
			if got := exchange(t, addr, passes, 1); got[0].status != http.StatusOK {
				t.Errorf("%q: %+v, want 200", passes, got)
			}
		}
	}
}

// TestStrangersAreLimited checks that one address can hold only so many connections
// that have carried no authorized request, and that the others do not count.
func TestStrangersAreLimited(t *testing.T) {
	few := defaultLimits
	few.strangers = 2
	addr := start(t, newLimited(t, func(c *Config) { c.APIKey = []string{"key"} }, few))
	right := callbackHead + "Authorization: Bearer key\r\n" + length(text("1"))
	for range few.strangers + 1 { // each leaves the strangers with its first callback
		c := dial(t, addr)
		if _, err := c.Write([]byte(right)); err != nil {
			t.Fatal(err)
		}
		first := make([]byte, len("HTTP/1.1 200"))
		if _, err := c.Read(first); err != nil || string(first) != "HTTP/1.1 200" {
			t.Fatalf("%q, %v", first, err)
		}
	}
	const health = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
	for range few.strangers {
		c := dial(t, addr)
		if _, err := c.Write([]byte(health)); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Read(make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
	}
	if got := exchange(t, addr, health, 1); len(got) != 1 || got[0].status != http.StatusTooManyRequests {
		t.Errorf("one more connection without a key: %+v, want 429", got)
	}
}

// TestClosedConnectionsDoNotCount checks that a connection's place is free again when
// it closes, whether it had an authorized request or not.
func TestClosedConnectionsDoNotCount(t *testing.T) {
	p := newPeers(nil, limits{conns: 3, strangers: 1}, time.Now)
	one := netip.MustParseAddr("2001:db8::1")
	for range 3 {
		if _, fault := p.connect(one); fault != "" {
			t.Fatal(fault)
		}
		if status, _ := p.connect(netip.MustParseAddr("2001:db8::2")); status != http.StatusTooManyRequests {
			t.Errorf("the second of one network: %d, want 429", status)
		}
		if status, _ := p.connect(netip.MustParseAddr("192.0.2.1")); status != 0 {
			t.Errorf("another address: %d", status)
		}
		if status, _ := p.connect(netip.MustParseAddr("192.0.2.2")); status != http.StatusServiceUnavailable {
			t.Errorf("above the limit of all: %d, want 503", status)
		}
		for _, a := range []string{"2001:db8::1", "2001:db8::2", "192.0.2.1", "192.0.2.2"} {
			p.identify(netip.MustParseAddr(a))
			p.disconnect()
		}
		if p.open != 0 || len(p.strangers) != 0 {
			t.Errorf("after all are closed: %d open, %v", p.open, p.strangers)
		}
	}
}

// TestManyAddressesShareACount checks that a flood from ever new addresses does not
// fill the memory and does not pass the limit.
func TestManyAddressesShareACount(t *testing.T) {
	p := newPeers(nil, limits{denied: 1}, func() time.Time { return time.Unix(0, 0) })
	passed := 0
	for i := range 2 * maxPeers {
		if _, over := p.deny(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})); !over {
			passed++
		}
	}
	if passed != maxPeers+1 || len(p.counts) != maxPeers+1 {
		t.Errorf("%d passed, %d addresses are counted, want %d each", passed, len(p.counts), maxPeers+1)
	}
}

// TestOrigin checks that only a trusted proxy may name the sender, and that what a
// client writes in the header is not believed.
func TestOrigin(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8:1::/48")}
	for _, test := range []struct {
		name, peer string
		headers    []string
		want       string
	}{
		{"no proxy", "192.0.2.1", []string{"203.0.113.9"}, "192.0.2.1"},
		{"a proxy", "10.0.0.1", []string{"203.0.113.9"}, "203.0.113.9"},
		{"a client's own header", "10.0.0.1", []string{"198.51.100.1, 203.0.113.9"}, "203.0.113.9"},
		{"a client's own header in a line", "10.0.0.1", []string{"198.51.100.1", "203.0.113.9"}, "203.0.113.9"},
		{"two proxies", "10.0.0.1", []string{"198.51.100.1, 203.0.113.9,10.0.0.2"}, "203.0.113.9"},
		{"proxies alone", "10.0.0.1", []string{"10.0.0.3, 10.0.0.2"}, "10.0.0.3"},
		{"IPv6", "2001:db8:1::1", []string{"2001:db8:2::9"}, "2001:db8:2::9"},
		{"IPv4 in IPv6", "10.0.0.1", []string{"::ffff:203.0.113.9"}, "203.0.113.9"},
		{"no header", "10.0.0.1", nil, "10.0.0.1"},
		{"no address", "10.0.0.1", []string{"203.0.113.9, unknown"}, "10.0.0.1"},
	} {
		var h fasthttp.RequestHeader
		for _, line := range test.headers {
			h.Add("X-Forwarded-For", line)
		}
		p := newPeers(trusted, defaultLimits, time.Now)
		if got := p.origin(netip.MustParseAddr(test.peer), &h); got.String() != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

// TestProxyNamesTheSender checks that limits and logs go by the sender's address
// behind a trusted proxy, on each request of a connection.
func TestProxyNamesTheSender(t *testing.T) {
	logger, out := logged()
	few := defaultLimits
	few.denied = 1
	addr := start(t, newLimited(t, func(c *Config) {
		c.APIKey, c.Logger = []string{"key"}, logger
		c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	}, few))
	raw := ""
	for i := range 3 {
		raw += fmt.Sprintf(callbackHead+"X-Forwarded-For: 203.0.113.%d\r\nContent-Length: 0\r\n\r\n", i)
	}
	for _, got := range exchange(t, addr, raw, 3) {
		if got.status != http.StatusForbidden {
			t.Errorf("%+v, want 403: each sender has its own count", got)
		}
	}
	for i := range 3 {
		if peer := fmt.Sprintf(`"peer":"203.0.113.%d"`, i); !strings.Contains(out.String(), peer) {
			t.Errorf("the log lacks %s: %s", peer, out)
		}
	}
}
