package backend

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/paytrace/paytrace/engine/endpoint"
)

type (
	// Conn is a network connection.
	Conn = net.Conn
	// Roots are certificate authorities.
	Roots = x509.CertPool
)

// A refusedError says why an address may not be asked. Nothing was sent.
type refusedError struct{ why string }

func (e *refusedError) Error() string { return e.why }

// Allowed returns why an address may not be asked at all, or nil.
func (c *Client) Allowed(to *url.URL) error {
	if _, err := endpoint.Parse(to.String()); err != nil {
		return fmt.Errorf("the address can't be asked: %w", err)
	}
	if endpoint.IsLoopback(to.Hostname()) {
		return nil
	}
	if len(c.config.Keys) == 0 {
		return errors.New("the request would not be signed; set ACTIONS_KEY")
	}
	for _, pattern := range c.config.Hosts {
		if matches(pattern, to) {
			return nil
		}
	}
	return fmt.Errorf("ACTIONS_HOSTS does not list the host %s; add it if callers' data may go there", to.Host)
}

// CheckHost refuses what is not the pattern of a host: host, host:port or *.domain.
func CheckHost(pattern string) error {
	host := strings.TrimPrefix(pattern, "*.")
	u, err := url.Parse("https://" + host)
	if err != nil || u.Host != host || u.Hostname() == "" || strings.Contains(host, "*") {
		return fmt.Errorf("found %q, expected a host, host:port or *.domain", pattern)
	}
	return nil
}

func matches(pattern string, to *url.URL) bool {
	pattern, host := strings.ToLower(pattern), strings.ToLower(to.Hostname())
	if domain, wild := strings.CutPrefix(pattern, "*"); wild {
		return strings.HasSuffix(host, domain)
	}
	return pattern == host || pattern == strings.ToLower(to.Host)
}

// transport returns an HTTP transport that opens connections to allowed addresses only.
// It uses no proxy: the rules for addresses would then hold for the proxy's alone.
func transport(config Config) *http.Transport {
	dialer := &net.Dialer{KeepAlive: 15 * time.Second, Control: control}
	dial := dialer.DialContext
	if config.Dial != nil {
		dial = config.Dial
	}
	return &http.Transport{
		// Only a connection to this machine may do without TLS. The name localhost may
		// have another address here, so the address itself decides.
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := dial(ctx, network, address)
			if err != nil || isPlain(ctx) && !endsHere(conn) {
				return nil, closed(conn, err)
			}
			return conn, nil
		},
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: config.Roots},
		TLSHandshakeTimeout:    handshake,
		ForceAttemptHTTP2:      true,
		DisableCompression:     true, // a small answer may not become a large one
		MaxIdleConnsPerHost:    idlePerHost,
		IdleConnTimeout:        idleFor,
		MaxResponseHeaderBytes: maxHeader,
	}
}

// plainKey marks the context of a request without TLS.
type plainKey struct{}

func isPlain(ctx context.Context) bool { return ctx.Value(plainKey{}) != nil }

// bound returns the context of a request; one without TLS is kept on this machine.
func (c *Client) bound(ctx context.Context, to *url.URL) context.Context {
	if to.Scheme == "http" {
		return context.WithValue(ctx, plainKey{}, true)
	}
	return ctx
}

func endsHere(conn net.Conn) bool {
	at, err := netip.ParseAddrPort(conn.RemoteAddr().String())
	return err == nil && at.Addr().Unmap().IsLoopback()
}

func closed(conn net.Conn, err error) error {
	if err != nil {
		return err
	}
	_ = conn.Close() // nothing was sent
	return &refusedError{"a request without TLS would leave this machine; write https://"}
}

// control looks at the address of a connection after its name was resolved.
func control(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return &refusedError{"the address can't be read"}
	}
	if why := forbidden(at.Addr()); why != "" {
		return &refusedError{fmt.Sprintf("the host has the address %s, %s, where no backend is", at.Addr(), why)}
	}
	return nil
}

// metadata lists where clouds answer questions about the machine itself; some of them
// give out keys. Most such addresses are link-local.
var metadata = []netip.Addr{
	netip.MustParseAddr("fd00:ec2::254"),   // AWS
	netip.MustParseAddr("fd20:ce::254"),    // Google
	netip.MustParseAddr("100.100.100.200"), // Alibaba
	netip.MustParseAddr("192.0.0.192"),     // Oracle
	netip.MustParseAddr("168.63.129.16"),   // Azure
}

// embeds lists prefixes of IPv6 whose last four bytes are an IPv4 address (NAT64).
var embeds = []netip.Prefix{netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48")}

// forbidden returns what an address is if no request may go there, or "".
func forbidden(ip netip.Addr) string {
	ip = ip.WithZone("").Unmap()
	for _, prefix := range embeds {
		if prefix.Contains(ip) {
			b := ip.As16()
			ip = netip.AddrFrom4([4]byte(b[12:]))
		}
	}
	for _, m := range metadata {
		if ip == m {
			return "a metadata service"
		}
	}
	switch {
	case ip.IsLinkLocalUnicast():
		return "a link-local address"
	case ip.IsUnspecified():
		return "no address of a host"
	case ip.IsMulticast(), ip == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return "an address of many hosts"
	}
	return ""
}
