package server

import (
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

// BenchmarkCallback measures the edge without the engine: from a callback's bytes
// through parsing, guard, routing and the codec to the answer's bytes, with a
// handler that does nothing.
func BenchmarkCallback(b *testing.B) {
	for name, change := range map[string]func(*Config){
		"open": nil,
		"key":  func(c *Config) { c.APIKey = []string{"key"} },
		"log":  func(c *Config) { c.Logger, _ = logged() },
	} {
		b.Run(name, func(b *testing.B) {
			s := newTest(b, change)
			raw := "POST /ussd HTTP/1.1\r\nHost: ussd.example.org\r\nUser-Agent: at-ussd-api/1.0\r\nAccept: */*\r\n" +
				"Authorization: Bearer key\r\n" + typed + length(text("1*254711223344"))
			c := &replay{request: []byte(raw), left: b.N}
			b.ReportAllocs()
			b.ResetTimer()
			if err := s.app.Server().ServeConn(c); err != nil {
				b.Fatal(err)
			}
			b.StopTimer()
			if c.answers < b.N {
				b.Errorf("%d answers to %d callbacks", c.answers, b.N)
			}
		})
	}
}

// replay is a connection that sends the same request left times, each after the
// answer to the one before.
type replay struct {
	request []byte
	left    int
	answers int
}

func (c *replay) Read(p []byte) (int, error) {
	if c.left == 0 {
		return 0, io.EOF
	}
	c.left--
	return copy(p, c.request), nil
}

func (c *replay) Write(p []byte) (int, error) {
	if len(p) > 12 && string(p[9:12]) == "200" {
		c.answers++
	}
	return len(p), nil
}

func (c *replay) Close() error                     { return nil }
func (c *replay) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (c *replay) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (c *replay) SetDeadline(time.Time) error      { return nil }
func (c *replay) SetReadDeadline(time.Time) error  { return nil }
func (c *replay) SetWriteDeadline(time.Time) error { return nil }

// BenchmarkOverTCP measures the same over the loopback interface, with one client.
func BenchmarkOverTCP(b *testing.B) {
	s := newTest(b, nil)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(ln) }()
	b.ReportAllocs()
	for b.Loop() {
		r := post("/ussd", text("1*2"))
		r.RequestURI, r.URL.Scheme, r.URL.Host = "", "http", ln.Addr().String()
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			b.Fatal(err)
		}
		if got := read(b, resp); got.status != http.StatusOK {
			b.Fatal(got)
		}
	}
	if err := s.Shutdown(b.Context()); err != nil {
		b.Error(err)
	}
	<-served
}
