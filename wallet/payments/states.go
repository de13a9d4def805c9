package payments

import (
	"errors"
	"fmt"
)

// State says how far an intent is.
type State string

const (
	// Waiting has not been sent. A withdrawal's money is held from here on.
	Waiting State = "waiting"
	// Sending is stored before the request is sent, so a process that dies while it
	// sends leaves it and nobody sends again.
	Sending State = "sending"
	// Pending was accepted by the provider, which has not reported the end.
	Pending State = "pending"
	// Unclear may have been taken by the provider. It is asked about until it is known.
	Unclear State = "unclear"
	// Succeeded has moved the money, and the ledger has it.
	Succeeded State = "succeeded"
	// Ended has moved nothing, by the provider's own word or because it was never sent.
	Ended State = "ended"
	// Review waits for a person: the provider did not say how it ended.
	Review State = "review"
)

// States lists all states, in the order of a usual course.
func States() []State { return []State{Waiting, Sending, Pending, Unclear, Review, Succeeded, Ended} }

// Event is what happens to an intent.
type Event string

const (
	// Send is the decision to send the request.
	Send Event = "send"
	// Hold is a refusal after which the request may be sent again later.
	Hold Event = "hold"
	// Take is an accepting answer.
	Take Event = "take"
	// Lose is an answer that did not come or says nothing certain.
	Lose Event = "lose"
	// Succeed is the provider's word that the money has moved.
	Succeed Event = "succeed"
	// Fail is the provider's word that it has not and will not.
	Fail Event = "fail"
	// GiveUp hands the intent to a person.
	GiveUp Event = "give up"
)

// ErrState means that an event can't happen in an intent's state.
var ErrState = errors.New("the intent's state does not allow this")

// transitions lists what each event does in each state. A state without a line for an
// event refuses it.
//
// Money that has come is never refused, so Succeed leads on from every state but its
// own. Callbacks come before the answer to the request, so Pending is no condition for
// an end.
var transitions = map[State]map[Event]State{
	Waiting: {Send: Sending, Fail: Ended, Succeed: Succeeded},
	Sending: {Hold: Waiting, Take: Pending, Lose: Unclear, Succeed: Succeeded, Fail: Ended, GiveUp: Review},
	Pending: {Lose: Unclear, Succeed: Succeeded, Fail: Ended, GiveUp: Review},
	Unclear: {Take: Pending, Lose: Unclear, Succeed: Succeeded, Fail: Ended, GiveUp: Review},
	Review:  {Succeed: Succeeded, Fail: Ended},
	Ended:   {Succeed: Succeeded},
}

// Next returns the state after an event. The error wraps ErrState if there is none.
func (s State) Next(on Event) (State, error) {
	next, ok := transitions[s][on]
	if !ok {
		return s, fmt.Errorf("%w: %q in state %q", ErrState, on, s)
	}
	return next, nil
}

// Final reports whether the provider has said how the intent ended.
func (s State) Final() bool { return s == Succeeded || s == Ended }

// Open reports whether the request may be at the provider without a known end.
func (s State) Open() bool { return s == Sending || s == Pending || s == Unclear || s == Review }
