package dialscript

// Limits of what is read. A folder of scripts written by hand stays far below
// all of them; a file made to exhaust the reader meets one first.
const (
	// MaxFileBytes is the size of one script, that of a menu file.
	MaxFileBytes = 256 << 10
	// MaxLineBytes is the length of one line: a screen has 160 characters, and
	// an SMS of several parts some more.
	MaxLineBytes = 2 << 10
	// MaxCalls is how many calls a file may hold.
	MaxCalls = 1_000
	// MaxSteps is how many steps a call may have, redials included: a session
	// takes 64 inputs.
	MaxSteps = 256
	// MaxShown is how many lines a screen may have: 160 characters and as many
	// line breaks.
	MaxShown = 160
	// MaxWaitHours is the longest a direction lets pass: a script about next month
	// sets the clock.
	MaxWaitHours = 24 * 31
	// MaxFindings is how many findings of a file are kept: nobody mends more in
	// one go.
	MaxFindings = 200
	// MaxPatternBytes is the length of a regular expression; RE2 takes time in
	// proportion to it.
	MaxPatternBytes = 500
	// MaxPatternSize is its length with every repeat written out, which is what
	// it takes in memory: room for a whole screen, in alternatives.
	MaxPatternSize = 10_000
)
