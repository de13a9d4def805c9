package engine

// Request is one callback of a gateway, decoded.
type Request struct {
	// Provider is the gateway's name, as "africastalking".
	Provider string
	// Session is the gateway's session ID.
	Session string
	// Caller is the MSISDN the network vouches for: digits, no plus sign.
	Caller string
	// Service is the dialled code, as "*384*8481#".
	Service string
	// Network is the operator's code, as "63902"; opaque.
	Network string
	// Text is all the caller typed in this session so far, joined with "*";
	// empty on the first callback.
	Text string
}

// Reply is the answer to a callback: always a screen.
type Reply struct {
	Text string
	// End says that the call is over with this screen.
	End bool

	// Screen, Program and Fault are for logs and scripts, never for callers:
	// the screen's name, the program's hash, and what went wrong, if anything.
	Screen  string
	Program string
	Fault   error
	// Input is the last input, redacted: the option it named, or in parentheses
	// the kind of an answer, never the answer itself. "" if nothing was typed.
	Input string
}
