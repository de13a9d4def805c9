// Package gateway is the inbound edge. It turns an aggregator's callback into an
// engine.Request, and the engine's screen into the aggregator's answer. Each
// folder below holds one aggregator. This folder holds what they share: the
// contract, the limits, and the strict reading of forms, texts and numbers.
//
// It uses no HTTP library: the server passes it the parts of a request as plain
// values and writes the parts of the response.
package gateway

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/paytrace/paytrace/engine"
)

// Codec reads and writes the HTTP bodies of one aggregator. It keeps no state and
// is safe for concurrent use.
type Codec interface {
	// Name returns the provider's name in requests, records and logs. It is part
	// of every action's identity, so it must never change.
	Name() string
	// Decode reads a callback. It returns a *Refusal for a malformed body, and
	// ErrNotACallback for a notice that a session ended. With a Refusal that is
	// Typed, the request has the other fields. The request shares no memory with r,
	// whose memory the server reuses.
	Decode(r Request) (engine.Request, error)
	// Encode writes the answer to req, parts of which some aggregators want
	// back. r is the callback as it came; its memory is still valid.
	Encode(r Request, req engine.Request, reply engine.Reply) Response
}

// EventCodec is a Codec whose aggregator also reports how sessions end.
type EventCodec interface {
	Codec
	// DecodeEvent reads such a report. An error is a *Refusal.
	DecodeEvent(r Request) (Event, error)
	// Noticed makes the answer to a report that was sent to the callback URL.
	Noticed(r Request) Response
}

// Client plays the aggregator's own side of a callback. Dial scripts use it to
// call a service over HTTP.
type Client interface {
	Codec
	// Callback makes the request that the aggregator would send. Its Path and Query
	// belong behind the service's URL for callbacks. Its header is an http.Header.
	Callback(call Call) Request
	// Screen reads a service's answer as the aggregator does. The error wraps
	// ErrNoScreen if a phone would show nothing.
	Screen(status int, header Header, body []byte) (text string, end bool, err error)
}

// Call is one callback of a call, as a Client knows it.
type Call struct {
	// Request has everything that was typed in its Text, and the service code.
	engine.Request
	// Dialled is the code as the caller dialled it, "*384*8481*1#".
	Dialled string
	// Last is what was typed last.
	Last string
	// Number counts the callbacks of the session, from 1.
	Number int
}

// ErrNoScreen reports an answer that no phone would show.
var ErrNoScreen = errors.New("the gateway can't show this answer")

// Request holds the parts of an HTTP request that a codec reads. Its bytes belong
// to the server and are valid only until Decode returns.
type Request struct {
	// Method is "GET", "POST" and so on.
	Method string
	// Header may be nil if there are no headers.
	Header Header
	// Path is what stands in the URL's path behind the gateway's own, without a slash
	// before it.
	Path string
	// Query is the raw text after the question mark.
	Query []byte
	Body  []byte
}

// Header finds a header's value by its name in any case, "" if it is missing. An
// http.Header is one.
type Header interface {
	Get(name string) string
}

// ContentType returns the request's Content-Type, "" if it has none.
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
	// Header has further headers.
	Header []Named
	Body   []byte
}

// Named is the name and value of a header.
type Named struct{ Name, Value string }

// Event reports that a session ended. It has no fields for what the caller typed
// and what the last screen said: both can contain a PIN.
type Event struct {
	Provider string
	Session  string
	// Caller is an MSISDN in digits. Caller, Service and Network are "" if the
	// aggregator sent none that can be read.
	Caller  string
	Service string
	Network string
	Status  Ending
	// Error is the aggregator's own text about a failure, or "".
	Error string
	// Duration is the time of the whole session, and Hops counts its screens;
	// they are 0 if the aggregator does not say.
	Duration time.Duration
	Hops     int
	// Cost is the price of the session as the aggregator writes it, "KES 0.8000", or "".
	Cost string
	// Screens lists the screens that the aggregator was told of, the first one first.
	Screens []string
}

// Ending says how a session ended.
type Ending string

const (
	// Completed means that the service ended the session.
	Completed Ending = "completed"
	// Abandoned means that it ended while the service waited for the caller.
	Abandoned Ending = "abandoned"
	// Failed means that the aggregator got no answer, or could not use it.
	Failed Ending = "failed"
	// Unclear means an ending that the aggregator does not document.
	Unclear Ending = "unclear"
)

// ErrNotACallback says that a body is well formed but asks for no screen: the
// aggregator reports how a session ended. An EventCodec can read it.
var ErrNotACallback = errors.New("this is an end-of-session event, not a callback")

// Refusal is an error about a malformed body. Nothing was changed, and the same
// body always gets the same refusal.
type Refusal struct {
	// Status is 400, or 413 for a body over MaxBody.
	Status int
	// Sentence says in one sentence what was found and what is expected. It names
	// fields and counts, and never repeats what a caller typed.
	Sentence string
	// Typed says that the body is well formed, and what the caller typed is too much
	// for the service. The caller gets a last screen: a status would show an error of
	// the network. Unreadable says that it is not too much, but has characters that no
	// keypad has.
	Typed      bool `json:",omitempty"`
	Unreadable bool `json:",omitempty"`
}

func (r *Refusal) Error() string { return r.Sentence }

// Refuse makes the refusal of a malformed body, with status 400.
func Refuse(format string, args ...any) *Refusal {
	return &Refusal{Status: http.StatusBadRequest, Sentence: fmt.Sprintf(format, args...)}
}

// refuseTyped makes the refusal of what a caller typed.
func refuseTyped(format string, args ...any) *Refusal {
	r := Refuse(format, args...)
	r.Typed = true
	return r
}

// refuseUnreadable makes the refusal of typed characters that no keypad has.
func refuseUnreadable(format string, args ...any) *Refusal {
	r := refuseTyped(format, args...)
	r.Unreadable = true
	return r
}

// RefuseSize makes the refusal of a body of more than MaxBody bytes, with status
// 413. The server uses it too, for bodies that it does not read to the end.
func RefuseSize() *Refusal {
	return &Refusal{
		Status:   http.StatusRequestEntityTooLarge,
		Sentence: fmt.Sprintf("The body is larger than %d bytes, the most a callback may have.", MaxBody),
	}
}
