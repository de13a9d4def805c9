package dialscript

// These limits bound what is read. Scripts written by hand stay far below them;
// a file that is made to exhaust the reader meets one first.
const (
	// MaxFileBytes bounds one script; it is the limit of a menu file.
	MaxFileBytes = 256 << 10
	// MaxLineBytes bounds one line: a screen has 160 characters, an SMS of
	// several parts some more.
	MaxLineBytes = 2 << 10
	// MaxCalls bounds the calls of a file.
	MaxCalls = 1_000
	// MaxSteps bounds the steps of a call, with redials: a session takes 64
	// inputs.
	MaxSteps = 256
	// MaxShown bounds the lines of a screen: 160 characters, and as many line
	// breaks.
	MaxShown = 160
	// MaxWaitHours bounds the time that one direction lets pass. A script about
	// next month sets the clock.
	MaxWaitHours = 24 * 31
	// MaxFindings bounds the diagnostics of a file: nobody fixes more at once.
	MaxFindings = 200
	// MaxPatternBytes bounds a regular expression. RE2 takes time in proportion
	// to it.
	MaxPatternBytes = 500
	// MaxPatternSize bounds a regular expression with every repeat written out,
	// which is its size in memory: room for alternatives of a whole screen.
	MaxPatternSize = 10_000
)
