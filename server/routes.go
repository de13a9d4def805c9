package server

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
	"github.com/valyala/fasthttp/fasthttpadaptor"

	"github.com/paytrace/paytrace/gateway"
)

// routes registers every path that the server answers. openapi.json describes
// them, and a test compares the two.
//
// It returns an error for a configured route that the library rejects with a
// panic.
func (s *Server) routes() (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("server: register the routes: %v", cause)
		}
	}()
	s.app.Get("/health", health)
	s.app.Get("/ready", s.ready.serve)
	if !s.config.NoDocs {
		docs := docsPage()
		s.app.Get("/openapi.json", describe)
		s.app.Get("/docs", docs)
		s.app.Get("/docs/*", docs)
	}

	s.app.Post("/ussd", s.callback)
	s.app.Post("/ussd/events", s.event)
	s.app.Post("/ussd/:secret", s.callback)
	s.app.Post("/ussd/:secret/events", s.event)
	s.app.Post("/sms/delivery", s.delivery)
	s.app.Post("/sms/delivery/:secret", s.delivery)

	if len(s.fronts) > 0 {
		s.app.All(gatewaysPath+"*", s.gateways)
	}

	s.routed()
	for _, m := range s.config.Mounts {
		handler := mounted(m.Handler)
		s.app.All(m.Path, handler)
		s.app.All(m.Path+"/*", handler)
	}
	return nil
}

// routed adds the routes of other packages and passes the named segments of the
// path to their handlers. It uses no ServeMux, which would redirect paths that it
// considers unclean.
func (s *Server) routed() {
	for _, r := range s.config.Routes {
		s.app.Add(r.Method, fiberPath(r.Path), func(c *fiber.Ctx) error {
			names, err := pathValues(c)
			if err != nil {
				return fiber.ErrBadRequest
			}
			return mounted(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
				for name, value := range names {
					req.SetPathValue(name, value)
				}
				r.Handler.ServeHTTP(w, req)
			}))(c)
		})
	}
}

// fiberPath rewrites the named segments of a path for Fiber: {x} becomes :x.
func fiberPath(path string) string { return strings.NewReplacer("{", ":", "}", "").Replace(path) }

// pathValues returns copies of the path's named segments, unescaped. A broken
// escape is an error here; the adaptor would answer it with 500.
func pathValues(c *fiber.Ctx) (map[string]string, error) {
	if _, err := url.ParseRequestURI(string(c.Request().RequestURI())); err != nil {
		return nil, err
	}
	values := map[string]string{}
	for name, raw := range c.AllParams() {
		value, err := url.PathUnescape(raw)
		if err != nil {
			return nil, err
		}
		values[strings.Clone(name)] = strings.Clone(value)
	}
	return values, nil
}

// mounted serves a handler of net/http. The context of its requests has no Done of
// fasthttp, which a goroutine of package context may read while the server shuts down;
// fasthttp writes it then without a lock.
func mounted(h http.Handler) fiber.Handler {
	handler := fasthttpadaptor.NewFastHTTPHandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		h.ServeHTTP(w, req.WithContext(context.WithoutCancel(req.Context())))
	})
	return func(c *fiber.Ctx) error {
		handler(c.Context())
		return nil
	}
}

// bodyLimit returns how many bytes the body of a request to a path may have.
func (s *Server) bodyLimit(path []byte) int64 {
	limit := gateway.MaxBody
	for _, m := range s.config.Mounts {
		if m.MaxBody > limit && below(string(path), m.Path) {
			limit = m.MaxBody
		}
	}
	return int64(limit)
}

// bodyLimits tells the library the limits of bodies, for those in chunks.
func (s *Server) bodyLimits(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
	path, _, _ := bytes.Cut(h.RequestURI(), []byte("?"))
	return fasthttp.RequestConfig{MaxRequestBodySize: int(s.bodyLimit(path))}
}

// below reports whether path is base or below it.
func below(path, base string) bool {
	return len(path) >= len(base) && path[:len(base)] == base && (len(path) == len(base) || path[len(base)] == '/')
}
