package stress

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
)

// ErrElsewhere says that a connection would leave this machine, though nobody named the
// host.
var ErrElsewhere = errors.New("the address is not on this machine")

// idle bounds the open connections that wait for their next callback.
const idle = 1024

// NewClient returns a client for a run. Unless anywhere is true, it connects to loopback
// addresses only, whatever a name resolves to.
func NewClient(anywhere bool) *http.Client {
	dialer := net.Dialer{}
	if !anywhere {
		dialer.Control = func(_, address string, _ syscall.RawConn) error {
			at, err := netip.ParseAddrPort(address)
			if err != nil || !at.Addr().Unmap().IsLoopback() {
				return fmt.Errorf("%w: %s", ErrElsewhere, address)
			}
			return nil
		}
	}
	return &http.Client{
		Transport:     &http.Transport{DialContext: dialer.DialContext, MaxIdleConns: idle, MaxIdleConnsPerHost: idle},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
