package server

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
	"github.com/valyala/fasthttp/fasthttpadaptor"

	"github.com/paytrace/paytrace/gateway"
)

// routes is every path that the server answers; openapi.json describes them, and
// a test holds the two against each other.
//
// Its error is a route handed in that can't be: both tables say so by a panic.
func (s *Server) routes() (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("server: a route is wrong: %v", cause)
		}
	}()
	s.app.Get("/health", health)
	s.app.Get("/ready", s.ready.serve)
	s.app.Get("/openapi.json", describe)
	docs := docsPage()
	s.app.Get("/docs", docs)
	s.app.Get("/docs/*", docs)

	s.app.Post("/ussd", s.callback)
	s.app.Post("/ussd/events", s.event)
	s.app.Post("/ussd/:secret", s.callback)
	s.app.Post("/ussd/:secret/events", s.event)
	s.app.Post("/sms/delivery", s.delivery)
	s.app.Post("/sms/delivery/:secret", s.delivery)

	s.routed()
	for _, m := range s.config.Mounts {
		handler := mounted(fasthttpadaptor.NewFastHTTPHandler(m.Handler))
		s.app.All(m.Path, handler)
		s.app.All(m.Path+"/*", handler)
	}
	return nil
}

// routed adds the routes of other packages, and gives their handlers the names
// in the path. There is no ServeMux between, which would redirect a path that it
// finds unclean.
func (s *Server) routed() {
	for _, r := range s.config.Routes {
		s.app.Add(r.Method, fiberPath(r.Path), func(c *fiber.Ctx) error {
			names, err := pathValues(c)
			if err != nil {
				return fiber.ErrBadRequest
			}
			return mounted(fasthttpadaptor.NewFastHTTPHandlerFunc(func(w http.ResponseWriter, req *http.Request) {
				for name, value := range names {
					req.SetPathValue(name, value)
				}
				r.Handler.ServeHTTP(w, req)
			}))(c)
		})
	}
}

// fiberPath writes a path's names as Fiber does.
func fiberPath(path string) string { return strings.NewReplacer("{", ":", "}", "").Replace(path) }

// pathValues are the names in the path and what stands there, without escapes
// and in memory of their own. An escape that is none is an error; the adaptor
// would make it a fault of the server.
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

func mounted(handler fasthttp.RequestHandler) fiber.Handler {
	return func(c *fiber.Ctx) error {
		handler(c.Context())
		return nil
	}
}

// bodyLimits lets mounts have bodies that are larger than a callback's; nil if
// none wants to.
func (s *Server) bodyLimits() func(*fasthttp.RequestHeader) fasthttp.RequestConfig {
	var larger []Mount
	for _, m := range s.config.Mounts {
		if m.MaxBody > gateway.MaxBody {
			larger = append(larger, m)
		}
	}
	if larger == nil {
		return nil
	}
	return func(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
		path, _, _ := bytes.Cut(h.RequestURI(), []byte("?"))
		for _, m := range larger {
			if below(string(path), m.Path) {
				return fasthttp.RequestConfig{MaxRequestBodySize: m.MaxBody}
			}
		}
		return fasthttp.RequestConfig{}
	}
}

// below says whether path is base or under it.
func below(path, base string) bool {
	return len(path) >= len(base) && path[:len(base)] == base && (len(path) == len(base) || path[len(base)] == '/')
}
