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

// docsPolicy lets the page load only files of this server: no host learns who reads
// it, and no text of the document can become a script.
const docsPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'"

// assetsAge lets a browser keep the page's files for an hour; they change only with a
// new version.
const assetsAge = "max-age=3600"

// The page's own files replace the library's page, whose scripts and styles stand in
// the page itself.
var (
	//go:embed docs.html
	docsHTML []byte
	//go:embed docs.js
	docsJS []byte
	//go:embed docs.css
	docsCSS []byte
)

// docsFiles maps the paths of the page's own files to them.
var docsFiles = map[string][]byte{"/docs": docsHTML, "/docs/": docsHTML, "/docs/docs.js": docsJS, "/docs/docs.css": docsCSS}

// assetTypes maps the page's files to their types. The library would take them
// from the machine's own list, which differs between machines.
var assetTypes = map[string]string{
	"":     "text/html; charset=utf-8",
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".png": "image/png",
}

// docsPage serves openapi.json as a page where readers can try requests.
func docsPage() fiber.Handler {
	assets := fasthttpadaptor.NewFastHTTPHandler(v5emb.NewHandlerWithConfig(swgui.Config{BasePath: "/docs"}))
	return func(c *fiber.Ctx) error {
		file, own := docsFiles[c.Path()]
		if own {
			c.Context().SetBody(file)
		} else {
			assets(c.Context())
		}
		kind, known := assetTypes[path.Ext(c.Path())]
		if status := c.Response().StatusCode(); status != http.StatusOK && status != http.StatusNotModified || !known {
			c.Context().Response.Reset()
			return fiber.ErrNotFound
		}
		c.Context().SetContentType(kind)
		c.Set(fiber.HeaderCacheControl, assetsAge)
		c.Set(fiber.HeaderContentSecurityPolicy, docsPolicy)
		return nil
	}
}
