package engine

import (
	"errors"
	"time"
)

// A Contract says what an action takes, how it may end, and what each outcome
// gives. Contracts are derived from the registered Go functions, so they always
// match them.
type Contract struct {
	Name string
	// About is one sentence for authors of menus.
	About  string
	Params []Field
	// Outcomes lists the expected outcomes. Every action may also end as Failed,
	// Pending or Limited, which are not listed.
	Outcomes []OutcomeContract
	// Reads says that the action changes nothing, so a replay may run it again.
	Reads bool
	// Money says that the action moves money.
	Money bool
	// SIMPrompt says that the network prompts the caller after the action (an STK
	// push). The session must be over by then.
	SIMPrompt bool
	// SendsSMS says that the action itself sends the caller an SMS about what it has done.
	SendsSMS bool `json:",omitempty"`
	// TellsLate says that the caller gets an SMS with the outcome if they were told that
	// it is pending. The menu may have words for it.
	TellsLate bool `json:",omitempty"`
	// Takes bounds the time of the action within a callback.
	Takes time.Duration
}

// An OutcomeContract is one expected outcome of an action.
type OutcomeContract struct {
	Name string
	// Gives lists the session values that it sets.
	Gives []Field
	// Whose says whose values these are if the caller may only have typed the phone
	// number that the action takes.
	Whose Whose `json:",omitempty"`
}

// Whose says whose data an outcome gives. WhoseUnsaid means others' data if the
// action only reads, and the caller's own if it writes.
type Whose string

// The data may be the caller's own, or belong to whoever has the number.
const (
	WhoseUnsaid Whose = ""
	WhoseOwn    Whose = "own"
	WhoseOthers Whose = "others"
)

// Outcome returns the contract of one outcome, and whether there is one.
func (c *Contract) Outcome(name string) (OutcomeContract, bool) {
	for _, o := range c.Outcomes {
		if o.Name == name {
			return o, true
		}
	}
	return OutcomeContract{}, false
}

// The outcomes that every action has besides its own.
const (
	// Failed says that surely nothing happened.
	Failed = "failed"
	// Pending says that the outcome was not known in time.
	Pending = "pending"
	// Limited says that the caller did this too often, and nothing happened.
	Limited = "limited"
)

// GeneralOutcomes lists the outcomes that an action has besides its own. One that only
// reads is never pending: without an answer in time it has failed, as it changes nothing.
func GeneralOutcomes(reads bool) []string {
	if reads {
		return []string{Failed, Limited}
	}
	return []string{Failed, Pending, Limited}
}

// Names of the engine's own calls. Menus write them with keys of their own (sms:,
// remember:) and not as actions. As calls they are done once, like every effect.
const (
	CallSMS      = "sms"      // Args: to (phone), text; outcome "done"
	CallRemember = "remember" // Remember: the values; outcome "done"
	CallFacts    = "facts"    // reads the start facts; outcome "done"
)

// Done is the outcome of the engine's own calls.
const Done = "done"

// IsFollowUp reports whether action is a call of the engine's own that can follow
// an action within its step: a message or values to remember.
func IsFollowUp(action string) bool { return action == CallSMS || action == CallRemember }

// A Call is one run of an action that a step asks for.
type Call struct {
	// ID is the action's identity: the same for every delivery of the callback that
	// led to it, on every instance, whatever was lost in between. The runner sets
	// it; Step leaves it empty.
	ID string
	// OtherID is the ID that the action has under the other valid identity key, for a
	// request that belongs to no call; "" while one key is valid.
	OtherID string
	Action  string
	Args    []Value
	// Secrets is a keyed hash of the secrets among Args if the ID is not derived from
	// what was typed. It distinguishes two requests under one ID. Empty in a USSD
	// call.
	Secrets string
	// Remember has the values of a CallRemember, by name.
	Remember []Named
	// Facts lists the names that a CallFacts must read: "worker" and remembered ones.
	Facts []string
	// Caller is the MSISDN for which the network vouches.
	Caller   string
	Service  string
	Lang     string
	Session  string
	Provider string
	Pos      Pos // the line of the menu that asked

	// Late has what the caller is told by SMS if the outcome comes after they were told
	// that it is pending; nil for the built-in texts.
	Late *Late

	// Then returns the engine's own calls that follow an outcome of this one in the
	// same step: a message or values to remember, with their IDs. Actions may run
	// them in the same transaction and then set Outcome.Joined. It may be called
	// more than once. Nil means that none can follow.
	Then func(Outcome) []Call
}

// An Outcome says how an action ended: the contract's name for it and its values.
type Outcome struct {
	Name   string
	Values []Named
	// Joined says that the calls of Call.Then were done together with it.
	Joined bool
}

// LongestList returns the name of the outcome's longest list and how many rows it has.
// Callers see no row behind MaxRows.
func (o Outcome) LongestList() (name string, rows int) {
	for _, v := range o.Values {
		if n := len(v.Value.Items()); n > rows {
			name, rows = v.Name, n
		}
	}
	return name, rows
}

var (
	// ErrUnknown says that the effect of an action may or may not have happened.
	ErrUnknown = errors.New("outcome unknown")
	// ErrFenced says that the database has been told more of this call than the
	// session knows. The action has not run on it and will not.
	ErrFenced = errors.New("fenced: the call has gone on without this session")
	// ErrLimited says that the caller did this too often; the screen says so.
	ErrLimited = errors.New("limit reached")
)
