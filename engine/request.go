package engine

// A Request is one decoded callback of a gateway.
type Request struct {
	// Provider is the gateway's name, as "africastalking".
	Provider string
	// Session is the gateway's session ID.
	Session string
	// Caller is the MSISDN for which the network vouches: digits, no plus sign.
	Caller string
	// Service is the dialled code, as "*384*8481#".
	Service string
	// Network is the operator's code, as "63902"; opaque.
	Network string
	// Text is all that the caller has typed in this session, joined with "*". It is
	// empty on the first callback. With LastInput it is only what was typed last.
	Text string
	// LastInput says that the gateway sends nothing of what was typed before. Its first
	// callback must have First, and Text then has what was typed ahead. Later callbacks
	// need no Service: the session's record has it.
	LastInput bool `json:",omitempty"`
	// Sequence counts the callbacks of a session, if a gateway with LastInput does so.
	// A repeat has the same number. It is 0 if the gateway sends none.
	Sequence int `json:",omitempty"`
	// First says that the gateway tells the first callback of a session, and this is it.
	// Only then may what was typed ahead run an action. An empty text needs no First.
	First bool
	// MayBegin says that a gateway with LastInput doesn't tell its first callbacks. In one
	// without a record, a Text that is the code of a menu begins a call.
	MayBegin bool `json:",omitempty"`
	// ReusesIDs says that the gateway gives the ID of an ended session to another
	// one later.
	ReusesIDs bool
}

// A Reply is the answer to a callback. It always has a screen.
type Reply struct {
	Text string
	// End says that the call ends with this screen.
	End bool

	// Screen, Program and Fault are for logs and scripts, never for callers: the
	// screen's name, the program's hash, and what went wrong.
	Screen  string
	Program string
	Fault   error
	// Goals lists what the call has reached in this callback, by the menu's names.
	Goals []string
	// Refused says that the last input was a wrong answer.
	Refused bool
	// Input is the last input, redacted: the option it named, or in parentheses
	// the kind of an answer, never the answer itself. "" if nothing was typed.
	Input string
	// Leaving says what becomes of a caller who drops off on the screen; nil for nothing.
	Leaving *Leaving
}
