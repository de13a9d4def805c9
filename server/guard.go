package server

import (
	"log/slog"
	"net"
	"net/http"

	"github.com/valyala/fasthttp"
)

// guard stands before every route. It answers the requests in which the wire found a
// fault, limits what senders without a key may ask, adds the headers that each answer
// has, and recovers panics, which would end the process.
func (s *Server) guard(next fasthttp.RequestHandler) fasthttp.RequestHandler {
	return func(ctx *fasthttp.RequestCtx) {
		defer protect(ctx)
		defer s.rescue(ctx)
		s.locate(ctx)
		if from, ok := ctx.Conn().(*conn); ok {
			if from.wire.fault == nil && from.wire.unread() {
				from.wire.fault = &wireFault{http.StatusBadRequest, "The body has no end.", string(ctx.Path())}
			}
			if from.wire.fault != nil {
				s.refuseFault(ctx, from)
				return
			}
		}
		if ctx.Request.Header.ContentLength() == inChunks {
			// The wire reads nothing after a body in chunks.
			ctx.SetConnectionClose()
		}
		if limited(ctx.Path()) {
			if wait, over := s.peers.deny(peerOf(ctx)); over {
				tooMany(ctx, string(ctx.Path()), wait)
				return
			}
		}
		next(ctx)
		if !denied(ctx) {
			return
		}
		if wait, over := s.peers.deny(peerOf(ctx)); over {
			tooMany(ctx, string(ctx.Path()), wait)
		}
	}
}

// inChunks is the length that the library gives a body in chunks.
const inChunks = -1

// locate replaces the peer's address by that of the sender, where the peer is a proxy
// that may name it.
func (s *Server) locate(ctx *fasthttp.RequestCtx) {
	if len(s.peers.trusted) == 0 {
		return
	}
	peer := addressOf(ctx.Conn().RemoteAddr())
	if sender := s.peers.origin(peer, &ctx.Request.Header); sender.IsValid() {
		ctx.SetRemoteAddr(&net.TCPAddr{IP: sender.AsSlice(), Zone: sender.Zone()})
	}
}

// refuseFault answers a request that no route may see.
func (s *Server) refuseFault(ctx *fasthttp.RequestCtx, from *conn) {
	fault := from.wire.fault
	ctx.SetConnectionClose()
	s.logMalformed(ctx, fault.status, fault.detail)
	_ = refuseHTTP(ctx, fault.path, fault.status, fault.detail)
	if wait, over := s.peers.deny(peerOf(ctx)); over {
		tooMany(ctx, fault.path, wait)
		return // without lingering, which costs time
	}
	from.linger.Store(true)
}

// limited reports whether requests to a path are counted before they are answered. The
// page and its document are public and large.
func limited(path []byte) bool {
	return below(string(path), "/docs") || string(path) == "/openapi.json"
}

// deniedKey marks a request as one that showed no valid key or that no route answers.
const deniedKey = "denied"

// deny marks a request for the guard, which counts it.
func deny(ctx *fasthttp.RequestCtx) { ctx.SetUserValue(deniedKey, true) }

// denied reports whether a request is marked, or was answered with 401, by which the
// handlers of other packages refuse a key. Their other answers go to senders they know.
func denied(ctx *fasthttp.RequestCtx) bool {
	return ctx.Response.StatusCode() == http.StatusUnauthorized || ctx.UserValue(deniedKey) != nil
}

func (s *Server) logMalformed(ctx *fasthttp.RequestCtx, status int, why string) {
	s.config.Refusals.Log("request refused", peerOf(ctx), slog.Int("status", status), slog.String("why", why))
}

func (s *Server) rescue(ctx *fasthttp.RequestCtx) {
	cause := recover()
	if cause == nil {
		return
	}
	s.config.Logger.LogAttrs(ctx, slog.LevelError, "request failed", slog.Any("fault", panicked(cause)))
	ctx.Response.Reset()
	ctx.SetConnectionClose()
	_ = refuseHTTP(ctx, string(ctx.Path()), http.StatusInternalServerError, details[http.StatusInternalServerError])
}

// wireRules tells the wire what the routes accept.
func (s *Server) wireRules(l limits) wireRules {
	return wireRules{limit: s.bodyLimit, welcome: s.welcome, patience: l.read, now: s.config.Now}
}
