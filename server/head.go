package server

import (
	"bytes"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// head is the header of a request: its first line, and what the lines below say of
// its body and its sender. It refers to the bytes it was read from.
type head struct {
	raw            []byte // with the empty line at the end
	method, target []byte
	http11         bool
	length         int64 // of the body; 0 for a body in chunks
	chunked        bool
	waits          bool // for "100 Continue", before it sends the body
	authorization  []byte
}

const lineEnd = "\r\n"

// path returns the target without its query.
func (h head) path() []byte {
	path, _, _ := bytes.Cut(h.target, []byte("?"))
	return path
}

// without appends the header to dst, without the lines of some names.
func (h head) without(dst []byte, names ...string) []byte {
	dst = dst[:0]
	for line := range bytes.SplitAfterSeq(h.raw, []byte("\n")) {
		name, _, _ := bytes.Cut(line, []byte(":"))
		if !slices.ContainsFunc(names, func(one string) bool { return equalFold(name, one) }) {
			dst = append(dst, line...)
		}
	}
	return dst
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
	_ // Content-Type
	bitAuthorization
	_ // Content-Encoding
	bitExpect
)

// methods lists the methods that HTTP defines. The library's routes know no others.
var methods = []string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
	http.MethodOptions, http.MethodTrace, http.MethodConnect,
}

// readHead reads a header whose lines all end with CR LF. It returns a fault for what
// the library accepts but a proxy in front may read differently (RFC 9112, sections
// 2.2, 3, 5.2, 6.1 and 11.2).
func readHead(raw []byte) (h head, fault *wireFault) {
	h.raw = raw
	first, lines, _ := bytes.Cut(raw, []byte(lineEnd))
	status, detail := h.readFirst(first)
	var seen uint
	for detail == "" && len(lines) > 0 {
		var line []byte
		if line, lines, _ = bytes.Cut(lines, []byte(lineEnd)); len(line) == 0 {
			break
		}
		status, detail = h.readLine(line, &seen)
	}
	if detail == "" {
		status, detail = http.StatusBadRequest, h.contradiction(seen)
	}
	if detail != "" {
		return h, &wireFault{status, detail, pathOf(raw)}
	}
	return h, nil
}

// contradiction says which headers of a request exclude each other.
func (h *head) contradiction(seen uint) string {
	switch {
	case seen&bitHost == 0 && h.http11:
		return "The Host header is missing."
	case seen&bitTransfer == 0:
		return ""
	case seen&bitLength != 0:
		return "The request has both Transfer-Encoding and Content-Length."
	case !h.http11:
		return "Transfer-Encoding needs HTTP/1.1."
	}
	return ""
}

// readFirst reads the request line: a method, a path and a version, with one space
// between them.
func (h *head) readFirst(line []byte) (status int, detail string) {
	method, rest, _ := bytes.Cut(line, []byte(" "))
	target, version, ok := bytes.Cut(rest, []byte(" "))
	h.method, h.target, h.http11 = method, target, string(version) == "HTTP/1.1"
	switch {
	case !isToken(method):
		return http.StatusBadRequest, "The method has a character that is not allowed."
	case !ok:
		return http.StatusBadRequest, "The request line does not end with the protocol, as HTTP/1.1."
	case bytes.IndexByte(version, ' ') >= 0:
		return http.StatusBadRequest, "The path has a space, which must be escaped."
	case string(version) != "HTTP/1.1" && string(version) != "HTTP/1.0":
		return http.StatusBadRequest, "The protocol is neither HTTP/1.1 nor HTTP/1.0."
	case !slices.Contains(methods, string(method)):
		return http.StatusNotImplemented, "The method is not known here."
	}
	return http.StatusBadRequest, targetFault(target)
}

func targetFault(target []byte) string {
	if len(target) == 0 || target[0] != '/' {
		return "The target is no path: it must begin with a slash."
	}
	for _, b := range target {
		if b <= ' ' || b >= 0x7f {
			return "The path has a character that must be escaped."
		}
		if b == '#' {
			return "The path has a #, which is never sent to a server."
		}
	}
	if path, _, _ := bytes.Cut(target, []byte("?")); !escaped(path) {
		return "The path has a percent sign without two hexadecimal digits after it."
	}
	return ""
}

// pathOf returns the path of a request that may have a fault, to answer in the form
// of its route; "" if there is none.
func pathOf(raw []byte) string {
	line, _, _ := bytes.Cut(raw, []byte("\n"))
	_, rest, _ := bytes.Cut(bytes.TrimSuffix(line, []byte("\r")), []byte(" "))
	target, _, _ := bytes.Cut(rest, []byte(" "))
	path, _, _ := bytes.Cut(target, []byte("?"))
	if targetFault(path) != "" {
		return ""
	}
	return string(path)
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

// readLine reads one line below the first and sets the bits of single in seen.
func (h *head) readLine(line []byte, seen *uint) (status int, detail string) {
	status = http.StatusBadRequest
	if line[0] == ' ' || line[0] == '\t' {
		return status, "A header is folded over two lines."
	}
	name, value, ok := bytes.Cut(line, []byte(":"))
	if !ok || !isToken(name) {
		return status, "A header line has no name."
	}
	for _, b := range value {
		if b < ' ' && b != '\t' || b == 0x7f {
			return status, "A header has a control character."
		}
	}
	for i, one := range single {
		if !equalFold(name, one) {
			continue
		}
		if *seen&(1<<i) != 0 {
			return status, "The header " + one + " comes twice."
		}
		*seen |= 1 << i
		return h.readSingle(1<<i, bytes.Trim(value, " \t"))
	}
	return status, ""
}

// readSingle reads the value of a header that the server itself heeds.
func (h *head) readSingle(bit uint, value []byte) (status int, detail string) {
	status = http.StatusBadRequest
	switch bit {
	case bitHost:
		if !isHost(string(value)) {
			return status, "The Host header is no host, as example.org or example.org:5000."
		}
	case bitLength:
		length, err := strconv.ParseUint(string(value), 10, 63)
		if err != nil {
			return status, "The Content-Length is no whole number."
		}
		h.length = int64(length)
	case bitTransfer:
		if !equalFold(value, "chunked") {
			return http.StatusNotImplemented, "The Transfer-Encoding is not chunked."
		}
		h.chunked = true
	case bitAuthorization:
		h.authorization = value
	case bitExpect:
		if !equalFold(value, "100-continue") {
			return http.StatusExpectationFailed, "The Expect header is not 100-continue."
		}
		h.waits = true
	}
	return status, ""
}

// isHost reports whether text is a name or an address, with a port or without. Names
// with other characters are valid URLs, but no such host exists.
func isHost(text string) bool {
	var name, port string
	var hasPort bool
	if end := strings.LastIndexByte(text, ']'); strings.HasPrefix(text, "[") && end > 0 {
		address, err := netip.ParseAddr(text[1:end])
		if err != nil || !address.Is6() || address.Zone() != "" {
			return false
		}
		if text = text[end+1:]; text == "" {
			return true
		}
		name, port, hasPort = "v6", strings.TrimPrefix(text, ":"), text[0] == ':'
		if !hasPort {
			return false
		}
	} else {
		name, port, hasPort = strings.Cut(text, ":")
	}
	if _, err := strconv.ParseUint(port, 10, 16); hasPort && err != nil {
		return false
	}
	for i := range len(name) {
		if !unreserved(name[i]) {
			return false
		}
	}
	return name != ""
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
