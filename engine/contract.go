package engine

import (
	"errors"
	"time"
)

// Contract is what an action promises to menus: what it is given, how it may
// end, and what each ending gives. Contracts are read off the registered Go
// functions, so they can't drift from them.
type Contract struct {
	Name string
	// About is one sentence for the person who writes menus.
	About  string
	Params []Field
	// Outcomes are the expected endings. Every action may also end as Failed
	// or Pending, which are not listed.
	Outcomes []OutcomeContract
	// Reads says that the action changes nothing, so a replay may run it again.
	Reads bool
	// Money says that the action moves money.
	Money bool
	// SIMPrompt says that the network prompts the caller after the action
	// (an STK push), which needs the session to be over.
	SIMPrompt bool
	// Takes is the longest the action may take within a callback.
	Takes time.Duration
}

// OutcomeContract is one expected ending of an action.
type OutcomeContract struct {
	Name string
	// Gives are the session values it sets.
	Gives []Field
	// Whose says who the values are about, where the action was given a phone
	// number that the caller may only have typed.
	Whose Whose `json:",omitempty"`
}

// Whose data an outcome gives. Unsaid is taken for others' where the action only
// reads, and for the caller's where it writes.
type Whose string

// Unsaid, the caller's own, and those of whoever has the number.
const (
	WhoseUnsaid Whose = ""
	WhoseOwn    Whose = "own"
	WhoseOthers Whose = "others"
)

// Outcome returns the contract of one ending.
func (c *Contract) Outcome(name string) (OutcomeContract, bool) {
	for _, o := range c.Outcomes {
		if o.Name == name {
			return o, true
		}
	}
	return OutcomeContract{}, false
}

// The two endings that every action has besides its own.
const (
	// Failed: surely nothing happened.
	Failed = "failed"
	// Pending: the truth is not known in time.
	Pending = "pending"
	// Limited: the caller has done this too often, and nothing happened.
	Limited = "limited"
)

// Reserved names of the engine's own calls, which menus write with a key of
// their own (sms:, remember:) and not as actions. They travel as calls so that
// they are done once, like every effect.
const (
	CallSMS      = "sms"      // Args: to (phone), text; outcome "done"
	CallRemember = "remember" // Remember: the values; outcome "done"
	CallFacts    = "facts"    // reads the start facts; outcome "done"
	// CallFence keeps whatever has its ID from running: ErrFenced, now and
	// for every run to come. One that is under way is waited for; if it ran the
	// outcome is "done". The Runner asks for it before it asks a caller again for
	// what a twin may be doing. Actions that keep no log of that kind answer
	// ErrNotStored instead. No action can have this name.
	CallFence = "(withdraw)"
	// CallFenced asks whether that was done: ErrFenced or ErrNotStored, or
	// "done" for what ran. It is always StoredOnly.
	CallFenced = "(withdrawn)"
)

// Done is the outcome of the engine's own calls.
const Done = "done"

// IsFollowUp reports whether action is a call of the engine's own that can follow
// an action within its step: a message or values to remember.
func IsFollowUp(action string) bool { return action == CallSMS || action == CallRemember }

// Call is one run of an action that a step asks for.
type Call struct {
	// ID is the action's identity: the same for every delivery of the callback
	// that led to it, on every instance, whatever was lost in between. The
	// Runner sets it; Step leaves it empty.
	ID string
	// StoredOnly asks for the stored result of an earlier run and forbids a
	// new one: ErrNotStored when there is none. The Runner sets it in a replay.
	StoredOnly bool

	Action string
	Args   []Value
	// Secrets is a keyed hash of the secrets among Args, where the ID is not
	// made of what was typed: it tells two requests under one ID apart. Empty in
	// a call.
	Secrets string
	// Remember are the values of a CallRemember, by name.
	Remember []Named
	// Facts are the names a CallFacts must read: "worker" and remembered names.
	Facts []string
	// Day is the day on which the session began, where its menu asks for the day:
	// kept with the outcome, for a replay on the next one. Zero for none.
	Day Date
	// Shown is, in a CallFence, an opaque name of where the caller is left
	// instead: kept with it, for Withdrawal.
	Shown string

	// Caller is the MSISDN the network vouches for.
	Caller   string
	Service  string
	Lang     string
	Session  string
	Provider string
	Pos      Pos // the line of the menu that asked

	// Then gives the engine's own calls that follow an outcome of this one in the
	// same step, a message or values to remember, with their IDs. Who runs the
	// action may run them in its transaction, and says so by Outcome.Joined. It
	// may be asked more than once; nil where none can follow.
	Then func(Outcome) []Call
}

// Outcome is how an action ended: the contract's name for it and its values.
type Outcome struct {
	Name   string
	Values []Named
	// Joined says that what Call.Then gave was done together with it. What an
	// earlier run did is not known to be.
	Joined bool
	// Day is the Call.Day of the run that this is the outcome of.
	Day Date
}

// Withdrawal is an ErrFenced that knows what the caller was shown instead.
type Fenced struct {
	// Shown is the Call.Shown of the CallFence that came first.
	Shown string
}

func (*Fenced) Error() string { return ErrFenced.Error() }

// Is makes it an ErrFenced.
func (*Fenced) Is(target error) bool { return target == ErrFenced }

var (
	// ErrUnknown marks an action whose effect may or may not have happened.
	ErrUnknown = errors.New("outcome unknown")
	// ErrNotStored: StoredOnly was set and no result is stored.
	ErrNotStored = errors.New("no stored result")
	// ErrFenced: the call was withdrawn before it ran, and never will.
	ErrFenced = errors.New("withdrawn: the caller was asked again")
	// ErrLimited: the caller has done this too often; the caller is told so.
	ErrLimited = errors.New("limit reached")
)
