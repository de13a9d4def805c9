package sms

// State is how far a message has come after the provider took it, as its
// reports say.
type State string

// The states, from the first to the last.
const (
	// StateUnclear: a report whose word is not known here.
	StateUnclear State = "unclear"
	// StateSent: on its way from the provider to the operator.
	StateSent State = "sent"
	// StateSubmitted: the operator has it.
	StateSubmitted State = "submitted"
	// StateBuffered: the operator waits for the phone.
	StateBuffered State = "buffered"
	// The ends without a message on the phone.
	StateRejected State = "rejected" // by the operator
	StateFailed   State = "failed"
	StateAbsent   State = "absent"  // the phone was not to be reached
	StateExpired  State = "expired" // nor for as long as it was tried
	// StateDelivered: the phone has it.
	StateDelivered State = "delivered"
)

// ranks say how far a state is. Reports come late, twice and out of order, and
// only ever take a message further: no end is left again, except that a phone
// that has the message has it, whatever was said before.
var ranks = map[State]int{
	StateUnclear: 1, StateSent: 2, StateSubmitted: 3, StateBuffered: 4,
	StateRejected: 8, StateFailed: 8, StateAbsent: 8, StateExpired: 8,
	StateDelivered: 9,
}

// Rank is how far the state is; more is further.
func (s State) Rank() int { return ranks[s] }

// Report is what a provider says of a message it took.
type Report struct {
	// ProviderID is the provider's name for the message, as its receipt had it.
	ProviderID string
	State      State
	// Reason is the provider's word for what went wrong, or for a state that is
	// unclear; "" for none.
	Reason string
	// Network is the operator's code, "" if it was not sent.
	Network string
	// Retries is how often the operator tried again.
	Retries int
}
