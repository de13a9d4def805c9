package server

import "github.com/valyala/fasthttp"

// strictPolicy lets a browser load nothing for an answer that is no page.
const strictPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'"

// protection lists the headers in the library's own spelling, which saves it the work.
var protection = []struct {
	name, value []byte
	always      bool
}{
	{[]byte("X-Content-Type-Options"), []byte("nosniff"), true},
	{[]byte("Referrer-Policy"), []byte("no-referrer"), true},
	{[]byte("Cache-Control"), []byte("no-store"), false},
	{[]byte("Content-Security-Policy"), []byte(strictPolicy), false},
}

// protect adds the headers that tell browsers and caches to do nothing more with an
// answer than show it. A handler's own policies for the cache and the page stay.
func protect(ctx *fasthttp.RequestCtx) {
	h := &ctx.Response.Header
	for _, one := range protection {
		if one.always || len(h.PeekBytes(one.name)) == 0 {
			h.SetCanonical(one.name, one.value)
		}
	}
}
