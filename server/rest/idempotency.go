package rest

import (
	"context"
	"net/http"
	"strings"
	"sync"
)

// maxIdempotencyKey is what a header line can hold beside the others; a UUID has
// 36.
const maxIdempotencyKey = 255

const idempotencyHeader = "Idempotency-Key"

// idempotencyKey reads the header of draft-ietf-httpapi-idempotency-key-header:
// a structured field's string, in quotes. Many clients send it bare, which is
// taken as the same key. "" is none.
func idempotencyKey(r *http.Request) (string, *Problem) {
	raw := strings.TrimSpace(r.Header.Get(idempotencyHeader))
	if len(r.Header.Values(idempotencyHeader)) == 0 {
		return "", nil
	}
	key, ok := unquote(raw)
	if !ok || key == "" || len(key) > maxIdempotencyKey {
		return "", problem(http.StatusBadRequest, typeBlank,
			`The Idempotency-Key must be a text of 1 to 255 visible characters in quotes, such as "8e03978e-40d5-43dd-bc93-6894a57f9324".`)
	}
	return key, nil
}

// unquote reads a string of RFC 9651, section 4.2.5, or a bare word.
func unquote(raw string) (string, bool) {
	rest, quoted := strings.CutPrefix(raw, `"`)
	if !quoted {
		return raw, !strings.ContainsFunc(raw, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\\' })
	}
	var key strings.Builder
	for i := 0; i < len(rest); i++ {
		switch c := rest[i]; {
		case c == '"':
			return key.String(), i == len(rest)-1 // parameters are not defined
		case c == '\\':
			i++
			if i == len(rest) || rest[i] != '"' && rest[i] != '\\' {
				return "", false
			}
			key.WriteByte(rest[i])
		case c < ' ' || c > '~':
			return "", false
		default:
			key.WriteByte(c)
		}
	}
	return "", false
}

// flights are the requests with an idempotency key that this instance works on.
// The action log makes twins on two instances wait for each other; within one
// instance this does it without a database connection for each that waits.
type flights struct {
	mu   sync.Mutex
	busy map[string]chan struct{}
}

// enter waits until no twin is under way; false if the time is up before.
func (f *flights) enter(ctx context.Context, id string) (leave func(), ok bool) {
	for {
		f.mu.Lock()
		other, busy := f.busy[id]
		if !busy {
			mine := make(chan struct{})
			if f.busy == nil {
				f.busy = map[string]chan struct{}{}
			}
			f.busy[id] = mine
			f.mu.Unlock()
			return func() {
				f.mu.Lock()
				delete(f.busy, id)
				f.mu.Unlock()
				close(mine)
			}, true
		}
		f.mu.Unlock()
		select {
		case <-other:
		case <-ctx.Done():
			return nil, false
		}
	}
}
