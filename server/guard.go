package server

import (
	"bytes"
	"log/slog"
	"net/http"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// guard checks requests before every route. It refuses requests that fasthttp
// accepts but that a proxy in front may read differently (RFC 9112, sections
// 2.2, 5.2, 6.1 and 11.2). It also recovers panics, which would end the process.
func (s *Server) guard(next fasthttp.RequestHandler) fasthttp.RequestHandler {
	return func(ctx *fasthttp.RequestCtx) {
		defer s.rescue(ctx)
		fault, chunked := inspect(&ctx.Request.Header)
		if fault != "" {
			s.logMalformed(ctx, http.StatusBadRequest, fault)
			ctx.SetConnectionClose()
			_ = refuseHTTP(ctx, http.StatusBadRequest, fault)
			return
		}
		if chunked {
			// fasthttp reads chunk extensions loosely and may misread a part of
			// the body as the next request. Closing the connection drops it.
			ctx.SetConnectionClose()
		}
		next(ctx)
	}
}

func (s *Server) logMalformed(ctx *fasthttp.RequestCtx, status int, why string) {
	s.config.Refusals.Log("request refused", peerOf(ctx), slog.Int("status", status), slog.String("why", why))
}

func (s *Server) rescue(ctx *fasthttp.RequestCtx) {
	cause := recover()
	if cause == nil {
		return
	}
	s.config.Logger.LogAttrs(ctx, slog.LevelError, "request failed", slog.Any("fault", panicked(cause)))
	ctx.Response.Reset()
	ctx.SetConnectionClose()
	_ = refuseHTTP(ctx, http.StatusInternalServerError, details[http.StatusInternalServerError])
}

// single lists the headers that a request may have only once; the bits below are
// their indexes. With two of them, two readers could each believe another one.
var single = [...]string{
	fiber.HeaderHost, fiber.HeaderContentLength, fiber.HeaderTransferEncoding, fiber.HeaderContentType,
	fiber.HeaderAuthorization, fiber.HeaderContentEncoding, fiber.HeaderExpect, "Idempotency-Key",
}

const (
	bitHost = 1 << iota
	bitLength
	bitTransfer
)

// inspect checks a request's raw header. It returns a sentence about the first
// fault, or "", and whether the body came in chunks.
func inspect(h *fasthttp.RequestHeader) (fault string, chunked bool) {
	if fault = inspectFirstLine(h); fault != "" {
		return fault, false
	}
	var seen uint
	for raw := h.RawHeaders(); len(raw) > 0; {
		end := bytes.IndexByte(raw, '\n')
		line := raw[:end+1]
		raw = raw[end+1:]
		if len(line) < 2 || line[len(line)-2] != '\r' {
			return "A header line does not end with CR LF.", false
		}
		line = line[:len(line)-2]
		if len(line) == 0 {
			break
		}
		if fault = inspectLine(line, &seen); fault != "" {
			return fault, false
		}
	}
	switch {
	case seen&bitHost == 0 && h.IsHTTP11():
		return "The Host header is missing.", false
	case seen&bitTransfer == 0:
		return "", false
	case seen&bitLength != 0:
		return "The request has both Transfer-Encoding and Content-Length.", false
	case !h.IsHTTP11():
		return "Transfer-Encoding needs HTTP/1.1.", false
	}
	return "", true
}

func inspectFirstLine(h *fasthttp.RequestHeader) string {
	if p := h.Protocol(); string(p) != "HTTP/1.1" && string(p) != "HTTP/1.0" {
		return "The protocol is neither HTTP/1.1 nor HTTP/1.0."
	}
	if !isToken(h.Method()) {
		return "The method has a character that is not allowed."
	}
	for _, b := range h.RequestURI() {
		if b <= ' ' || b >= 0x7f {
			return "The path has a character that must be escaped."
		}
	}
	if path, _, _ := bytes.Cut(h.RequestURI(), []byte("?")); !escaped(path) {
		return "The path has a percent sign without two hexadecimal digits after it."
	}
	return ""
}

// escaped reports whether every percent sign of a path begins an escape. The
// routes would each read a broken escape differently.
func escaped(path []byte) bool {
	for {
		i := bytes.IndexByte(path, '%')
		if i < 0 {
			return true
		}
		if i+2 >= len(path) || !isHex(path[i+1]) || !isHex(path[i+2]) {
			return false
		}
		path = path[i+3:]
	}
}

func isHex(b byte) bool { return '0' <= b && b <= '9' || 'a' <= b|0x20 && b|0x20 <= 'f' }

// inspectLine checks one header line and sets the bits of single in seen.
func inspectLine(line []byte, seen *uint) string {
	if line[0] == ' ' || line[0] == '\t' {
		return "A header is folded over two lines."
	}
	name, value, ok := bytes.Cut(line, []byte(":"))
	if !ok || !isToken(name) {
		return "A header line has no name."
	}
	for _, b := range value {
		if b < ' ' && b != '\t' || b == 0x7f {
			return "A header has a control character."
		}
	}
	for i, one := range single {
		if len(one) != len(name) || !equalFold(name, one) {
			continue
		}
		if *seen&(1<<i) != 0 {
			return "The header " + one + " comes twice."
		}
		*seen |= 1 << i
		if 1<<i == bitTransfer && !equalFold(bytes.TrimSpace(value), "chunked") {
			return "The Transfer-Encoding is not chunked."
		}
	}
	return ""
}

// equalFold compares ASCII texts and ignores case.
func equalFold(b []byte, s string) bool {
	return len(b) == len(s) && bytes.EqualFold(b, []byte(s))
}

// isToken reports whether b is a token of RFC 9110, section 5.6.2.
func isToken(b []byte) bool {
	for _, c := range b {
		switch {
		case 'a' <= c|0x20 && c|0x20 <= 'z', '0' <= c && c <= '9':
		case bytes.IndexByte([]byte("!#$%&'*+-.^_`|~"), c) >= 0:
		default:
			return false
		}
	}
	return len(b) > 0
}
