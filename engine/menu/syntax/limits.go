package syntax

// Limits of what is read. A menu of two thousand screens stays well below all
// of them; a file made to exhaust the compiler meets one before it is decoded.
const (
	// MaxFileBytes is the size of one file.
	MaxFileBytes = 256 << 10
	// MaxLineBytes is the length of one line: a screen has 160 characters, and
	// finding a column costs a walk along its line.
	MaxLineBytes = 4 << 10
	// MaxLines is how many lines a file may have: one for each entry, and as many
	// again for comments, blank lines and texts of several lines. A file of line
	// ends alone is refused before anything is made of them.
	MaxLines = 2 * MaxNodes
	// MaxDepth is how deep entries may stand in each other; the language
	// itself needs eight.
	MaxDepth = 32
	// MaxNodes is how many keys, values and lists a file may have.
	MaxNodes = 20_000
	// MaxScreens is how many screens a menu may have, over all its files.
	MaxScreens = 2_000
	// MaxCondDepth is how deep parentheses and "not" may stand in each other.
	MaxCondDepth = 32
	// MaxCondParts is how many comparisons a condition may have with those that it names.
	MaxCondParts = 100
	// MaxFindings bounds the diagnostics of one reading: an author fixes no
	// more in one go, and each one costs a suggestion.
	MaxDiagnostics = 200
)

// The highest numbers that a menu may write. A screen is one message of the
// network; the other limits are what a person can follow.
const (
	MaxCharacters = 182
	MaxOptions    = 50
	MaxMenuDepth  = 50
	// mostRetries bounds "retries": a session ends before a tenth answer.
	MaxRetries = 9
	// mostKeyDigits bounds a key: a longer one takes too long to type.
	MaxKeyDigits = 3
)

// DefaultOptions bounds the options of a screen where the menu sets no limit.
const DefaultOptions = 7

// IndentWidth says how many spaces a formatted menu indents each level.
const IndentWidth = 2
