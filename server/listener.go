package server

import (
	"io"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// listener can be closed twice. Its connections are checked requests on a wire, and
// they can linger.
type listener struct {
	net.Listener
	rules wireRules
	peers *peers
	once  sync.Once
	err   error
}

func (l *listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	accepted := &conn{Conn: c, peer: addressOf(c.RemoteAddr())}
	accepted.wire = wire{in: c, rules: l.rules, deadline: c.SetReadDeadline}
	if l.peers != nil {
		status, detail := l.peers.connect(accepted.peer)
		accepted.leave = sync.OnceFunc(func() { l.peers.identify(accepted.peer) })
		accepted.gone = sync.OnceFunc(func() { accepted.leave(); l.peers.disconnect() })
		if detail != "" {
			accepted.wire.refuse(status, detail, "")
		}
	}
	return accepted, nil
}

func (l *listener) Close() error {
	l.once.Do(func() { l.err = l.Listener.Close() })
	return l.err
}

// addressOf returns the address of a network address, or an invalid one.
func addressOf(a net.Addr) netip.Addr {
	if tcp, ok := a.(*net.TCPAddr); ok {
		return tcp.AddrPort().Addr().Unmap()
	}
	return netip.Addr{}
}

// conn can linger: it reads on for a moment before it closes. Closing a socket
// with unread bytes resets it, and the reset can overtake the answer. A client
// that sent too large a body would then see a broken connection, not the 413.
type conn struct {
	net.Conn
	wire   wire
	peer   netip.Addr
	linger atomic.Bool
	// leave takes the connection from those without an authorized request, and gone
	// from all. Both may be called again; they may be nil.
	leave, gone func()
}

// Lingering lasts long enough for a client that sends everything before it reads.
const (
	lingerTime  = time.Second
	lingerBytes = 4 << 20
)

func (c *conn) Read(p []byte) (int, error) { return c.wire.Read(p) }

// identified notes that the connection has carried an authorized request.
func (c *conn) identified() {
	if c.leave != nil {
		c.leave()
	}
}

func (c *conn) Close() error {
	if c.gone != nil {
		c.gone()
	}
	if c.linger.CompareAndSwap(true, false) {
		c.drain()
	}
	return c.Conn.Close()
}

func (c *conn) drain() {
	half, ok := c.Conn.(interface{ CloseWrite() error })
	if !ok || half.CloseWrite() != nil {
		return
	}
	if c.SetReadDeadline(time.Now().Add(lingerTime)) == nil {
		_, _ = io.CopyN(io.Discard, c.Conn, lingerBytes)
	}
}
