package server

import (
	"context"
	"errors"
	"log/slog"
	"mime"
	"net/http"

	"github.com/gofiber/fiber/v2"

	"github.com/paytrace/paytrace/gateway"
)

// Reports takes the delivery reports of an SMS provider.
type Reports struct {
	// Fields lists the form fields that Take reads.
	Fields []string
	// Take stores a report. It returns a *gateway.Refusal if the form is no
	// report; after any other error the provider is asked to send it again.
	Take func(ctx context.Context, field func(name string) string) error
}

// delivery takes a delivery report. It needs the same authorization as a
// callback: a forged report would hide that a message never arrived.
func (s *Server) delivery(c *fiber.Ctx) error {
	a := s.arrived(c)
	if !s.authorized(c, a) {
		return s.forbid(c, a)
	}
	err := s.report(c)
	var refusal *gateway.Refusal
	switch {
	case err == nil:
		return sentence(c.Context(), http.StatusOK, "OK")
	case errors.As(err, &refusal):
		return s.refuse(c, a, err)
	}
	s.config.Logger.LogAttrs(c.Context(), slog.LevelError, "delivery report not stored", slog.Any("error", err))
	return sentence(c.Context(), http.StatusServiceUnavailable, "The report was not stored. Send it again later.")
}

func (s *Server) report(c *fiber.Ctx) error {
	reports := s.config.Reports
	if reports.Take == nil {
		return gateway.Refuse("No SMS provider sends reports here.")
	}
	kind, _, err := mime.ParseMediaType(string(c.Request().Header.ContentType()))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return gateway.Refuse("The Content-Type must be application/x-www-form-urlencoded.")
	}
	var form gateway.Form
	if err := form.Parse(c.Request().Body(), reports.Fields); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), Budget)
	defer cancel()
	return reports.Take(ctx, func(name string) string {
		for i, field := range reports.Fields {
			if field == name {
				value, _ := form.Get(i)
				return value
			}
		}
		return ""
	})
}
