package gateway

// Limits of one callback. A real one has about 150 bytes; what is over a limit
// is refused and not cut, so that no two parties read it differently.
const (
	// MaxBody in bytes. The longest honest body is a text of MaxText bytes with
	// every byte percent-encoded, and an end-of-session event that repeats it
	// beside the last screen; both fit.
	MaxBody = 8 << 10
	// MaxFields of a form. Callbacks have 5 fields, events 14.
	MaxFields = 16
	// MaxText in bytes, decoded: all a caller typed in one session. 180 seconds
	// of keypad make a few dozen.
	MaxText = 1024
	// MaxInputs in one text: a caller can't answer 64 screens in 180 seconds.
	MaxInputs = 64
	// MaxInput in characters: a handset's input line holds 160.
	MaxInput = 160
	// MaxSession in bytes. Session IDs are keys of records; the longest known
	// one, of Africa's Talking, has 38.
	MaxSession = 128
	// MaxService in bytes: a dial string is one line of a handset.
	MaxService = 160
	// MaxNetwork in bytes: operators' codes have 5 digits, some gateways send
	// names.
	MaxNetwork = 32
)
