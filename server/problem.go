package server

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/paytrace/paytrace/gateway"
)

// problem is an error document (RFC 9457). Its detail never contains the text of
// an error, which may repeat parts of a request.
type problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
}

// details explains each status in one sentence.
var details = map[int]string{
	http.StatusBadRequest:                  "The request is not well-formed HTTP.",
	http.StatusNotFound:                    "There is nothing at this path.",
	http.StatusMethodNotAllowed:            "This path does not accept this method.",
	http.StatusRequestTimeout:              "The request did not arrive in time.",
	http.StatusRequestEntityTooLarge:       gateway.RefuseSize().Sentence,
	http.StatusRequestHeaderFieldsTooLarge: "The headers are larger than this server accepts.",
	http.StatusTooManyRequests:             "There were too many requests from this address without a valid key. Wait as Retry-After says.",
	http.StatusInternalServerError:         "The request could not be answered.",
}

// fail answers requests that no handler answered: unknown paths, and requests
// that the library could not read.
func (s *Server) fail(c *fiber.Ctx, err error) error {
	status := http.StatusInternalServerError
	var known *fiber.Error
	if errors.As(err, &known) {
		status = known.Code
	}
	if status == http.StatusBadGateway {
		// The library reports a connection that broke during reading this way.
		status = http.StatusBadRequest
	}
	if status == http.StatusInternalServerError {
		s.config.Logger.LogAttrs(c.Context(), slog.LevelError, "request failed", slog.Any("fault", err))
	}
	switch status {
	case http.StatusInternalServerError:
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		deny(c.Context())
	default:
		s.logMalformed(c.Context(), status, details[status])
	}
	path := string(c.Context().Path())
	if from, ok := c.Context().Conn().(*conn); ok {
		from.linger.Store(true)
		if from.wire.unread() {
			path = from.wire.path // the library forgets the header of a body that it can't read
		}
	}
	protect(c.Context()) // an answer to a request that could not be read passes no guard
	return refuseHTTP(c.Context(), path, status, details[status])
}

// refuseHTTP answers with a sentence on the paths where gateways post, and with
// a problem document on all others.
func refuseHTTP(ctx *fasthttp.RequestCtx, path string, status int, detail string) error {
	if detail == "" {
		detail = http.StatusText(status) + "."
	}
	if below(path, "/ussd") || strings.HasPrefix(path, gatewaysPath) || below(path, "/sms/delivery") {
		return sentence(ctx, status, detail)
	}
	body, err := json.Marshal(problem{"about:blank", http.StatusText(status), status, detail})
	if err != nil {
		return err
	}
	ctx.SetStatusCode(status)
	ctx.SetContentType("application/problem+json")
	ctx.SetBody(body)
	return nil
}
