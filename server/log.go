package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"runtime"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/msisdn"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/engine/secret"
	"github.com/paytrace/paytrace/gateway"
)

// shownHash bounds the digits of a program's hash in a log line. They are enough
// to tell a service's menus apart.
const shownHash = 12

// shownError bounds the bytes of a gateway's error text in a log line.
const shownError = 200

// logCallback logs an answered callback. It leaves out what was typed and what
// the screen says: both can contain a PIN or a name.
func (s *Server) logCallback(ctx context.Context, req engine.Request, reply engine.Reply, began, ended time.Time) {
	level := slog.LevelInfo
	switch {
	case errors.Is(reply.Fault, runner.ErrUnknownCode) || errors.Is(reply.Fault, errTooLong) || errors.Is(reply.Fault, errUnreadable):
		level = slog.LevelWarn
	case reply.Fault != nil:
		level = slog.LevelError
	}
	lines := s.config.Logger.Handler()
	if !lines.Enabled(ctx, level) {
		return
	}
	attrs := [...]slog.Attr{
		slog.String("provider", req.Provider),
		slog.String("session", engine.ShownSession(req.Session, req.Caller)),
		slog.String("caller", msisdn.Mask(req.Caller)),
		slog.String("service", s.config.ShownCode(req.Service)),
		slog.String("screen", reply.Screen),
		slog.Bool("end", reply.End),
		slog.Float64("took_ms", float64(ended.Sub(began).Microseconds())/1000),
		slog.String("program", short(reply.Program)),
		slog.Any("fault", reply.Fault),
	}
	last := len(attrs)
	if reply.Fault == nil {
		last--
	}
	// The logger's own methods also look up their caller. Our lines do not show
	// it, and it costs as much as the line.
	line := slog.NewRecord(ended, level, "callback", 0)
	line.AddAttrs(attrs[:last]...)
	_ = lines.Handle(ctx, line) // the logger's methods ignore the error, too
}

func (s *Server) logRefusal(c *fiber.Ctx, a arrival, status int, why string) {
	s.config.Refusals.Log("callback refused", peerOf(c.Context()),
		slog.String("provider", a.codec.Name()),
		slog.Int("status", status),
		slog.String("why", why),
		slog.String("key", s.keyName(c, a)))
}

// keyName names the key or path secret of a refused request without telling it.
func (s *Server) keyName(c *fiber.Ctx, a arrival) string {
	shown, known := a.auth.presented(c, a.secret)
	if known != "" {
		return known
	}
	return s.config.Refusals.KeyName(shown)
}

// peerOf returns the address that a request comes from.
func peerOf(ctx *fasthttp.RequestCtx) netip.Addr {
	return addressOf(ctx.RemoteAddr())
}

func (s *Server) logEvent(e gateway.Event) {
	s.config.Logger.LogAttrs(s.concerning(e.Provider, e.Session), slog.LevelInfo, "session ended",
		slog.String("provider", e.Provider),
		slog.String("session", engine.ShownSession(e.Session, e.Caller)),
		slog.String("caller", msisdn.Mask(e.Caller)),
		slog.String("service", s.config.ShownCode(e.Service)),
		slog.String("ending", string(e.Status)),
		slog.Int("hops", e.Hops),
		slog.String("cost", e.Cost),
		slog.String("screens", strings.Join(e.Screens, " ")),
		slog.Duration("lasted", e.Duration),
		slog.String("error", s.foreign(e.Error)))
}

// foreign returns a gateway's error text without path secrets, numbers and what was
// typed: the text can quote our own callback URL and the caller's input.
func (s *Server) foreign(text string) string {
	return secret.Foreign(text, shownError, s.config.secrets()...)
}

func short(hash string) string {
	return hash[:min(len(hash), shownHash)]
}

// fault describes a recovered panic: its kind and its place, but no values.
type fault struct {
	kind string
	at   []string
}

func (f *fault) Error() string {
	return "panic: " + f.kind + " at " + strings.Join(f.at, " < ")
}

// shownFrames bounds the stack frames that a fault shows.
const shownFrames = 6

// panicked describes a panic for the log. Errors of the Go runtime only name
// indexes and pointers and are shown. The value of any other panic may hold
// anything, so only its type is shown.
func panicked(cause any) error {
	f := &fault{kind: fmt.Sprintf("a value of type %T", cause)}
	if err, ok := cause.(runtime.Error); ok {
		f.kind = err.Error()
	}
	var pcs [32]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	for more := true; more && len(f.at) < shownFrames; {
		var frame runtime.Frame
		frame, more = frames.Next()
		if !strings.HasPrefix(frame.Function, "runtime.") {
			f.at = append(f.at, fmt.Sprintf("%s:%d", frame.Function, frame.Line))
		}
	}
	return f
}
