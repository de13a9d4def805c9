package gateway

import (
	"errors"
	"fmt"
	"net/http"
)

// ErrNotACallback says that a body is well formed and asks for no screen: the
// aggregator tells how a session ended. An EventCodec can read it.
var ErrNotACallback = errors.New("this is an end-of-session event, not a callback")

// Refusal is an error about a body that is no callback. Nothing was changed by
// it, and sending it again gives the same refusal.
type Refusal struct {
	// Status is 400, or 413 for a body over MaxBody.
	Status int
	// Sentence says in one sentence what was found and what was expected. It
	// names fields and counts, and never repeats what a caller typed.
	Sentence string
}

func (r *Refusal) Error() string { return r.Sentence }

// Refuse makes the refusal of a malformed body (status 400).
func Refuse(format string, args ...any) *Refusal {
	return &Refusal{Status: http.StatusBadRequest, Sentence: fmt.Sprintf(format, args...)}
}

// RefuseSize makes the refusal of a body of more than MaxBody bytes (status
// 413); the server uses it too, for bodies it does not read to their end.
func RefuseSize() *Refusal {
	return &Refusal{
		Status:   http.StatusRequestEntityTooLarge,
		Sentence: fmt.Sprintf("The body is larger than %d bytes, the most a callback may have.", MaxBody),
	}
}
