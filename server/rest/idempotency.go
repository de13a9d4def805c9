package rest

import (
	"context"
	"net/http"
	"strings"
	"sync"
)

// maxIdempotencyKey bounds the characters of an Idempotency-Key, which shares the
// request's header limit with all other headers. A UUID has 36.
const maxIdempotencyKey = 255

const idempotencyHeader = "Idempotency-Key"

// idempotencyKey reads the header of draft-ietf-httpapi-idempotency-key-header, a
// structured field's string in quotes. Many clients send it without quotes; that
// counts as the same key. It returns "" if the header is missing.
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

// unquote reads a string of RFC 9651, section 4.2.5, or a word without quotes.
func unquote(raw string) (string, bool) {
	rest, quoted := strings.CutPrefix(raw, `"`)
	if !quoted {
		return raw, !strings.ContainsFunc(raw, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\\' })
	}
	var key strings.Builder
	for i := 0; i < len(rest); i++ {
		switch c := rest[i]; {
		case c == '"':
			return key.String(), i == len(rest)-1 // the draft defines no parameters
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

// flights holds the actions that this instance is running, by their identity. The
// action log makes duplicates on two instances wait for each other. Within one
// instance flights does so, and a waiting duplicate needs no database connection.
type flights struct {
	mu   sync.Mutex
	busy map[string]chan struct{}
}

// enter waits until no duplicate is running. It returns false if ctx ends first.
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
