package server

import (
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/paytrace/paytrace/engine"
)

// BenchmarkLogCallback measures the log line of a callback.
func BenchmarkLogCallback(b *testing.B) {
	s := newTest(b, func(c *Config) { c.Logger = slog.New(slog.NewJSONHandler(io.Discard, nil)) })
	req := engine.Request{Provider: "africastalking", Session: "ATUid_0123456789abcdef", Caller: "254711000111", Service: "*384*8481#", Network: "63902"}
	reply := engine.Reply{Screen: "main", Program: "0123456789abcdef01234567"}
	began := time.Now()
	b.ReportAllocs()
	for b.Loop() {
		s.logCallback(b.Context(), req, reply, began, began.Add(1234*time.Microsecond))
	}
}
