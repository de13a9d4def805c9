package server

import (
	"bytes"
	"fmt"
	"net/http"
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

	s.routed()
	for _, m := range s.config.Mounts {
		handler := mounted(fasthttpadaptor.NewFastHTTPHandler(m.Handler))
		s.app.All(m.Path, handler)
		s.app.All(m.Path+"/*", handler)
	}
	return nil
}

// routed adds the routes of other packages. A ServeMux behind Fiber's own table
// gives their handlers the names in the path.
func (s *Server) routed() {
	mux := http.NewServeMux()
	handler := mounted(fasthttpadaptor.NewFastHTTPHandler(mux))
	named := strings.NewReplacer("{", ":", "}", "")
	for _, r := range s.config.Routes {
		mux.Handle(r.Method+" "+r.Path, r.Handler)
		s.app.Add(r.Method, named.Replace(r.Path), handler)
	}
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
