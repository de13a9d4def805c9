package server

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// listener can be closed twice. Its connections can linger.
type listener struct {
	net.Listener
	once sync.Once
	err  error
}

func (l *listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &conn{Conn: c}, nil
}

func (l *listener) Close() error {
	l.once.Do(func() { l.err = l.Listener.Close() })
	return l.err
}

// conn can linger: it reads on for a moment before it closes. Closing a socket
// with unread bytes resets it, and the reset can overtake the answer. A client
// that sent too large a body would then see a broken connection, not the 413.
type conn struct {
	net.Conn
	linger atomic.Bool
}

// Lingering lasts long enough for a client that sends everything before it reads.
const (
	lingerTime  = time.Second
	lingerBytes = 4 << 20
)

func (c *conn) Close() error {
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
