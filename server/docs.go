package server

import (
	_ "embed"

	"github.com/gofiber/fiber/v2"
	"github.com/swaggest/swgui"
	"github.com/swaggest/swgui/v5emb"
	"github.com/valyala/fasthttp/fasthttpadaptor"
)

// openapi describes every route; a test holds it against them.
//
//go:embed openapi.json
var openapi []byte

func describe(c *fiber.Ctx) error {
	c.Context().SetContentType("application/json")
	c.Context().SetBody(openapi)
	return nil
}

// docsPolicy lets the page load from this server only, so that it works without
// the internet and no other host learns who reads it.
const docsPolicy = "default-src 'self'; img-src 'self' data:; " +
	"script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'"

// docsPage shows openapi.json as a page where requests can be tried.
func docsPage() fiber.Handler {
	page := fasthttpadaptor.NewFastHTTPHandler(v5emb.NewHandlerWithConfig(swgui.Config{
		Title:       "PayTrace API",
		SwaggerJSON: "/openapi.json",
		BasePath:    "/docs",
	}))
	return func(c *fiber.Ctx) error {
		page(c.Context())
		c.Set(fiber.HeaderContentSecurityPolicy, docsPolicy)
		c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
		return nil
	}
}
