package server

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// TestLinger checks that a client gets the answer and a clean end although not
// all of its bytes were read. Without lingering it gets a reset.
func TestLinger(t *testing.T) {
	for _, lingers := range []bool{true, false} {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		wrapped := &listener{Listener: ln, rules: wireRules{now: time.Now}}
		closed := make(chan error, 1)
		go func() { closed <- answerEarly(wrapped, lingers) }()

		c, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(c, strings.Repeat("a", 10000)); err != nil {
			t.Fatal(err)
		}
		if lingers {
			if err := c.(*net.TCPConn).CloseWrite(); err != nil {
				t.Fatal(err)
			}
		}
		got, err := io.ReadAll(c)
		if clean := string(got) == "answer" && err == nil; clean != lingers {
			t.Errorf("lingering %v: got %q, %v", lingers, got, err)
		}
		if err := <-closed; err != nil {
			t.Error(err)
		}
		c.Close()
		for range 2 {
			if err := wrapped.Close(); err != nil {
				t.Errorf("a listener can't be closed twice: %v", err)
			}
		}
	}
}

// answerEarly answers a connection after the first byte and closes it.
func answerEarly(ln net.Listener, linger bool) error {
	c, err := ln.Accept()
	if err != nil {
		return err
	}
	c.(*conn).linger.Store(linger)
	if _, err := io.ReadFull(c, make([]byte, 1)); err != nil {
		return err
	}
	if _, err := io.WriteString(c, "answer"); err != nil {
		return err
	}
	return c.Close()
}
