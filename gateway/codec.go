package gateway

import "github.com/paytrace/paytrace/engine"

// Codec speaks one aggregator's dialect. It keeps nothing between calls and may
// be used by many goroutines.
type Codec interface {
	// Name is the provider's name in requests, records and logs. It is part of
	// every action's identity, so it never changes.
	Name() string
	// Decode reads a callback. A body that is no callback gives a *Refusal;
	// news about a session that is over gives ErrNotACallback. The request
	// shares no memory with r: servers use theirs again.
	Decode(r Request) (engine.Request, error)
	// Encode writes the answer to req. Some aggregators want parts of the
	// request back; it is the zero value where it could not be read.
	Encode(req engine.Request, reply engine.Reply) Response
}

// Request is what a codec may see of an HTTP request. Its bytes belong to the
// server and are valid only until Decode returns.
type Request struct {
	// Method is "GET", "POST" and so on.
	Method string
	// Header may be nil: no headers.
	Header Header
	// Query is what stands behind the question mark, as it was sent.
	Query []byte
	Body  []byte
}

// Header finds a header's value by its name in any case, "" if it is missing.
// An http.Header is one.
type Header interface {
	Get(name string) string
}

// ContentType is the request's Content-Type, "" if it has none.
func (r Request) ContentType() string {
	if r.Header == nil {
		return ""
	}
	return r.Header.Get("Content-Type")
}

// Response is an answer for the aggregator.
type Response struct {
	Status      int
	ContentType string
	Body        []byte
}
