package server

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/paytrace/paytrace/internal/fuzz"
	"github.com/valyala/fasthttp"
)

// FuzzOrigin checks that the address behind a trusted proxy is one that the header
// names, or the proxy's own, and that a stranger's header is not believed.
func FuzzOrigin(tf *testing.F) {
	f := fuzz.New(tf)
	for _, line := range []string{"203.0.113.9", "1.2.3.4, 10.0.0.2", "::ffff:1.2.3.4", "a,b", "", ",", "fe80::1%eth0", "1.2.3.4:80", "10.0.0.1,10.0.0.2", "\t1.2.3.4 "} {
		f.Add(line, "203.0.113.7")
		f.Add(line, "")
	}
	proxy, stranger := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("198.51.100.1")
	p := newPeers([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, defaultLimits, time.Now)
	f.Fuzz(func(t *testing.T, one, two string) {
		var header fasthttp.RequestHeader
		header.Add("X-Forwarded-For", one)
		header.Add("X-Forwarded-For", two)
		if got := p.origin(stranger, &header); got != stranger {
			t.Errorf("a stranger's %q and %q are believed: %s", one, two, got)
		}
		got := p.origin(proxy, &header)
		named := got == proxy
		for _, text := range strings.Split(one+","+two, ",") {
			if a, err := netip.ParseAddr(strings.TrimSpace(text)); err == nil && a.Unmap() == got {
				named = true
			}
		}
		if !got.IsValid() || !named {
			t.Errorf("%q and %q come from %s", one, two, got)
		}
	})
}
