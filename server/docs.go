package server

import (
	_ "embed"
	"net/http"
	"path"

	"github.com/gofiber/fiber/v2"
	"github.com/swaggest/swgui"
	"github.com/swaggest/swgui/v5emb"
	"github.com/valyala/fasthttp/fasthttpadaptor"
)

// openapi describes every route; a test compares the two.
//
//go:embed openapi.json
var openapi []byte

func describe(c *fiber.Ctx) error {
	c.Context().SetContentType("application/json")
	c.Context().SetBody(openapi)
	return nil
}

// docsPolicy lets the page load only from this server. It then works without the
// internet, and no other host learns who reads it.
const docsPolicy = "default-src 'self'; img-src 'self' data:; " +
	"script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'"

// assetTypes maps the page's files to their types. The library would take them
// from the machine's own list, which differs between machines.
var assetTypes = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".png": "image/png",
}

// docsPage serves openapi.json as a page where readers can try requests.
func docsPage() fiber.Handler {
	page := fasthttpadaptor.NewFastHTTPHandler(v5emb.NewHandlerWithConfig(swgui.Config{
		Title:       "PayTrace API",
		SwaggerJSON: "/openapi.json",
		BasePath:    "/docs",
	}))
	return func(c *fiber.Ctx) error {
		page(c.Context())
		if known, ok := assetTypes[path.Ext(c.Path())]; ok && c.Response().StatusCode() == http.StatusOK {
			c.Context().SetContentType(known)
		}
		c.Set(fiber.HeaderContentSecurityPolicy, docsPolicy)
		c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
		return nil
	}
}
