package server

import (
	"context"
	"errors"
	"net/http"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/gateway"
)

// callback answers a gateway with a screen. Only who may not pass and what can't
// be read gets something else.
func (s *Server) callback(c *fiber.Ctx) error {
	if !s.door.opens(c) {
		return s.forbid(c)
	}
	began := s.config.Now()
	req, err := s.config.Codec.Decode(received(c))
	if errors.Is(err, gateway.ErrNotACallback) {
		return s.misdirected(c)
	}
	if err != nil {
		return s.refuse(c, err)
	}
	reply := s.answer(req)
	s.logCallback(req, reply, began, s.config.Now())
	return send(c, s.config.Codec.Encode(req, reply))
}

// answer asks the engine. A panic is one caller's misfortune and not everyone's.
func (s *Server) answer(req engine.Request) (reply engine.Reply) {
	ctx := engine.WithTimeout(context.Background(), Budget)
	defer ctx.End()
	defer func() {
		if cause := recover(); cause != nil {
			reply = engine.Reply{Text: s.config.Busy, End: true, Fault: panicked(cause)}
		}
	}()
	return s.config.Handle(ctx, req)
}

// received hands the codec the parts of a request. They are the library's memory
// and will be used again, which codecs know.
func received(c *fiber.Ctx) gateway.Request {
	return gateway.Request{
		Method: c.Method(),
		Header: (*header)(&c.Request().Header),
		Query:  c.Context().QueryArgs().QueryString(),
		// Not c.Body, which would unpack compressed ones without a limit of its
		// own.
		Body: c.Request().Body(),
	}
}

// header is a request's header as codecs want it.
type header fasthttp.RequestHeader

// Get returns a copy of the header's value.
func (h *header) Get(name string) string {
	return string((*fasthttp.RequestHeader)(h).Peek(name))
}

func send(c *fiber.Ctx, r gateway.Response) error {
	response := c.Response()
	response.SetStatusCode(r.Status)
	response.Header.SetContentType(r.ContentType)
	response.SetBodyRaw(r.Body)
	return nil
}

// forbid answers 403 without a body, as the service before this one did.
func (s *Server) forbid(c *fiber.Ctx) error {
	s.logRefusal(http.StatusForbidden, "The key or the secret in the path is missing or wrong.")
	c.Status(http.StatusForbidden)
	return nil
}

// refuse answers a body that is no callback with the codec's sentence.
func (s *Server) refuse(c *fiber.Ctx, err error) error {
	refusal := &gateway.Refusal{Status: http.StatusBadRequest, Sentence: "The body could not be read."}
	errors.As(err, &refusal)
	s.logRefusal(refusal.Status, refusal.Sentence)
	return sentence(c.Context(), refusal.Status, refusal.Sentence)
}

func sentence(ctx *fasthttp.RequestCtx, status int, text string) error {
	ctx.SetStatusCode(status)
	ctx.SetContentType("text/plain")
	ctx.SetBodyString(text)
	return nil
}
