package server

import (
	"net/http"

	"github.com/gofiber/fiber/v2"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/gateway"
)

// event takes note of the end of a session.
func (s *Server) event(c *fiber.Ctx) error {
	if !s.door.opens(c) {
		return s.forbid(c)
	}
	if err := s.note(c); err != nil {
		return s.refuse(c, err)
	}
	return sentence(c.Context(), http.StatusOK, "OK")
}

// note logs an event; err is the codec's if it is none.
func (s *Server) note(c *fiber.Ctx) error {
	codec, ok := s.config.Codec.(gateway.EventCodec)
	if !ok {
		return gateway.Refuse("This gateway sends no end-of-session events.")
	}
	event, err := codec.DecodeEvent(received(c))
	if err != nil {
		return err
	}
	s.logEvent(event)
	return nil
}

// misdirected takes an event that was posted where callbacks go, as happens when
// both URLs are set to one. It is answered as callbacks are.
func (s *Server) misdirected(c *fiber.Ctx) error {
	if err := s.note(c); err != nil {
		return s.refuse(c, err)
	}
	over := engine.Reply{Text: "Session ended.", End: true}
	return send(c, s.config.Codec.Encode(engine.Request{}, over))
}
