package engine

import "time"

// Definition is a menu as data, every name still a name. New links it into a
// Program. engine/menu makes Definitions from YAML; tests and benchmarks build
// their own.
type Definition struct {
	// Name is the menu's file name without its ending.
	Name    string
	Service string
	// Source is hashed into the program's identity: the bytes of the menu's
	// files, the language's version and the contracts it was checked against.
	Source []byte

	// Codes map dialled service codes to first screens. At least one.
	Codes []Code
	// Languages, the first being the one the menu is written in. At least one.
	Languages []Language
	// Default is the code of the language a call begins in; "" for the first.
	Default string
	// Currency stands before amounts: "KES 1,500".
	Currency string

	Limits  Limits
	Session SessionRules
	Nav     Nav

	// Vars are what the menu asks for and what actions give: every session
	// value, by name. Built-in facts (caller, lang, today, network, service,
	// worker) are added by New.
	Vars []Var
	// Remember are the names kept for this phone number between calls.
	Remember []string

	// OnFailed and OnPending are screens; "" means the built-in text.
	OnFailed, OnPending string

	Screens   []Screen
	Contracts []Contract
	// Renamed maps screens of earlier versions, for resumes.
	Renamed map[string]string
}

// Code is one dialled service code, as "*384*8481#".
type Code struct {
	Dial  string
	Start string
	Pos   Pos
}

// Language is a language's code ("sw") and its own name ("Kiswahili").
type Language struct{ Code, Name string }

// Limits of the screens.
type Limits struct {
	// Septets a screen may have in the GSM 7-bit alphabet.
	Septets int
	// Units a screen may have in UCS-2, as UTF-16 code units.
	Units int
}

// SessionRules are the gateway's profile and what the menu asks of sessions.
type SessionRules struct {
	Gateway  string
	Country  string // region of numbers typed without a country code: "KE"
	Timezone string // IANA name; days begin and end there
	// Resume is how long a dropped call can be taken up again; 0 for never.
	Resume time.Duration
}

// Words are one text in every language, in the order of Definition.Languages.
// A missing translation has a nil Text and falls back to the first.
type Words []Text

// Text is one text in one language: literal parts and holes.
type Text []Part

// Part is either Lit or, where Ref is set, the value to show in its place.
type Part struct {
	Lit string
	Ref Ref
}

// Ref names a session value, or one field of a record.
type Ref struct {
	Name  string
	Field string
	Pos   Pos
}

// IsZero reports whether the Ref names nothing.
func (r Ref) IsZero() bool { return r.Name == "" }

// Nav is what the same keys do on every screen, and the built-in texts.
type Nav struct {
	Back, Home, More NavKey
	// HomeScreen is where Home leads.
	HomeScreen string
	// Confirm and Cancel are the words of an explicit Yes and No.
	Confirm, Cancel NavKey
	// Invalid stands above a menu after a wrong option.
	Invalid Words
	// GaveUp ends a call after too many wrong answers where no screen is named.
	GaveUp Words
	// Resume asks whether to go on with a dropped call; its answers are
	// ResumeYes and ResumeNo, keys 1 and 2.
	Resume, ResumeYes, ResumeNo Words

	Busy, InProgress, Expired, Updated, Limited Words
}

// NavKey is a navigation key and its label. A NavKey without a Key does not
// exist.
type NavKey struct {
	Key   string
	Label Words
}

// Var is a session value and how it is asked for.
type Var struct {
	Name string
	Type Type
	// Labels are the words of a choice's options, by option.
	Labels []Words
	// Error stands above the question after a wrong answer; nil for Nav.Invalid.
	Error Words
	Pos   Pos
}

// ScreenKind is the one thing a screen does.
type ScreenKind uint8

// The kinds, named as the language's verbs.
const (
	ScreenMenu ScreenKind = iota + 1
	ScreenAsk
	ScreenConfirm
	ScreenList
	ScreenLanguages
	ScreenShow
	ScreenEnd
	// The rest show nothing.
	ScreenDo
	ScreenSet
	ScreenChoose
)

// Screen is one state of the machine.
type Screen struct {
	Name string
	Kind ScreenKind
	Pos  Pos
	// Say is the screen's text: the first whose condition holds. The last has
	// no condition.
	Say []Say
	// NoNav hides back and home here ("nav: none").
	NoNav bool
	// Skip leads on without showing the screen, the first time in a call.
	Skip *Case
	// Error stands above the question after a wrong answer (nil: the
	// variable's, then Nav.Invalid; empty, not nil: the question alone). Again
	// replaces the question.
	Error, Again Words

	Options []Option // ScreenMenu, and after the rows of ScreenList
	// Numbered options get the numbers 1, 2, … as shown; otherwise Option.Key.
	Numbered bool

	Ask     *Ask
	Confirm *Confirm
	List    *List
	Do      *Do
	// Go leads on from ScreenLanguages, ScreenSet and from an SMS of a
	// ScreenSet.
	Go  string
	Set []Assign
	// SMS goes out when the screen is entered, once a call.
	SMS *SMS
	// Only are the language codes a ScreenLanguages offers; empty for all.
	Only   []string
	Choose []Case
}

// Say is a text and when it is said; If is nil for always.
type Say struct {
	If    *Cond
	Words Words
}

// Case is a condition and where it leads; If is nil for else.
type Case struct {
	If  *Cond
	Go  string
	Pos Pos
}

// Option is one line of a menu.
type Option struct {
	Key   string
	Label Words
	Note  Words // shown after the label, or nil
	If    *Cond
	Set   []Assign
	Go    string
	Pos   Pos
}

// Assign gives a variable a value: a constant, or another value where From is
// set.
type Assign struct {
	Var   string
	Value Value
	From  Ref
}

// Ask is one question.
type Ask struct {
	Var string
	Go  string
	// Retries is how many answers a caller has in all.
	Retries int
	// GiveUp is where the last wrong answer leads; "" ends with Nav.GaveUp.
	GiveUp string
	Offers []Offer
	Accept []Accept
	// Repeat asks a second time and compares; nil for once.
	Repeat Words
}

// Offer is a shortcut on a question: a known value, or another way on that
// leaves the variable unset.
type Offer struct {
	Key   string
	Label Words // nil: the value itself is shown
	Value Ref   // the value taken, or zero
	Go    string
	Pos   Pos
}

// Accept is a condition an answer must meet, and what is said if it does not.
type Accept struct {
	If    *Cond
	Error Words
}

// Confirm is an explicit Yes and No. Labels are nil for the nav's own.
type Confirm struct {
	Yes, No           string
	YesWords, NoWords Words
}

// List shows rows, pages itself, and leads on with the row chosen.
type List struct {
	Items Ref    // a value of KindList
	As    string // the name of the row chosen
	Each  Words
	Go    string
	Empty string // where an empty list leads
}

// Do runs an action.
type Do struct {
	Action   string
	Args     []Arg
	Outcomes []OutcomeCase
}

// Arg is a value for a parameter: a session value or a constant.
type Arg struct {
	Ref   Ref
	Value Value
}

// OutcomeCase leads on from an outcome. With Retry, Go names the question to
// ask again, below that text, using up one try.
type OutcomeCase struct {
	Outcome string
	Go      string
	Retry   Words
	Pos     Pos
}

// SMS is a message; To is a phone value.
type SMS struct {
	To  Ref
	Say Words
}

// CondOp is an operator of a condition.
type CondOp uint8

// The operators of the language.
const (
	OpIsSet CondOp = iota + 1
	OpIsEmpty
	OpEq
	OpNe
	OpLt
	OpLe
	OpGt
	OpGe
	OpAnd
	OpOr
	OpNot
)

// Cond is a condition over session values. And, Or and Not use A and B;
// the rest compare Left with Right.
type Cond struct {
	Op          CondOp
	A, B        *Cond
	Left, Right Arg
}
