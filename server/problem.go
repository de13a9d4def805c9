package server

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"

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
	case http.StatusInternalServerError, http.StatusNotFound, http.StatusMethodNotAllowed:
	default:
		s.logMalformed(c.Context(), status, details[status])
	}
	if half, ok := c.Context().Conn().(*conn); ok {
		half.linger.Store(true)
	}
	return refuseHTTP(c.Context(), status, details[status])
}

// refuseHTTP answers with a sentence on the paths where gateways post, and with
// a problem document on all others.
func refuseHTTP(ctx *fasthttp.RequestCtx, status int, detail string) error {
	if detail == "" {
		detail = http.StatusText(status) + "."
	}
	if path := string(ctx.Path()); below(path, "/ussd") || below(path, "/sms/delivery") {
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
