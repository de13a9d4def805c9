package server

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// wire reads requests from a connection and passes each one on only when its header
// is whole and in the one form that all readers of HTTP agree on. The library behind
// it is more lenient, and so are some proxies before it.
//
// A request with a fault is replaced by a plain one, which carries nothing of it. The
// guard then answers the fault, and no route sees the request.
type wire struct {
	in    io.Reader
	rules wireRules
	// deadline sets the time by which the rest of a header has to arrive.
	deadline func(time.Time) error

	buf        []byte // nil before the first byte
	start, end int    // the bytes of buf that were not passed on yet
	// whole counts the bytes from start that Read may pass on as they are.
	whole int
	// body counts the bytes that are still to come of a body with a known length.
	body int64
	// chunks reads a body in chunks; nil for others.
	chunks *chunks
	// rewritten is a header that replaces the one that came.
	rewritten []byte
	// last says that nothing is read after this request.
	last  bool
	fault *wireFault
	// path is the path of a request whose body did not come with its header.
	path string
}

// unread reports whether a part of the request has not passed. A route must not see
// such a request: its reader took something else for its end.
func (w *wire) unread() bool {
	return len(w.rewritten) > 0 || w.whole > 0 || w.body > 0 || w.chunks != nil
}

// wireRules says what depends on the server's routes and settings.
type wireRules struct {
	// limit returns how many bytes the body of a request to a path may have.
	limit func(path []byte) int64
	// welcome reports whether a client that waits for "100 Continue" may send its
	// body. The routes refuse the others without it.
	welcome func(head) bool
	// patience bounds the time from a header's first byte to its last.
	patience time.Duration
	now      func() time.Time
}

// wireFault says how a request is refused that no route may see.
type wireFault struct {
	status int
	detail string
	path   string // "" if the request has none that can be read
}

// substitute stands for a request with a fault. The library always can read it.
const substitute = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

// refuse makes the next request that Read passes on a refused one.
func (w *wire) refuse(status int, detail, path string) {
	w.fault = &wireFault{status, detail, path}
	w.rewritten = append(w.rewritten[:0], substitute...)
	w.last, w.whole, w.body, w.chunks = true, 0, 0, nil
}

// Read passes on the bytes of at most one request.
func (w *wire) Read(p []byte) (int, error) {
	for {
		switch {
		case len(p) == 0:
			return 0, nil
		case len(w.rewritten) > 0:
			n := copy(p, w.rewritten)
			w.rewritten = w.rewritten[n:]
			return n, nil
		case w.whole > 0:
			n := copy(p, w.buf[w.start:w.start+w.whole])
			w.start, w.whole = w.start+n, w.whole-n
			return n, nil
		case w.body > 0:
			return w.readBody(p)
		case w.chunks != nil:
			return w.readChunks(p)
		case w.last:
			return 0, io.EOF
		}
		if err := w.readHead(); err != nil {
			return 0, err
		}
	}
}

// readBody passes on bytes of a body that are not in the buffer.
func (w *wire) readBody(p []byte) (int, error) {
	n, err := w.in.Read(p[:min(int64(len(p)), w.body)])
	w.body -= int64(n)
	if errors.Is(err, io.EOF) && w.body > 0 {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// readChunks passes on bytes of a body in chunks. The library takes the end of the
// connection for the end of the chunks, so that end must not reach it.
func (w *wire) readChunks(p []byte) (int, error) {
	if w.start == w.end {
		n, err := w.in.Read(w.buf)
		w.start, w.end = 0, n
		if n == 0 && errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		if n == 0 {
			return 0, err
		}
	}
	n, ended, err := w.chunks.check(w.buf[w.start : w.start+min(len(p), w.end-w.start)])
	if err != nil {
		return 0, err
	}
	if ended {
		w.chunks, w.last = nil, true
	}
	copy(p, w.buf[w.start:w.start+n])
	w.start += n
	return n, nil
}

// readHead reads until the buffer holds a whole header, and decides what to pass on.
// An error means that the connection ended or was silent between two requests.
func (w *wire) readHead() error {
	if w.buf == nil {
		w.buf = make([]byte, headerLimit)
	}
	w.end = copy(w.buf, w.buf[w.start:w.end])
	w.start = 0
	size, fault := 0, ""
	for line := 0; ; {
		size, line, fault = headEnd(w.buf[:w.end], line)
		switch {
		case fault != "":
			w.refuse(http.StatusBadRequest, fault, pathOf(w.buf[:w.end]))
			return nil
		case size > 0:
			w.admit(size)
			return nil
		case w.end == len(w.buf):
			w.refuse(http.StatusRequestHeaderFieldsTooLarge, details[http.StatusRequestHeaderFieldsTooLarge], pathOf(w.buf[:w.end]))
			return nil
		}
		if err := w.more(); err != nil || w.fault != nil {
			return err
		}
	}
}

// more reads more of a header into the buffer.
func (w *wire) more() error {
	begun := w.end > 0
	n, err := w.in.Read(w.buf[w.end:])
	w.end += n
	var network net.Error
	switch {
	case n > 0:
		if !begun {
			return w.deadline(w.rules.now().Add(w.rules.patience))
		}
		return nil
	case !begun || err == nil:
		return err
	case errors.As(err, &network) && network.Timeout():
		w.refuse(http.StatusRequestTimeout, details[http.StatusRequestTimeout], pathOf(w.buf[:w.end]))
	case errors.Is(err, io.EOF):
		w.refuse(http.StatusBadRequest, "The header has no end.", pathOf(w.buf[:w.end]))
	default:
		return err
	}
	return nil
}

// admit decides what to pass on of a request whose header has size bytes.
func (w *wire) admit(size int) {
	h, fault := readHead(w.buf[:size])
	if fault != nil {
		w.refuse(fault.status, fault.detail, fault.path)
		return
	}
	if limit := w.rules.limit(h.path()); h.length > limit {
		w.refuse(http.StatusRequestEntityTooLarge, details[http.StatusRequestEntityTooLarge], string(h.path()))
		return
	}
	switch {
	case h.waits && !h.http11: // such a client does not know 100 Continue, and waits for nothing
		w.rewritten = h.without(w.rewritten, "Expect")
		w.start += size
	case h.waits && !w.rules.welcome(h):
		w.rewritten = h.without(w.rewritten, "Expect", "Content-Length", "Transfer-Encoding", "Connection")
		w.rewritten = append(w.rewritten[:len(w.rewritten)-len(lineEnd)], "Content-Length: 0\r\nConnection: close\r\n\r\n"...)
		w.last = true
		return
	default:
		w.whole = size
	}
	if h.chunked {
		w.chunks, w.path = &chunks{}, string(h.path())
		return
	}
	here := min(h.length, int64(w.end-w.start-w.whole))
	w.whole += int(here)
	if w.body = h.length - here; w.body > 0 {
		w.path = string(h.path())
	}
}

// headEnd looks for the end of a header from the start of one of its lines. It returns
// the header's size, or 0 and the start of the last line that has no end yet.
func headEnd(b []byte, from int) (size, line int, fault string) {
	for line = from; ; {
		i := bytes.IndexByte(b[line:], '\n')
		switch {
		case i < 0:
			return 0, line, ""
		case i == 0 || b[line+i-1] != '\r':
			return 0, line, "A line of the header does not end with CR LF."
		case i == 1 && line == 0:
			return 0, line, "The request line is empty."
		case i == 1:
			return line + 2, line, ""
		}
		line += i + 1
	}
}

// maxChunkDigits bounds the digits of a chunk's size. Every limit of a body has fewer.
const maxChunkDigits = 8

// chunks checks the framing of a body in chunks. It accepts no extensions and no
// trailers: nobody sends them here, and readers treat them in different ways.
type chunks struct {
	at     chunkPart
	digits int
	left   int64
}

type chunkPart int

const (
	chunkSize chunkPart = iota
	chunkSizeLF
	chunkData
	chunkDataCR
	chunkDataLF
	chunkLastCR
	chunkLastLF
)

var errChunks = errors.New("the chunks of the body are not well-formed")

// check checks bytes of the body. It returns how many it checked, and whether the
// body ends with them.
func (c *chunks) check(b []byte) (n int, ended bool, err error) {
	for n < len(b) {
		if c.at == chunkData {
			step := min(c.left, int64(len(b)-n))
			n, c.left = n+int(step), c.left-step
			if c.left == 0 {
				c.at = chunkDataCR
			}
			continue
		}
		if ended, err = c.next(b[n]); err != nil {
			return n, false, err
		}
		if n++; ended {
			return n, true, nil
		}
	}
	return n, false, nil
}

// next takes one byte between the data of two chunks.
func (c *chunks) next(b byte) (ended bool, err error) {
	want, then := byte('\n'), chunkSize
	switch c.at {
	case chunkSize:
		return false, c.size(b)
	case chunkSizeLF:
		if then = chunkData; c.left == 0 {
			then = chunkLastCR
		}
	case chunkDataCR:
		want, then = '\r', chunkDataLF
	case chunkDataLF:
		c.digits = 0
	case chunkLastCR:
		want, then = '\r', chunkLastLF
	}
	if b != want {
		return false, errChunks
	}
	ended = c.at == chunkLastLF
	c.at = then
	return ended, nil
}

func (c *chunks) size(b byte) error {
	switch {
	case b == '\r' && c.digits > 0:
		c.at = chunkSizeLF
		return nil
	case !isHex(b) || c.digits == maxChunkDigits:
		return errChunks
	}
	digit, err := strconv.ParseInt(string(b), 16, 64)
	c.left, c.digits = c.left<<4|digit, c.digits+1
	return err
}
