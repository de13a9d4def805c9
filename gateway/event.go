package gateway

import "time"

// EventCodec is a Codec whose aggregator also tells how sessions end.
type EventCodec interface {
	Codec
	// DecodeEvent reads such a notification. An error is a *Refusal.
	DecodeEvent(r Request) (Event, error)
}

// Event is an aggregator's word that a session is over. What the caller typed
// and what the last screen said are not kept: both can hold a PIN.
type Event struct {
	Provider string
	Session  string
	// Caller is an MSISDN in digits, "" if the aggregator did not send a
	// readable one. So are Service and Network.
	Caller  string
	Service string
	Network string
	Status  Ending
	// Error is the aggregator's own text about a failure, "" for none.
	Error string
	// Duration of the whole session and Hops, its number of screens; 0 if the
	// aggregator does not say.
	Duration time.Duration
	Hops     int
}

// Ending is how a session ended.
type Ending string

// The endings.
const (
	// Completed: the service ended it.
	Completed Ending = "completed"
	// Abandoned: it ended while the caller was to answer.
	Abandoned Ending = "abandoned"
	// Failed: the aggregator could not use our answer, or got none.
	Failed Ending = "failed"
	// Unclear is an ending that the aggregator does not document.
	Unclear Ending = "unclear"
)
