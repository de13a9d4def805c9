package sms

// State says how far a message has come after the provider took it.
type State string

const (
	// StateUnclear means that the report has an unknown status.
	StateUnclear State = "unclear"
	// StateSent means that it is on its way from the provider to the operator.
	StateSent State = "sent"
	// StateSubmitted means that the operator has it.
	StateSubmitted State = "submitted"
	// StateBuffered means that the operator waits for the phone.
	StateBuffered State = "buffered"
	// StateRejected means that the operator refused it.
	StateRejected State = "rejected"
	// StateFailed means that it will not arrive, for any other reason.
	StateFailed State = "failed"
	// StateAbsent means that the phone could not be reached.
	StateAbsent State = "absent"
	// StateExpired means that the phone could not be reached until the message
	// expired.
	StateExpired State = "expired"
	// StateDelivered means that the phone has it.
	StateDelivered State = "delivered"
)

// ranks orders the states. Reports come late, twice and out of order, and may only
// move a message to a higher rank. The failures have one rank, so the first of them
// stays; a delivery replaces every other state.
var ranks = map[State]int{
	StateUnclear: 1, StateSent: 2, StateSubmitted: 3, StateBuffered: 4,
	StateRejected: 8, StateFailed: 8, StateAbsent: 8, StateExpired: 8,
	StateDelivered: 9,
}

// Rank returns how far the state is; a higher rank is further.
func (s State) Rank() int { return ranks[s] }

// Report is a provider's delivery report about a message that it took.
type Report struct {
	// ProviderID is the provider's ID of the message, as in its receipt.
	ProviderID string
	State      State
	// Reason is the provider's word for a failure or an unclear state, or "".
	Reason string
	// Network is the operator's code, "" if the report has none.
	Network string
	// Retries counts the operator's further tries.
	Retries int
}
