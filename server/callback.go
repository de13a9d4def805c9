package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/gateway"
)

// callback answers a gateway's callback with a screen. Only an unauthorized or
// unreadable request gets another answer.
func (s *Server) callback(c *fiber.Ctx) error { return s.answerAt(c, s.arrived(c)) }

// answerAt answers a callback that arrived at any gateway's path.
func (s *Server) answerAt(c *fiber.Ctx, a arrival) error {
	if !s.authorized(c, a) {
		return s.forbid(c, a)
	}
	began := s.config.Now()
	r := received(c, a)
	req, err := a.codec.Decode(r)
	if errors.Is(err, gateway.ErrNotACallback) {
		return s.misdirected(c, a)
	}
	var refusal *gateway.Refusal
	if errors.As(err, &refusal) && refusal.Typed {
		reply := typedReply(refusal)
		s.logCallback(s.concerning(req.Provider, req.Session), req, reply, began, s.config.Now())
		return send(c, a.codec.Encode(r, req, reply))
	}
	if err != nil {
		return s.refuse(c, a, err)
	}
	ctx := s.concerning(req.Provider, req.Session)
	reply := s.answer(ctx, req)
	s.logCallback(ctx, req, reply, began, s.config.Now())
	return send(c, a.codec.Encode(r, req, reply))
}

// concerning returns a context for what concerns a session.
func (s *Server) concerning(provider, session string) context.Context {
	ctx := context.Background()
	if s.config.Trace == nil {
		return ctx
	}
	return s.config.Trace(ctx, provider, session)
}

// These say why what a caller typed got a last screen.
var (
	errTooLong    = errors.New("the caller typed too much")
	errUnreadable = errors.New("what the caller typed can't be read")
)

// typedReply ends the call of a caller who typed what a service does not read.
func typedReply(refusal *gateway.Refusal) engine.Reply {
	which, cause := engine.BuiltinTooLong, errTooLong
	if refusal.Unreadable {
		which, cause = engine.BuiltinUnreadable, errUnreadable
	}
	return engine.Reply{Text: which.In(""), End: true, Screen: "(" + string(which) + ")", Fault: fmt.Errorf("%w: %s", cause, refusal.Sentence)}
}

// answer runs Handle. A panic ends one caller's session and leaves the others
// alone.
func (s *Server) answer(about context.Context, req engine.Request) (reply engine.Reply) {
	ctx := runner.WithTimeout(about, Budget)
	defer ctx.End()
	defer func() {
		if cause := recover(); cause != nil {
			reply = engine.Reply{Text: s.config.Busy, End: true, Fault: panicked(cause)}
		}
	}()
	return s.config.Handle(ctx, req)
}

// event takes a gateway's notice that a session ended.
func (s *Server) event(c *fiber.Ctx) error {
	a := s.arrived(c)
	if !s.authorized(c, a) {
		return s.forbid(c, a)
	}
	if err := s.recordEvent(c, a); err != nil {
		return s.refuse(c, a, err)
	}
	return sentence(c.Context(), http.StatusOK, "OK")
}

// recordEvent decodes and logs an event. It returns the codec's refusal if the
// body is no event.
func (s *Server) recordEvent(c *fiber.Ctx, a arrival) error {
	codec, ok := a.codec.(gateway.EventCodec)
	if !ok {
		return gateway.Refuse("This gateway sends no end-of-session events.")
	}
	event, err := codec.DecodeEvent(received(c, a))
	if err != nil {
		return err
	}
	s.logEvent(event)
	if s.config.Ended != nil {
		s.config.Ended(event)
	}
	return nil
}

// misdirected takes an event that was sent to the callback URL. Some gateways have no
// other, and some operators set one URL for both.
func (s *Server) misdirected(c *fiber.Ctx, a arrival) error {
	if err := s.recordEvent(c, a); err != nil {
		return s.refuse(c, a, err)
	}
	events, ok := a.codec.(gateway.EventCodec)
	if !ok {
		return sentence(c.Context(), http.StatusOK, "OK")
	}
	return send(c, events.Noticed(received(c, a)))
}

// received returns the parts of a request for a codec. Their memory belongs to
// the library, which reuses it for the next request.
func received(c *fiber.Ctx, a arrival) gateway.Request {
	return gateway.Request{
		Method: c.Method(),
		Header: (*header)(&c.Request().Header),
		Path:   a.path,
		Query:  c.Context().QueryArgs().QueryString(),
		// c.Body would unpack a compressed body without a limit.
		Body: c.Request().Body(),
	}
}

// header adapts a request's header to gateway.Header.
type header fasthttp.RequestHeader

// Get returns a copy of the header's value.
func (h *header) Get(name string) string {
	return string((*fasthttp.RequestHeader)(h).Peek(name))
}

func send(c *fiber.Ctx, r gateway.Response) error {
	response := c.Response()
	response.SetStatusCode(r.Status)
	response.Header.SetContentType(r.ContentType)
	for _, h := range r.Header {
		response.Header.Set(h.Name, h.Value)
	}
	response.SetBodyRaw(r.Body)
	return nil
}

// forbid answers a request without a valid key: without a body, as the legacy service did.
func (s *Server) forbid(c *fiber.Ctx, a arrival) error {
	deny(c.Context())
	s.logRefusal(c, a, http.StatusForbidden, "The key or the secret in the path is missing or wrong.")
	return sentence(c.Context(), http.StatusForbidden, "")
}

// refuse answers a malformed body with the codec's sentence.
func (s *Server) refuse(c *fiber.Ctx, a arrival, err error) error {
	refusal := &gateway.Refusal{Status: http.StatusBadRequest, Sentence: "The body could not be read."}
	errors.As(err, &refusal)
	s.logRefusal(c, a, refusal.Status, refusal.Sentence)
	return sentence(c.Context(), refusal.Status, refusal.Sentence)
}

func sentence(ctx *fasthttp.RequestCtx, status int, text string) error {
	ctx.SetStatusCode(status)
	ctx.SetContentType("text/plain; charset=utf-8")
	ctx.SetBodyString(text)
	return nil
}
